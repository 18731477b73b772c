import { type ExclusiveTx, type GatedTx, withExclusiveGate, withSharedGate } from '../database/gate.ts';
import type { DatasetDb } from '../database/handle.ts';
import { doomedAmong } from '../profiles/doomed-sql.ts';
import { insertReplacement } from './changes-sql.ts';
import {
  type Computation,
  deleteComputation,
  discardNextSets,
  discardSetsInForce,
  findNextProfiles,
  isAnyComputing,
  joinMatching,
  keepSetInForce,
  lockProfilesOfSlice,
  markComputing,
  moveCursor,
  putNextSetInForce,
  resetComputations,
  takeComputation,
} from './computation-sql.ts';
import { countMembershipChanges } from './evaluate.ts';
import { addToHistory, countUsersOfSet } from './membership-sql.ts';
import { dependentsOf, nestedIn, ruleOf } from './nesting.ts';
import { compile, readReferences } from './references.ts';
import { scheduleLooks } from './schedule-looks.ts';
import { checkMove } from './segment.ts';
import { findSegmentWithUsers, listRuleSegments, lockSegment, type SegmentRow } from './segment-sql.ts';

/**
 * Begins the computation of these segments, or begins it again: a new generation, a new set, the cursor at the beginning. What is
 * in force stays in force until `finishComputation`. Exclusive, so that every writer from here on evaluates into the new set, and
 * none is under way that does not know of it.
 */
export async function beginComputations(tx: ExclusiveTx, segments: readonly SegmentRow[], now: Date): Promise<void> {
  if (segments.length === 0) return;
  for (const segment of segments) checkMove(segment, 'computing');
  const segmentNos = segments.map((segment) => segment.no);
  await discardNextSets(tx, segmentNos, now);
  await markComputing(tx, segmentNos);
  await resetComputations(tx, segmentNos, now);
}

/** Gives a computation up: the set in force stays, the new one is cleared. */
export async function abandonComputation(tx: ExclusiveTx, segment: SegmentRow, now: Date): Promise<void> {
  checkMove(segment, 'ready');
  await discardNextSets(tx, [segment.no], now);
  await keepSetInForce(tx, segment.no);
  await deleteComputation(tx, segment.no);
}

/** Begins to compute every enabled segment whose rule depends on this one, after its set was replaced. */
export async function beginDependentComputations(tx: ExclusiveTx, segmentId: string, now: Date): Promise<void> {
  await beginComputations(tx, dependentsOf(segmentId, await listRuleSegments(tx)), now);
}

/** `profiles`: some were looked at. `filled`: this segment's set is whole. `waiting`: others hold the rest. `nothing`: all done. */
export type ComputationStep =
  | { did: 'profiles'; profiles: number }
  | { did: 'filled'; segmentId: string }
  | { did: 'waiting' }
  | { did: 'nothing' };

/**
 * Looks at the next profiles for one of the segments that are being computed: locks at most `profilesMax` of one slice in order
 * of id, and in the next statement evaluates them. Were it one statement, it would undo what a writer has just done to them. A
 * segment that nests another one waits until that one is ready.
 */
export async function computeNext(
  ds: DatasetDb,
  { profilesMax, now }: { profilesMax: number; now: Date },
): Promise<ComputationStep> {
  return withSharedGate(ds.dataset, ds.db, async (tx) => {
    const segments = await listRuleSegments(tx);
    const computing = new Set(segments.flatMap((segment) => (segment.state === 'computing' ? [segment.id] : [])));
    if (computing.size === 0) return { did: 'nothing' };
    const able = segments.filter(
      (segment) => computing.has(segment.id) && !nestedIn(segment).some((id) => computing.has(id)),
    );
    const taken = await takeComputation(
      tx,
      able.map((segment) => segment.no),
    );
    const segment = able.find((one) => one.no === taken?.segmentNo);
    if (!taken || !segment) return { did: (await isAnyComputing(tx)) ? 'waiting' : 'nothing' };
    if (taken.slice >= tx.dataset.partitions) return { did: 'filled', segmentId: segment.id };
    return { did: 'profiles', profiles: await lookAtProfiles(tx, segment, taken, { profilesMax, now }) };
  });
}

async function lookAtProfiles(
  tx: GatedTx,
  segment: SegmentRow,
  { slice: firstSlice, afterId, setNo }: Computation,
  { profilesMax, now }: { profilesMax: number; now: Date },
): Promise<number> {
  let slice = firstSlice;
  let ids = await findNextProfiles(tx, { slice, afterId, limit: profilesMax });
  while (ids.length === 0 && ++slice < tx.dataset.partitions) {
    ids = await findNextProfiles(tx, { slice, afterId: 0, limit: profilesMax });
  }
  const last = ids.at(-1);
  if (last === undefined) {
    await moveCursor(tx, { segmentNo: segment.no, slice, afterId: 0 });
    return 0;
  }
  // The doomed are passed by: nobody joins any more of whom a step may be past, and a step deletes them in an order of its own, so
  // that waiting for it here could be a deadlock.
  const doomed = new Set(await doomedAmong(tx, ids));
  const locked = await lockProfilesOfSlice(
    tx,
    slice,
    ids.filter((id) => !doomed.has(id)),
  );
  const rule = ruleOf(segment);
  const references = await readReferences(tx, [rule]);
  const matches = compile(tx, rule, references, now);
  const joined = await joinMatching(tx, { slice, ids: locked, setNo, setNoInForce: segment.setNo, matches, now });
  await scheduleLooks(tx, locked, [segment], { references, now });
  const sliceIsDone = ids.length < profilesMax;
  await moveCursor(tx, {
    segmentNo: segment.no,
    ...(sliceIsDone ? { slice: slice + 1, afterId: 0 } : { slice, afterId: last }),
  });
  const change = { segmentNo: segment.no, setNo, inForce: false, joined, left: 0, deleted: 0 };
  await countMembershipChanges(tx, [change], now);
  return ids.length;
}

/**
 * Puts the computed set of a segment in force, in place of the one before, and begins to compute the segments that depend on it.
 * Returns its number of users, or undefined when the segment has meanwhile been changed, disabled or deleted.
 */
export async function finishComputation(ds: DatasetDb, segmentId: string, now: Date): Promise<number | undefined> {
  return withExclusiveGate(ds.dataset, ds.db, async (tx) => {
    await lockSegment(tx, segmentId);
    const segment = await findSegmentWithUsers(tx, segmentId);
    if (segment?.state !== 'computing' || segment.nextSetNo === null) return undefined;
    const taken = await takeComputation(tx, [segment.no]);
    if (!taken || taken.slice < tx.dataset.partitions) return undefined;
    checkMove(segment, 'ready');
    const users = await countUsersOfSet(tx, segment.nextSetNo);
    await discardSetsInForce(tx, [segment.no], now);
    await putNextSetInForce(tx, segment.no);
    await deleteComputation(tx, segment.no);
    await insertReplacement(tx, segment.no, users, now);
    await beginDependentComputations(tx, segment.id, now);
    // By how much it grew or shrank: finding out who is in both sets would take too long here.
    const grown = users - segment.users;
    await recordReplacement(tx, segment, { joined: Math.max(0, grown), left: Math.max(0, -grown) }, now);
    return users;
  });
}

/** History of a set that was replaced by another one; who is in both has neither joined nor left. */
export async function recordReplacement(
  tx: ExclusiveTx,
  segment: { no: number },
  { joined, left }: { joined: number; left: number },
  now: Date,
): Promise<void> {
  if (joined === 0 && left === 0) return;
  // Alone behind the gate, no other writer is kept waiting for this stripe.
  await addToHistory(tx, 0, [{ segmentNo: segment.no, joined, left, deleted: 0 }], now);
}
