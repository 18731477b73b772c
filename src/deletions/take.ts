import type { StepTx } from '../database/gate.ts';
import type { RunningDeletion, TakenSlice } from './deletion.ts';
import { takeSliceAfter } from './step-sql.ts';
import { nextRange, type WorkRange } from './work-list-sql.ts';

/** The next range of the work list of a slice, which stays taken until the transaction ends. */
interface TakenRange {
  slice: TakenSlice;
  range: WorkRange;
}

/** A step takes at most its worker's share of what is left, divided by this. A proof takes a third of the time. */
const portions = { deleting: 2, verifying: 1 };
/** Each slice has a dozen statements of its own, however few users it has; more of them at once would spare little. */
const slicesAtOnceMax = 8;

/**
 * What a step works on: the next range of the slice that it has taken and, as long as there is room for whole ones, more slices in the
 * same phase. Identities are in no slice, so the users of every slice are all over their table: of four slices at once they take a fifth
 * less time to delete, and half of it to prove.
 *
 * A step takes a part of its worker's share of what is left, so that all workers end at about the same time: "guided self-scheduling"
 * (Polychronopoulos and Kuck, 1987), with smaller portions since the share counts slices that others have taken. The last slices are
 * taken one by one, so whoever is in the way in one of them does not keep the others from being done.
 */
export async function takeRanges(
  tx: StepTx,
  job: RunningDeletion,
  first: TakenSlice,
  { usersMax, workers }: { usersMax: number; workers: number },
): Promise<TakenRange[]> {
  const slicesMax = Math.min(slicesAtOnceMax, Math.ceil(first.inPhase / (workers * portions[first.phase])));
  const taken: TakenRange[] = [];
  let room = usersMax;
  for (let slice: TakenSlice | undefined = first; slice; ) {
    const range = await nextRange(tx, { ...slice, setNo: job.setNo }, room);
    taken.push({ slice, range });
    room -= range.users;
    // Slices have about as many users each.
    const usersOfSlice = slice.profilesDeleted + (slice.phase === 'deleting' ? range.users : 0);
    if (!range.isLast || taken.length >= slicesMax || usersOfSlice >= room) break;
    slice = await takeSliceAfter(tx, job.id, slice);
  }
  return taken;
}
