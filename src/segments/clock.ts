import { withSharedGate } from '../database/gate.ts';
import type { DatasetDb } from '../database/handle.ts';
import { doomedAmong } from '../profiles/doomed-sql.ts';
import { type ClockPosition, findDue, lockProfilesAtRest, takeDue } from './clock-sql.ts';
import { countMembershipChanges, evaluateProfiles } from './evaluate.ts';

/** Users who have been due for so many times `clockSeconds` are told to the operator. */
export const lateTimesMax = 10;

/** What one step of a run did. */
export interface ClockStep {
  /** Users that were looked at. */
  users: number;
  joined: number;
  left: number;
  /** Since when the longest due of them was; undefined for nobody. */
  dueSince: Date | undefined;
  /** Users that somebody else was writing to, or looking at; most of them are still due. */
  busy: number;
  /** Where the run goes on; undefined at its end. */
  next: ClockPosition | undefined;
}

/**
 * Looks at the next profiles that are due, the longest due first: evaluates them at `now` and puts those that time will change
 * again on the clock anew. A run begins without `after` and goes on from step to step, past those that are passed by: whom
 * somebody else has locked, and who is being deleted in bulk.
 *
 * The lock of a profile is the lease. Whoever comes second, on this server or another, passes it by, and takes off the clock only
 * what is still due; so nobody is looked at twice, and a look waits for no writer.
 */
export async function lookAtDue(
  ds: DatasetDb,
  { profilesMax, now, after }: { profilesMax: number; now: Date; after?: ClockPosition | undefined },
): Promise<ClockStep> {
  return withSharedGate(ds.dataset, ds.db, async (tx) => {
    const found = await findDue(tx, { now, after, limit: profilesMax });
    const ids = found.map(({ profileId }) => profileId);
    const doomed = new Set(await doomedAmong(tx, ids));
    const living = ids.filter((id) => !doomed.has(id));
    const locked = await lockProfilesAtRest(tx, living);
    const due = new Set(await takeDue(tx, locked, now));
    const changes = await evaluateProfiles(tx, [...due], now);
    await countMembershipChanges(tx, changes, now);
    const inForce = changes.filter((change) => change.inForce);
    return {
      users: due.size,
      joined: inForce.reduce((sum, change) => sum + change.joined, 0),
      left: inForce.reduce((sum, change) => sum + change.left, 0),
      dueSince: found.find(({ profileId }) => due.has(profileId))?.since,
      busy: living.length - locked.length,
      next: found.length < profilesMax ? undefined : found.at(-1),
    };
  });
}
