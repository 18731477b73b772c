import type { GatedTx } from '../database/gate.ts';
import type { MergeRequest } from '../profiles/merge-requests-sql.ts';
import {
  copyPortion,
  deletePortion,
  discountPortion,
  endOfPortion,
  movePortionFigures,
  type Portion,
} from './large-merge-sql.ts';
import { addVisits } from './visit-changes.ts';
import { deleteVisits, listOldestVisits, type ProfileVisit, writeVisits } from './visit-sql.ts';

/**
 * Moves the oldest events of a loser, which has more than `eventsMax`, to its survivor, both of them locked, with all that is
 * counted of them. Answers how many.
 */
export async function moveOldestEvents(
  tx: GatedTx,
  request: MergeRequest,
  eventsMax: number,
  now: Date,
): Promise<number> {
  const { loser, survivor } = request;
  const { portion, moved, rest } = await cutOldest(tx, loser, eventsMax);
  await copyPortion(tx, request, portion);
  await discountPortion(tx, loser, portion);
  await deleteVisits(tx, moved);
  if (rest) await writeVisits(tx, [rest]);
  const added = await addVisits(
    tx,
    moved.map((visit) => ({ ...visit, profileId: survivor })),
  );
  const visits = { ofLoser: (rest ? 1 : 0) - moved.length, ofSurvivor: added.get(survivor) ?? 0 };
  await movePortionFigures(tx, request, portion, { visits, now });
  await deletePortion(tx, loser, portion);
  return moved.reduce((sum, visit) => sum + visit.events, 0);
}

interface Cut {
  portion: Portion;
  /** The visits of the portion's events. */
  moved: ProfileVisit[];
  /** What is left of a visit that is cut in two. */
  rest?: ProfileVisit;
}

/** The oldest whole visits with at most `eventsMax` events; a visit with more is cut. */
async function cutOldest(tx: GatedTx, profileId: number, eventsMax: number): Promise<Cut> {
  const oldest = await listOldestVisits(tx, profileId, eventsMax);
  const moved: ProfileVisit[] = [];
  let events = 0;
  for (const visit of oldest) {
    events += visit.events;
    if (events > eventsMax) break;
    moved.push(visit);
  }
  const last = moved.at(-1);
  if (last) return { portion: { at: new Date(last.end), id: null }, moved };
  const [visit] = oldest;
  if (!visit) throw new Error(`Profile ${profileId} has events and no visit`);
  const { next, ...portion } = await endOfPortion(tx, profileId, eventsMax);
  return {
    portion,
    moved: [{ ...visit, end: portion.at.getTime(), events: eventsMax }],
    rest: { ...visit, start: next.getTime(), events: visit.events - eventsMax },
  };
}
