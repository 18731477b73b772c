import type { LetheProcess } from '../../test/lethe-process.ts';
import { deleteInBulk } from '../bulk-deletion.ts';
import { makeFilledDataset } from '../filled-dataset.ts';

/** A bulk deletion with a limit of users a second should take so long. */
const limitedSeconds = 20;

/**
 * How near to `LETHE_DELETION_RATE_MAX` a job is that nothing else holds back, over its deleting phase. The server is started anew with
 * the limit: what it does without it was measured before.
 */
export async function measureLimit(lethe: LetheProcess, profiles: number) {
  const limit = Math.round(profiles / limitedSeconds);
  await makeFilledDataset(lethe, 'limited', { profiles, eventsPerProfile: 10, share: 0 });
  await lethe.stop();
  await lethe.start({ LETHE_DELETION_RATE_MAX: String(limit) });
  const deletion = await deleteInBulk(lethe, 'limited', 'every');
  const rate = deletion.users / (deletion.phases.deleting ?? Number.NaN);
  return { limit, rate: Math.round(rate), offPercent: Math.round((rate / limit - 1) * 10_000) / 100, ...deletion };
}
