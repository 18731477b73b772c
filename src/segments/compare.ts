import { z } from 'zod';
import type { DatasetDb } from '../database/handle.ts';
import { withLimitedSnapshot } from '../database/snapshot.ts';
import { LetheError } from '../errors.ts';
import { countInBoth } from './history-sql.ts';
import { unknownSegment } from './segment.ts';
import { findSegmentWithUsers, type SegmentWithUsers } from './segment-sql.ts';

const users = z.number().int().nonnegative();

export const comparisonSchema = z.object({
  users: users.describe('Users of this segment'),
  otherUsers: users.describe('Users of the other one'),
  both: users.describe('Users who are in both'),
});
export type SegmentComparison = z.infer<typeof comparisonSchema>;

/**
 * How many users two segments have, and have in common; exact, on one snapshot.
 *
 * Throws `segment.unknown`, `segment.computing`, `segment.comparison_too_slow`.
 */
export function compareSegments(ds: DatasetDb, id: string, otherId: string): Promise<SegmentComparison> {
  return withLimitedSnapshot(ds, { tooSlow }, async (snapshot) => {
    const segment = await findReady(snapshot, id);
    const other = await findReady(snapshot, otherId);
    // Rows of a set that is being deleted outlive their users, but only there: in common with any other set they have gone.
    const both =
      segment.setNo === other.setNo ? segment.users : await countInBoth(snapshot, segment.setNo, other.setNo);
    return { users: segment.users, otherUsers: other.users, both };
  });
}

function tooSlow(cause: unknown): LetheError {
  const detail = 'Counting the users of both segments took too long; try again when less is going on.';
  return new LetheError('busy', 'segment.comparison_too_slow', detail, { retryAfterSeconds: 10, cause });
}

async function findReady(ds: DatasetDb, id: string): Promise<SegmentWithUsers> {
  const segment = await findSegmentWithUsers(ds, id);
  if (!segment) throw unknownSegment();
  if (segment.state !== 'computing') return segment;
  const detail = `The users of segment "${id}" are still being computed. Compare again when it is ready.`;
  throw new LetheError('conflict', 'segment.computing', detail);
}
