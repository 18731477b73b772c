import type { StepTx } from '../database/gate.ts';
import type { StepSize } from '../jobs/step-size.ts';
import { addRows, type RowCounts } from '../profiles/places.ts';
import type { RunningDeletion, Slice } from './deletion.ts';
import { clearWorkList, countLeftovers, digestWorkList, returnToWork, saveProvenRange } from './proof-sql.ts';
import { nextRange } from './work-list-sql.ts';

/** How many users are proven at once. */
export interface ProofSize extends Pick<StepSize, 'current' | 'learn'> {
  /** Time that workers were kept waiting before it, in milliseconds; it counts in the job's rate. */
  pausedMs?: number;
}

export const wholeSlices: ProofSize = { current: Number.POSITIVE_INFINITY, learn: () => {} };

export interface Proof {
  slice: number;
  leftovers: RowCounts;
  clean: boolean;
}

/**
 * Proves the next range of a slice, in the transaction that has taken it: what is left of its users in every place must be nothing. Then
 * its part of the work list, the last rows that name them, goes as well; before the first part goes, all of it is digested.
 * Otherwise the slice goes back to work.
 */
export async function proveNextRange(
  tx: StepTx,
  job: RunningDeletion,
  { slice, afterId, rowsDeleted }: Slice,
  size: ProofSize,
  now: Date,
): Promise<Proof> {
  const began = performance.now();
  await digestWorkList(tx, job, slice);
  const range = await nextRange(tx, { slice, setNo: job.setNo, afterId }, size.current);
  const leftovers = await countLeftovers(tx, range);
  const clean = Object.values(leftovers).every((count) => count === 0);
  if (!clean) {
    await returnToWork(tx, job, slice);
    return { slice, leftovers, clean };
  }
  const memberships = await clearWorkList(tx, range);
  const ms = performance.now() - began;
  await saveProvenRange(tx, job, {
    slice,
    phase: range.isLast ? 'done' : 'verifying',
    afterId: range.lastId ?? afterId,
    rowsDeleted: addRows(rowsDeleted, { memberships }),
    leftovers,
    workMs: Math.round(ms + (size.pausedMs ?? 0)),
    at: new Date(now.getTime() + ms),
  });
  size.learn(memberships, ms);
  return { slice, leftovers, clean };
}
