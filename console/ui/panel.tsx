import { Text, Title } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import classes from './panel.module.css';

export interface PanelProps {
  title: string;
  /** What it is for, quietly. */
  text?: ReactNode;
  children: ReactNode;
}

/** One subject of a screen that has several: what it is on the left, the thing itself on the right; one above the other where it is narrow. */
export function Panel({ title, text, children }: PanelProps) {
  const id = useId();
  return (
    <section className={classes.panel} aria-labelledby={id}>
      <div>
        <Title order={2} id={id}>
          {title}
        </Title>
        {text && (
          <Text size="sm" c="dimmed" mt={4} component="div">
            {text}
          </Text>
        )}
      </div>
      <div className={classes.content}>{children}</div>
    </section>
  );
}
