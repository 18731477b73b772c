import type { StepTx } from '../database/gate.ts';
import type { StepSize } from '../jobs/step-size.ts';
import { addRows, type RowCounts } from '../profiles/places.ts';
import type { RunningDeletion, TakenSlice } from './deletion.ts';
import { clearWorkList, countLeftovers, digestWorkList, returnToWork, saveProvenRange } from './proof-sql.ts';
import type { Paced } from './rests.ts';
import { takeRanges } from './take.ts';

/** How many users are proven at once. */
export interface ProofSize extends Paced, Pick<StepSize, 'current' | 'learn'> {}

export const wholeSlices: ProofSize = { current: Number.POSITIVE_INFINITY, learn: () => {} };

export interface Proof {
  slices: number[];
  leftovers: RowCounts;
  clean: boolean;
}

/**
 * Proves ranges of slices, in the transaction that has taken the first, and takes more of them where they are small: what is left of
 * their users in every place must be nothing. Then their part of the work lists, the last rows that name them, goes as well; before the
 * first part of a slice goes, all of it is digested. Otherwise the slices go back to work.
 */
export async function proveRanges(
  tx: StepTx,
  job: RunningDeletion,
  first: TakenSlice,
  { size, workers, now }: { size: ProofSize; workers: number; now: Date },
): Promise<Proof> {
  const began = performance.now();
  const taken = await takeRanges(tx, job, first, { usersMax: size.current, workers });
  const slices = taken.map(({ slice }) => slice.slice);
  for (const slice of slices) {
    await digestWorkList(tx, job, slice);
    await size.rest?.();
  }
  const leftovers = await countLeftovers(
    tx,
    taken.map(({ range }) => range),
    size.rest,
  );
  const clean = Object.values(leftovers).every((count) => count === 0);
  if (!clean) {
    for (const slice of slices) await returnToWork(tx, job, slice);
    return { slices, leftovers, clean };
  }
  const proven = [];
  for (const one of taken) {
    const memberships = await clearWorkList(tx, one.range);
    // Nobody but the job changes the list: what was cleared is what was counted.
    if (memberships !== one.range.users) throw new Error(`the work list of slice ${one.slice.slice} was changed`);
    proven.push({ ...one, memberships });
  }
  const ms = performance.now() - began;
  for (const [i, { slice, range, memberships }] of proven.entries()) {
    await saveProvenRange(tx, job, {
      slice: slice.slice,
      phase: range.isLast ? 'done' : 'verifying',
      afterId: range.lastId ?? slice.afterId,
      rowsDeleted: addRows(slice.rowsDeleted, { memberships }),
      leftovers,
      workMs: i === 0 ? Math.round(ms + (size.pausedMs ?? 0)) : 0,
      at: new Date(now.getTime() + ms),
    });
  }
  const users = proven.reduce((sum, { memberships }) => sum + memberships, 0);
  size.learn(users, ms);
  return { slices, leftovers, clean };
}
