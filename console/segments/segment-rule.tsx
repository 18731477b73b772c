import { Code } from '@mantine/core';
import classes from './segment.module.css';

/** The rule of a segment as it was sent. */
export function SegmentRule({ rule }: { dataset: string; rule: unknown }) {
  return (
    <Code block className={classes.rule}>
      {JSON.stringify(rule, null, 2)}
    </Code>
  );
}
