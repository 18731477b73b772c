import { Progress } from '@mantine/core';
import type { Job } from '../../src/deletions/job.ts';
import { texts } from '../texts/texts.ts';
import { count } from '../ui/numbers.ts';
import classes from './deletion.module.css';

/** How far a bulk deletion is. What is read out of it is said once, in followed-deletion.tsx. */
export function DeletionBar({ job }: { job: Job }) {
  return (
    <Progress.Root size={10} className={classes.bar} transitionDuration={200}>
      <Progress.Section
        value={job.percent}
        color="var(--mantine-color-danger-7)"
        aria-label={texts.deletions.progressOf(job.segment.name)}
        aria-valuetext={texts.deletions.deletedOf(count(job.deleted), count(job.users))}
      />
    </Progress.Root>
  );
}
