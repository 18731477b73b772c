import type { GatedTx } from '../database/gate.ts';
import { repointIdentities } from '../identities/identity-sql.ts';
import { mergeAttributes, readAttributes, storeAttributes } from '../profiles/attributes.ts';
import { type ProfileRow, readProfiles } from '../profiles/figures-sql.ts';
import { type MembershipChanges, mergeMemberships } from '../segments/evaluate.ts';
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
import { deleteVisits, listVisitsOf, type ProfileVisit, writeVisits } from './visit-sql.ts';
import { joinRuns } from './visits.ts';

/**
 * Merges each group of profiles, all of them locked with their identities, into its survivor: the most recently active, of
 * several the one with the smallest number. All history goes to it; on a conflict of attributes a trusted source wins over a
 * page and then the newest; it is in every list and disabled segment that one of them was in. It keeps its own import of origin
 * and is as old as the oldest.
 *
 * Answers the survivor of each group. The counters of the changes are the caller's to write, last.
 */
export async function mergeProfiles(
  tx: GatedTx,
  groups: readonly (readonly number[])[],
  now: Date,
): Promise<{ survivors: number[]; changes: MembershipChanges }> {
  const rows = new Map((await readProfiles(tx, groups.flat())).map((row) => [row.id, row]));
  const ranked = groups.map((ids) => ids.map((id) => rows.get(id) as ProfileRow).sort(byActivity));
  const merges = ranked.flatMap(([survivor, ...losers]) =>
    losers.map((loser): Merge => ({ loser: loser.id, survivor: (survivor as ProfileRow).id })),
  );
  const losers = merges.map((merge) => merge.loser);
  await copyEvents(tx, merges);
  await deleteEventsOf(tx, losers);
  await copyActionCounts(tx, merges);
  await deleteActionCountsOf(tx, losers);
  const visits = await mergeVisits(tx, ranked);
  await mergeFigures(tx, merges, now);
  await writeMerged(
    tx,
    ranked.map((profiles, index) => merged(profiles, visits[index] as number)),
  );
  const changes: MembershipChanges[] = [];
  for (const [survivor, ...others] of ranked) {
    changes.push(
      await mergeMemberships(
        tx,
        (survivor as ProfileRow).id,
        others.map((row) => row.id),
      ),
    );
  }
  await repointIdentities(
    tx,
    losers,
    merges.map((merge) => merge.survivor),
  );
  await deleteProfiles(tx, losers);
  return { survivors: ranked.map(([survivor]) => (survivor as ProfileRow).id), changes: changes.flat() };
}

function byActivity(a: ProfileRow, b: ProfileRow): number {
  return (
    (b.lastActivity?.getTime() ?? Number.NEGATIVE_INFINITY) - (a.lastActivity?.getTime() ?? Number.NEGATIVE_INFINITY) ||
    a.id - b.id
  );
}

function merged(profiles: readonly ProfileRow[], visits: number): MergedProfile {
  const [survivor, ...losers] = profiles.map((row) => readAttributes(row.attributes));
  return {
    id: (profiles[0] as ProfileRow).id,
    visits,
    imports: [...new Set(profiles.flatMap((row) => row.imports))].sort((a, b) => a - b),
    attributes: storeAttributes(mergeAttributes(survivor ?? new Map(), losers)),
  };
}

/** Visits of several profiles that touch become one. Answers how many each group has. */
async function mergeVisits(tx: GatedTx, groups: readonly (readonly ProfileRow[])[]): Promise<number[]> {
  const before = await listVisitsOf(
    tx,
    groups.flat().map((row) => row.id),
  );
  const byProfile = Map.groupBy(before, (visit) => visit.profileId);
  const after = groups.map((profiles) => {
    const survivor = (profiles[0] as ProfileRow).id;
    const visits = joinRuns(profiles.flatMap((row) => byProfile.get(row.id) ?? []));
    return visits.map((visit): ProfileVisit => ({ ...visit, profileId: survivor }));
  });
  if (before.length > 0) await deleteVisits(tx, before);
  if (before.length > 0) await writeVisits(tx, after.flat());
  return after.map((visits) => visits.length);
}
