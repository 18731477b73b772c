import { withSharedGate } from '../database/gate.ts';
import type { DatasetDb } from '../database/handle.ts';
import { clearSomeOf, forgetDiscardedSet, takeDiscardedSet } from './computation-sql.ts';

const rowsPerStepMax = 10_000;

/** Clears a part of a set that is in force nowhere any more. Returns whether there may be more to clear. */
export async function clearDiscardedSets(ds: DatasetDb): Promise<boolean> {
  return withSharedGate(ds.dataset, ds.db, async (tx) => {
    const setNo = await takeDiscardedSet(tx);
    if (setNo === undefined) return false;
    const cleared = await clearSomeOf(tx, setNo, rowsPerStepMax);
    if (cleared < rowsPerStepMax) await forgetDiscardedSet(tx, setNo);
    return true;
  });
}
