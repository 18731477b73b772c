import { Progress, VisuallyHidden } from '@mantine/core';
import type { Job } from '../../src/deletions/job.ts';
import { texts } from '../texts/texts.ts';
import { count } from '../ui/numbers.ts';
import classes from './deletion.module.css';
import { announcementOf } from './job-words.ts';

/** How far a bulk deletion is: a bar, and for those who cannot see it a word now and then. */
export function DeletionBar({ job, announced }: { job: Job; announced?: boolean }) {
  return (
    <>
      <Progress.Root size={10} className={classes.bar} transitionDuration={200}>
        <Progress.Section
          value={job.percent}
          color="var(--mantine-color-danger-7)"
          aria-label={texts.deletions.progressOf(job.segment.name)}
          aria-valuetext={texts.deletions.deletedOf(count(job.deleted), count(job.users))}
        />
      </Progress.Root>
      {announced && <VisuallyHidden role="status">{announcementOf(job)}</VisuallyHidden>}
    </>
  );
}
