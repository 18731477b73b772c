import { withStep } from '../database/gate.ts';
import type { Dataset } from '../database/handle.ts';
import type { Db } from '../database/postgres.ts';
import type { StepSize } from '../jobs/step-size.ts';
import { addRows, type RowCounts } from '../profiles/places.ts';
import type { RunningDeletion } from './deletion.ts';
import { clearWorkList, countLeftovers, digestWorkList, returnToWork, saveProvenRange } from './proof-sql.ts';
import { takeSlice } from './step-sql.ts';
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
 * Proves the next range of a slice: what is left of its users in every place must be nothing. Then its part of the work list, the last
 * rows that name them, goes in the same transaction; before the first part goes, all of it is digested. Otherwise the slice goes
 * back to work. Undefined when no slice is left to take.
 */
export function proveNextRange(
  dataset: Dataset,
  db: Db,
  job: RunningDeletion,
  size: ProofSize,
  now: Date,
): Promise<Proof | undefined> {
  const began = performance.now();
  return withStep(dataset, db, `lethe deletion ${job.id}`, async (tx) => {
    const taken = await takeSlice(tx, job.id, 'verifying');
    if (!taken) return undefined;
    const { slice, afterId } = taken;
    const takenAt = performance.now();
    await digestWorkList(tx, job, slice);
    const range = await nextRange(tx, { slice, setNo: job.setNo, afterId }, size.current);
    const leftovers = await countLeftovers(tx, range);
    const clean = Object.values(leftovers).every((count) => count === 0);
    if (!clean) {
      await returnToWork(tx, job, slice);
      return { slice, leftovers, clean };
    }
    const memberships = await clearWorkList(tx, range);
    const ended = performance.now();
    await saveProvenRange(tx, job, {
      slice,
      phase: range.isLast ? 'done' : 'verifying',
      afterId: range.lastId ?? afterId,
      rowsDeleted: addRows(taken.rowsDeleted, { memberships }),
      leftovers,
      workMs: Math.round(ended - takenAt + (size.pausedMs ?? 0)),
      at: new Date(now.getTime() + ended - began),
    });
    size.learn(memberships, ended - takenAt);
    return { slice, leftovers, clean };
  });
}
