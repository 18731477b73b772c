import type { StepTx } from '../database/gate.ts';
import { StepSize } from '../jobs/step-size.ts';
import { addRows } from '../profiles/places.ts';
import type { RunningDeletion, TakenSlice } from './deletion.ts';
import { countLeavers } from './leavers.ts';
import type { Paced } from './rests.ts';
import { deleteIdentities, deleteRange, saveSlice } from './step-sql.ts';
import { takeRanges } from './take.ts';
import { idsOf } from './work-list-sql.ts';

/** Their ids are sent with each statement, some 400 kB. */
export const rangeUsersMax = 50_000;

/** Sizes of the steps of one job, in users. */
export function stepSize(stepMsMax: number, first = 2_000): StepSize {
  return new StepSize({ first, min: 100, max: rangeUsersMax, msMax: stepMsMax });
}

/** How large a step is. */
export interface StepPlan extends Paced, Pick<StepSize, 'current' | 'learn'> {
  /** Whether nobody else seems to write to the dataset. */
  isAlone?: boolean;
}

export interface StepDone {
  slices: number[];
  users: number;
  ms: number;
}

/**
 * One step of a bulk deletion, in the transaction that has taken the slice: takes more of them where they are small, deletes the next
 * ranges of their work lists from every place, and saves how far it came. The identities, which are in no slice, are gone through once
 * for all ranges.
 */
export async function deleteRanges(
  tx: StepTx,
  job: RunningDeletion,
  first: TakenSlice,
  { size, workers, now }: { size: StepPlan; workers: number; now: Date },
): Promise<StepDone> {
  const began = performance.now();
  const taken = await takeRanges(tx, job, first, { usersMax: size.current, workers });
  const gone = [];
  for (const one of taken) gone.push({ ...one, ...(await deleteRange(tx, one.range, size.rest)) });
  const ids = idsOf(taken.map(({ range }) => range));
  const identities = await deleteIdentities(tx, ids, { deletionId: job.id, now, isAlone: size.isAlone ?? false });
  const ms = performance.now() - began;
  for (const [i, { slice, range, rows }] of gone.entries()) {
    // What the slices have in common counts with the first.
    const inCommon = i === 0 ? { rows: { identities }, ms: ms + (size.pausedMs ?? 0) } : { rows: {}, ms: 0 };
    await saveSlice(tx, job, {
      slice: slice.slice,
      phase: range.isLast ? 'verifying' : 'deleting',
      afterId: range.isLast ? '0' : (range.lastId ?? slice.afterId),
      rowsDeleted: addRows(slice.rowsDeleted, rows, inCommon.rows),
      profilesDeleted: slice.profilesDeleted + rows.profiles,
      workMs: Math.round(inCommon.ms),
      at: new Date(now.getTime() + ms),
    });
  }
  const users = gone.reduce((sum, { rows }) => sum + rows.profiles, 0);
  const leavers = new Map([[job.setNo, users]]);
  for (const [setNo, count] of gone.flatMap((one) => [...one.leavers])) {
    leavers.set(setNo, (leavers.get(setNo) ?? 0) + count);
  }
  const slices = gone.map(({ slice }) => slice.slice);
  await countLeavers(tx, first.slice, leavers, now);
  size.learn(users, ms);
  return { slices, users, ms };
}
