import type { StepTx } from '../database/gate.ts';
import { StepSize } from '../jobs/step-size.ts';
import { addRows } from '../profiles/places.ts';
import type { RunningDeletion, Slice } from './deletion.ts';
import { countLeavers } from './leavers.ts';
import { deleteRange, saveSlice } from './step-sql.ts';
import { nextRange } from './work-list-sql.ts';

/** Their ids are sent with each statement, some 400 kB. */
export const rangeUsersMax = 50_000;

/** Sizes of the steps of one job, in users. */
export function stepSize(stepMsMax: number, first = 2_000): StepSize {
  return new StepSize({ first, min: 100, max: rangeUsersMax, msMax: stepMsMax });
}

/** How large a step is. */
export interface StepPlan extends Pick<StepSize, 'current' | 'learn'> {
  /** Time that workers were kept waiting before it, in milliseconds; it counts in the job's rate. */
  pausedMs?: number;
  /** Whether nobody else seems to write to the dataset. */
  isAlone?: boolean;
}

export interface StepDone {
  slice: number;
  users: number;
  ms: number;
}

/**
 * One step of a bulk deletion, in the transaction that has taken the slice: deletes the next range of its work list from every place, and
 * saves how far it came.
 */
export async function deleteNextRange(
  tx: StepTx,
  job: RunningDeletion,
  slice: Slice,
  size: StepPlan,
  now: Date,
): Promise<StepDone> {
  const began = performance.now();
  const range = await nextRange(tx, { ...slice, setNo: job.setNo }, size.current);
  const { rows, leavers } = await deleteRange(tx, range, { deletionId: job.id, now, isAlone: size.isAlone ?? false });
  const ms = performance.now() - began;
  await saveSlice(tx, job, {
    slice: slice.slice,
    phase: range.isLast ? 'verifying' : 'deleting',
    afterId: range.isLast ? '0' : (range.lastId ?? slice.afterId),
    rowsDeleted: addRows(slice.rowsDeleted, rows),
    profilesDeleted: slice.profilesDeleted + rows.profiles,
    workMs: Math.round(ms + (size.pausedMs ?? 0)),
    at: new Date(now.getTime() + ms),
  });
  await countLeavers(tx, slice.slice, leavers.set(job.setNo, rows.profiles), now);
  size.learn(rows.profiles, ms);
  return { slice: slice.slice, users: rows.profiles, ms };
}
