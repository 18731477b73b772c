import { Code, Group, Text, UnstyledButton } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { type ReactNode, useId, useState } from 'react';
import { texts } from '../texts/texts.ts';
import { Copyable } from '../ui/copyable.tsx';
import { Moment } from '../ui/moment.tsx';
import classes from './properties-line.module.css';
import { jsonOf, lineOf } from './property-text.ts';

export interface PropertiesLineProps {
  /** What it is: an action, the value of an order. */
  name: string;
  /** A figure beside it. */
  value?: string | undefined;
  at: string;
  id: string;
  properties: unknown;
  opened: boolean;
  onToggle(): void;
  /** More to see when it is open. */
  children?: ReactNode;
}

/** An event or an order in one line; opened, with all its properties as they came. */
export function PropertiesLine({ name, value, at, id, properties, opened, onToggle, children }: PropertiesLineProps) {
  const details = useId();
  const line = lineOf(properties);
  const { events: words } = texts.profiles;
  return (
    <>
      <UnstyledButton className={classes.line} aria-expanded={opened} aria-controls={details} onClick={onToggle}>
        <IconChevronRight size={14} aria-hidden className={classes.mark} />
        <span className={classes.name}>{name}</span>
        <span className={classes.amount}>{value}</span>
        <span className={classes.properties}>{line || words.noProperties}</span>
        <span className={classes.at}>
          <Moment at={at} as="exact" />
        </span>
      </UnstyledButton>
      <div id={details} hidden={!opened} className={classes.details}>
        {opened && (
          <>
            {line === '' ? (
              <Text size="sm">{words.noProperties}</Text>
            ) : (
              <Code block className={classes.json}>
                {jsonOf(properties)}
              </Code>
            )}
            <Group gap="md" className={classes.about}>
              <span>
                {words.id} <Copyable value={id} label={words.id} />
              </span>
              {children}
            </Group>
          </>
        )}
      </div>
    </>
  );
}

/** Which lines of a list are open; kept above the lines, which come and go as one scrolls. */
export function useOpenLines() {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const toggle = (id: string) =>
    setOpen((before) => {
      const after = new Set(before);
      if (!after.delete(id)) after.add(id);
      return after;
    });
  return { isOpen: (id: string) => open.has(id), toggle };
}
