import { randomInt } from 'node:crypto';
import type { GatedTx } from '../database/gate.ts';
import { doomedAmong } from '../profiles/doomed-sql.ts';
import type { Aspects } from './aspects.ts';
import { keepChanges, keepMergedChanges } from './changes.ts';
import { type Look, schedule, takeOffClock } from './clock-sql.ts';
import type { Given } from './evaluation-pass-sql.ts';
import { type EvaluationLevel, planEvaluation } from './evaluation-plan.ts';
import {
  addToCounts,
  addToHistory,
  type ChangedMembership,
  copyFixedMemberships,
  deleteMemberships,
  deleteMembershipsOf,
  findSegmentsOfSets,
  insertMemberships,
  type MembershipPairs,
} from './membership-sql.ts';

/** What a transaction did to one set of users; its counters are written last, by `countMembershipChanges`. */
export interface MembershipChange {
  segmentNo: number;
  setNo: number;
  /** False for a set that is still being computed: nobody has joined or left the segment yet. */
  inForce: boolean;
  joined: number;
  left: number;
  deleted: number;
}

/** Several may be put together with `[...a, ...b]`. */
export type MembershipChanges = readonly MembershipChange[];

interface EvaluationOptions {
  nesting?: string;
  changes?: ReadonlyMap<number, Aspects>;
  noneDoomed?: boolean;
}

/**
 * Brings the memberships of these profiles in every enabled rule-based segment to what their rules say now, and puts them on the
 * clock for the moment at which time alone may change that; `nesting` limits both to the segments that depend on the one with this
 * id. `changes` says what was changed about some of the profiles, where it cannot have been just anything: only rules that look at that
 * are. Call it after the profiles were locked and changed, each in statements of their own; then, at the very end,
 * `countMembershipChanges`. A segment that is being computed is evaluated into its new set. `noneDoomed` says that the caller
 * has left out, holding the gate, whoever is being deleted in bulk.
 */
export async function evaluateProfiles(
  tx: GatedTx,
  profileIds: readonly number[],
  now: Date,
  { nesting, changes, noneDoomed }: EvaluationOptions = {},
): Promise<MembershipChanges> {
  if (profileIds.length === 0) return [];
  const plan = await planEvaluation(tx, nesting);
  if (plan.length === 0) return [];
  const living = noneDoomed ? profileIds : await withoutDoomed(tx, profileIds);
  const moved: MembershipChange[] = [];
  const looks: Look[] = [];
  const given = { profileIds: living, changes, now };
  // A level is a statement of its own: it reads the memberships that the level before has just changed.
  for (const level of plan) moved.push(...(await evaluateLevel(tx, given, level, looks)));
  if (looks.length > 0) await schedule(tx, looks);
  return moved;
}

/** Nobody changes memberships of the doomed but their deletion. */
async function withoutDoomed(tx: GatedTx, profileIds: readonly number[]): Promise<number[]> {
  const doomed = new Set(await doomedAmong(tx, profileIds));
  return profileIds.filter((id) => !doomed.has(id));
}

async function evaluateLevel(
  tx: GatedTx,
  given: Given,
  { segments, passes }: EvaluationLevel,
  looks: Look[],
): Promise<MembershipChange[]> {
  const joining: MembershipPairs = { profileIds: [], setNos: [] };
  const leaving: MembershipPairs = { profileIds: [], setNos: [] };
  for (const pass of passes) {
    for (const { profileId, matching, held, dueAt } of await pass.run(tx, given)) {
      for (const setNo of matching) if (!held.includes(setNo)) add(joining, profileId, setNo);
      for (const setNo of held) if (!matching.includes(setNo)) add(leaving, profileId, setNo);
      if (dueAt !== null) looks.push({ profileId, dueAt });
    }
  }
  const joins = await insertMemberships(tx, joining, given.now);
  const leaves = await deleteMemberships(tx, leaving);
  await keepChanges(tx, { joined: joins, left: leaves }, given.now);
  const joined = countBySet(joins);
  const left = countBySet(leaves);
  return segments.flatMap(({ no, setNo, inForce }) => {
    const change = { joined: joined.get(setNo) ?? 0, left: left.get(setNo) ?? 0, deleted: 0 };
    if (change.joined === 0 && change.left === 0) return [];
    return [{ segmentNo: no, setNo, inForce, ...change }];
  });
}

function add(pairs: MembershipPairs, profileId: number, setNo: number): void {
  pairs.profileIds.push(profileId);
  pairs.setNos.push(setNo);
}

/** Writes the counters of these changes. The last statements of a transaction: nothing may follow but the commit. */
export async function countMembershipChanges(tx: GatedTx, changes: MembershipChanges, now: Date): Promise<void> {
  const usersBySet = new Map<number, number>();
  const bySegment = new Map<number, { segmentNo: number; joined: number; left: number; deleted: number }>();
  for (const { segmentNo, setNo, inForce, joined, left, deleted } of changes) {
    usersBySet.set(setNo, (usersBySet.get(setNo) ?? 0) + joined - left - deleted);
    if (!inForce) continue;
    const sum = bySegment.get(segmentNo) ?? { segmentNo, joined: 0, left: 0, deleted: 0 };
    bySegment.set(segmentNo, {
      segmentNo,
      joined: sum.joined + joined,
      left: sum.left + left,
      deleted: sum.deleted + deleted,
    });
  }
  const stripe = randomInt(tx.dataset.partitions);
  const sets = [...usersBySet].flatMap(([setNo, users]) => (users === 0 ? [] : [{ setNo, users }]));
  if (sets.length > 0) await addToCounts(tx, stripe, sets);
  if (bySegment.size > 0) await addToHistory(tx, stripe, [...bySegment.values()], now);
}

/**
 * Puts the survivor into every list, disabled segment and set about to be replaced that one of the losers is in, and takes the
 * losers out of everything and off the clock. Evaluate the survivor afterwards.
 */
export async function mergeMemberships(
  tx: GatedTx,
  survivor: number,
  losers: readonly number[],
  now: Date,
): Promise<MembershipChanges> {
  const joined = await copyFixedMemberships(tx, survivor, losers);
  const left = await deleteMembershipsOf(tx, losers);
  await takeOffClock(tx, losers);
  await keepMergedChanges(tx, { survivor, losers }, { joined, left }, now);
  return changesOf(tx, { joined: countBySet(joined), left: countBySet(left) });
}

/** Deletes all memberships of profiles that are being deleted one by one. */
export async function removeAllMemberships(tx: GatedTx, profileIds: readonly number[]): Promise<MembershipChanges> {
  if (profileIds.length === 0) return [];
  return changesOf(tx, { deleted: countBySet(await deleteMembershipsOf(tx, profileIds)) });
}

type CountBySet = ReadonlyMap<number, number>;

function countBySet(changed: readonly ChangedMembership[]): CountBySet {
  const counts = new Map<number, number>();
  for (const { setNo } of changed) counts.set(setNo, (counts.get(setNo) ?? 0) + 1);
  return counts;
}

/** The changes by segment. What happens to a set that is out of use is counted nowhere. */
async function changesOf(
  tx: GatedTx,
  counts: { joined?: CountBySet; left?: CountBySet; deleted?: CountBySet },
): Promise<MembershipChanges> {
  const setNos = new Set(Object.values(counts).flatMap((bySet) => [...bySet.keys()]));
  if (setNos.size === 0) return [];
  const sets = await findSegmentsOfSets(tx, [...setNos]);
  return sets.map(({ segmentNo, setNo, inForce }) => ({
    segmentNo,
    setNo,
    inForce,
    joined: counts.joined?.get(setNo) ?? 0,
    left: counts.left?.get(setNo) ?? 0,
    deleted: counts.deleted?.get(setNo) ?? 0,
  }));
}
