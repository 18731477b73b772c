import { withSharedGate } from '../database/gate.ts';
import type { DatasetDb } from '../database/handle.ts';
import { doomedAmong } from '../profiles/doomed-sql.ts';
import { type ClockPosition, findDue, lockProfilesAtRest, takeDue } from './clock-sql.ts';
import { countMembershipChanges, evaluateProfiles } from './evaluate.ts';

/** What one step of a run did. */
export interface ClockStep {
  /** Users that were looked at. */
  users: number;
  joined: number;
  left: number;
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
    const next = found.length < profilesMax ? undefined : found.at(-1);
    if (found.length === 0) return { users: 0, joined: 0, left: 0, busy: 0, next };
    const ids = found.map(({ profileId }) => profileId);
    const doomed = new Set(await doomedAmong(tx, ids));
    const living = ids.filter((id) => !doomed.has(id));
    const locked = await lockProfilesAtRest(tx, living);
    const due = await takeDue(tx, locked, now);
    const changes = await evaluateProfiles(tx, due, now);
    await countMembershipChanges(tx, changes, now);
    const inForce = changes.filter((change) => change.inForce);
    return {
      users: due.length,
      joined: inForce.reduce((sum, change) => sum + change.joined, 0),
      left: inForce.reduce((sum, change) => sum + change.left, 0),
      busy: living.length - locked.length,
      next,
    };
  });
}
