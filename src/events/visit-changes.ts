import type { GatedTx } from '../database/gate.ts';
import type { Written } from './tally.ts';
import { deleteVisits, listVisitsNear, type ProfileVisit, writeVisits } from './visit-sql.ts';
import { addToVisits, joinRuns, runsOf, type Visit, type VisitChanges } from './visits.ts';

/** Brings the visits of these profiles up to date with their new events; answers by how many each one's number changes. */
export async function writeNewVisits(tx: GatedTx, profiles: readonly Written[]): Promise<number[]> {
  const runs = profiles.map(({ messages }) =>
    runsOf(messages.filter(({ message }) => message.event).map(({ message }) => message.at.getTime())),
  );
  const asked = profiles.flatMap(({ id, isNew }, place) => (isNew ? [] : ofProfile(id, runs[place] ?? [])));
  const near = Map.groupBy(asked.length > 0 ? await listVisitsNear(tx, asked) : [], (visit) => visit.profileId);
  const changes = profiles.map(({ id }, place) => ({
    profileId: id,
    ...addToVisits(near.get(id) ?? [], runs[place] ?? []),
  }));
  await saveChanges(tx, changes);
  return changes.map((change) => change.added);
}

/**
 * Adds runs of events that others had to the visits of their new profiles: visits that touch become one. Answers by how many each
 * profile's number changes.
 */
export async function addVisits(tx: GatedTx, visits: readonly ProfileVisit[]): Promise<Map<number, number>> {
  const runs = [...Map.groupBy(visits, (visit) => visit.profileId)].map(([id, own]) => ({ id, own: joinRuns(own) }));
  const asked = runs.flatMap(({ id, own }) => ofProfile(id, own));
  const near = Map.groupBy(asked.length > 0 ? await listVisitsNear(tx, asked) : [], (visit) => visit.profileId);
  const changes = runs.map(({ id, own }) => ({ profileId: id, ...addToVisits(near.get(id) ?? [], own) }));
  await saveChanges(tx, changes);
  return new Map(changes.map(({ profileId, added }) => [profileId, added]));
}

function ofProfile(profileId: number, runs: readonly Visit[]): ProfileVisit[] {
  return runs.map((run) => ({ ...run, profileId }));
}

async function saveChanges(tx: GatedTx, changes: readonly (VisitChanges & { profileId: number })[]): Promise<void> {
  const removed = changes.flatMap(({ profileId, removed: starts }) => starts.map((start) => ({ profileId, start })));
  if (removed.length > 0) await deleteVisits(tx, removed);
  const written = changes.flatMap(({ profileId, written: runs }) => ofProfile(profileId, runs));
  if (written.length > 0) await writeVisits(tx, written);
}
