import type { GatedTx } from '../database/gate.ts';
import { repointIdentities } from '../identities/identity-sql.ts';
import { mergeAttributes, readAttributes, storeAttributes } from '../profiles/attributes.ts';
import { type ProfileRow, readProfiles } from '../profiles/figures-sql.ts';
import { requestMerges } from '../profiles/merge-requests-sql.ts';
import { type MembershipChanges, mergeMemberships } from '../segments/evaluate.ts';
import type { Merging } from './merge-plan.ts';
import {
  copyActionCounts,
  copyEvents,
  deleteActionCountsOf,
  deleteEventsOf,
  deleteProfiles,
  type Merge,
  type MergedProfile,
  mergeFigures,
  writeMerged,
} from './merge-sql.ts';
import { addVisits } from './visit-changes.ts';
import { deleteVisits, listVisitsOf } from './visit-sql.ts';

/**
 * Merges each group of profiles, all of them locked, into its survivor: at once with their identities, which are locked as well,
 * or, where that is too much, by recording that a job is to do it (large-merge.ts). All history goes to the survivor; on a conflict
 * of attributes a trusted source wins over a page and then the newest; it is in every list and disabled segment that one of them was
 * in. It keeps its own import of origin and is as old as the oldest.
 *
 * Evaluate the survivors afterwards. The counters of the changes are the caller's to write, last.
 */
export async function mergeProfiles(tx: GatedTx, groups: readonly Merging[], now: Date): Promise<MembershipChanges> {
  const later = groups.filter(({ live }) => !live).flatMap(mergesOf);
  if (later.length > 0) await requestMerges(tx, later);
  const live = groups.filter((group) => group.live);
  return live.length > 0 ? mergeAtOnce(tx, live, now) : [];
}

function mergesOf({ profiles: [survivor = 0, ...losers] }: Merging): Merge[] {
  return losers.map((loser) => ({ loser, survivor }));
}

async function mergeAtOnce(tx: GatedTx, groups: readonly Merging[], now: Date): Promise<MembershipChanges> {
  const ids = groups.flatMap(({ profiles }) => profiles);
  const rows = new Map((await readProfiles(tx, ids)).map((row) => [row.id, row]));
  const merges = groups.flatMap(mergesOf);
  const losers = merges.map((merge) => merge.loser);
  await copyEvents(tx, merges);
  await deleteEventsOf(tx, losers);
  await copyActionCounts(tx, merges);
  await deleteActionCountsOf(tx, losers);
  const visits = await mergeVisits(tx, merges);
  await mergeFigures(tx, merges, now);
  await writeMerged(
    tx,
    groups.map(({ profiles }) => {
      const [survivor, ...others] = profiles.map((id) => rows.get(id) as ProfileRow);
      return merged(survivor as ProfileRow, others, visits);
    }),
  );
  const changes: MembershipChanges[] = [];
  for (const { profiles } of groups) {
    changes.push(await mergeMemberships(tx, profiles[0] as number, profiles.slice(1), now));
  }
  await repointIdentities(
    tx,
    losers,
    merges.map((merge) => merge.survivor),
  );
  await deleteProfiles(tx, losers);
  return changes.flat();
}

function merged(
  survivor: ProfileRow,
  losers: readonly ProfileRow[],
  visitsAdded: ReadonlyMap<number, number>,
): MergedProfile {
  const attributes = mergeAttributes(
    readAttributes(survivor.attributes),
    losers.map((row) => readAttributes(row.attributes)),
  );
  return {
    id: survivor.id,
    visitsAdded: visitsAdded.get(survivor.id) ?? 0,
    imports: [...new Set([survivor, ...losers].flatMap((row) => row.imports))].sort((a, b) => a - b),
    attributes: storeAttributes(attributes),
  };
}

/**
 * Visits of several profiles that touch become one. Only those of the survivor that are near are looked at: it may have any number.
 * Answers by how many each survivor's number changes.
 */
async function mergeVisits(tx: GatedTx, merges: readonly Merge[]): Promise<Map<number, number>> {
  const survivorOf = new Map(merges.map(({ loser, survivor }) => [loser, survivor]));
  const ofLosers = await listVisitsOf(tx, [...survivorOf.keys()]);
  if (ofLosers.length === 0) return new Map();
  await deleteVisits(tx, ofLosers);
  return addVisits(
    tx,
    ofLosers.map((visit) => ({ ...visit, profileId: survivorOf.get(visit.profileId) as number })),
  );
}
