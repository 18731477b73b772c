import { withSharedGate } from '../database/gate.ts';
import type { DatasetDb } from '../database/handle.ts';
import { clearSomeOf, forgetDiscardedSet, takeDiscardedSet } from './computation-sql.ts';

const rowsPerStepMax = 10_000;

/**
 * Clears a part of a set that is in force nowhere any more. Returns whether there is more to do at once; rows that somebody else
 * is deleting are waited for by nobody, and looked at again later.
 */
export async function clearDiscardedSets(ds: DatasetDb): Promise<boolean> {
  return withSharedGate(ds.dataset, ds.db, async (tx) => {
    const setNo = await takeDiscardedSet(tx);
    if (setNo === undefined) return false;
    const cleared = await clearSomeOf(tx, setNo, rowsPerStepMax);
    return cleared === rowsPerStepMax || forgetDiscardedSet(tx, setNo);
  });
}
