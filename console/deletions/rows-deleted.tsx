import type { Job } from '../../src/deletions/job.ts';
import { texts } from '../texts/texts.ts';
import { count } from '../ui/numbers.ts';
import classes from './deletion.module.css';

type RowCounts = Job['rowsDeleted'];

/** Rows of each kind, exactly. */
export function RowsDeleted({ rows }: { rows: RowCounts }) {
  const kinds = Object.entries(texts.deletions.kinds) as [keyof RowCounts, string][];
  return (
    <dl className={classes.kinds}>
      {kinds.map(([kind, name]) => (
        <div key={kind} className={classes.kind}>
          <dt>{name}</dt>
          <dd>{count(rows[kind])}</dd>
        </div>
      ))}
    </dl>
  );
}
