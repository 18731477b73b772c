import type { GatedTx } from '../database/gate.ts';
import type { Written } from './tally.ts';
import { deleteVisits, listVisitsNear, type ProfileVisit, writeVisits } from './visit-sql.ts';
import { addToVisits, runsOf } from './visits.ts';

/** Brings the visits of these profiles up to date with their new events; answers by how many each one's number changes. */
export async function writeNewVisits(tx: GatedTx, profiles: readonly Written[]): Promise<number[]> {
  const runs = profiles.map(({ messages }) =>
    runsOf(messages.filter(({ message }) => message.event).map(({ message }) => message.at.getTime())),
  );
  const asked = profiles.flatMap(({ id, isNew }, place) =>
    isNew ? [] : (runs[place] ?? []).map((run): ProfileVisit => ({ ...run, profileId: id })),
  );
  const near = Map.groupBy(asked.length > 0 ? await listVisitsNear(tx, asked) : [], (visit) => visit.profileId);
  const changes = profiles.map(({ id }, place) => addToVisits(near.get(id) ?? [], runs[place] ?? []));

  const removed = changes.flatMap((change, place) =>
    change.removed.map((start) => ({ start, profileId: (profiles[place] as Written).id })),
  );
  if (removed.length > 0) await deleteVisits(tx, removed);
  const written = changes.flatMap((change, place) =>
    change.written.map((visit): ProfileVisit => ({ ...visit, profileId: (profiles[place] as Written).id })),
  );
  if (written.length > 0) await writeVisits(tx, written);
  return changes.map((change) => change.added);
}
