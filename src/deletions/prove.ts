import { withStep } from '../database/gate.ts';
import type { Dataset } from '../database/handle.ts';
import type { Db } from '../database/postgres.ts';
import { addRows, type RowCounts } from '../profiles/places.ts';
import type { RunningDeletion } from './deletion.ts';
import { clearWorkList, countLeftovers, digestWorkList, returnToWork, saveProvenSlice } from './proof-sql.ts';
import { takeSlice } from './step-sql.ts';

export interface Proof {
  slice: number;
  leftovers: RowCounts;
  clean: boolean;
}

/**
 * Proves one slice: what is left of its users in every place must be nothing. Then its work list, the last rows that name them,
 * is digested and goes in the same transaction. Otherwise the slice goes back to work. Undefined when no slice is left to take.
 */
export function proveNextSlice(dataset: Dataset, db: Db, job: RunningDeletion, now: Date): Promise<Proof | undefined> {
  const began = performance.now();
  return withStep(dataset, db, `lethe deletion ${job.id}`, async (tx) => {
    const taken = await takeSlice(tx, job.id, 'verifying');
    if (!taken) return undefined;
    const { slice } = taken;
    const leftovers = await countLeftovers(tx, job, slice);
    const clean = Object.values(leftovers).every((count) => count === 0);
    if (!clean) {
      await returnToWork(tx, job, slice);
      return { slice, leftovers, clean };
    }
    const { users, digest } = await digestWorkList(tx, job, slice);
    const memberships = await clearWorkList(tx, job, slice);
    await saveProvenSlice(tx, job, {
      slice,
      users,
      digest,
      leftovers,
      at: new Date(now.getTime() + performance.now() - began),
      rowsDeleted: addRows(taken.rowsDeleted, { memberships }),
    });
    return { slice, leftovers, clean };
  });
}
