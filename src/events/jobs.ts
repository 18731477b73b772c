import type { Dataset } from '../database/handle.ts';
import { everyHour } from '../datasets/every-hour.ts';
import type { JobKind } from '../jobs/jobs.ts';
import type { Lethe } from '../lethe.ts';
import { largeMergeJobs } from './large-merge-jobs.ts';
import { forgetMessageKeys } from './write-sql.ts';

/** Few enough that nobody waits for them. */
const keysPerStep = 20_000;

/** The work of events that goes on by itself: forgetting old message ids, and merging large profiles. */
export function eventJobs(lethe: Lethe): JobKind<Dataset>[] {
  // Message ids are remembered for `messageIdHours`; what is older goes.
  const forgetting = everyHour(lethe, 'old message ids', async (ds) => {
    const seenBefore = new Date(lethe.now().getTime() - lethe.settings.messageIdHours * 3_600_000);
    return (await forgetMessageKeys(ds, seenBefore, keysPerStep)) < keysPerStep ? 'finished' : 'more';
  });
  return [forgetting, largeMergeJobs(lethe)];
}
