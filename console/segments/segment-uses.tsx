import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { SegmentUse } from '../../src/segments/segment-uses.ts';
import classes from './segment.module.css';

/** What uses a segment, each as a link to it. */
export function SegmentUses({ dataset, uses }: { dataset: string; uses: readonly SegmentUse[] }) {
  return (
    <ul className={classes.list}>
      {uses.map(({ kind, id, name }) => (
        <li key={`${kind} ${id}`}>
          <Anchor
            size="sm"
            renderRoot={(props) => <Link {...props} to="/datasets/$ds/segments/$id" params={{ ds: dataset, id }} />}
          >
            {name}
          </Anchor>
        </li>
      ))}
    </ul>
  );
}
