import { Button, CopyButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { texts } from '../texts/texts.ts';
import classes from './shown-once.module.css';

export interface ShownOnceProps {
  value: string;
  label: string;
  /** Where it is easier to read in another form. */
  shown?: string;
}

/** A secret that is on the screen now and never again: one click selects all of it, and a button copies it. */
export function ShownOnce({ value, label, shown = value }: ShownOnceProps) {
  return (
    <div className={classes.box}>
      <span className={classes.value}>{shown}</span>
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <Button
            size="xs"
            variant="default"
            onClick={copy}
            aria-label={copied ? texts.actions.copied : texts.actions.copyOf(label)}
            leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
          >
            {copied ? texts.actions.copied : texts.actions.copy}
          </Button>
        )}
      </CopyButton>
    </div>
  );
}
