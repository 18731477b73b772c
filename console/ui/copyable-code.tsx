import { Button, Code, CopyButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { texts } from '../texts/texts.ts';
import classes from './copyable-code.module.css';

/** Lines to take elsewhere as they are: a program, a command. */
export function CopyableCode({ code, label }: { code: string; label: string }) {
  return (
    <div className={classes.box}>
      {/* What scrolls sideways has to be reachable by keyboard. */}
      <Code block className={classes.code} tabIndex={0} role="group" aria-label={label}>
        {code}
      </Code>
      <CopyButton value={code}>
        {({ copied, copy }) => (
          <Button
            size="compact-sm"
            variant="default"
            className={classes.copy}
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
