import { z } from 'zod';
import type { Dataset } from '../database/handle.ts';
import type { Db } from '../database/postgres.ts';
import { withSnapshot } from '../database/snapshot.ts';
import { LetheError } from '../errors.ts';
import { readUserItems, userItemSchema } from '../profiles/user-items.ts';
import { findUses, useSchema } from '../segments/segment-uses.ts';
import { deletionUrl, type Erasure, erasures } from './deletion.ts';
import { rowCountsSchema } from './job.ts';
import { measuredRate } from './job-sql.ts';
import { countOverlaps, countOwnedRows, countUsers, findLastActive } from './preview-sql.ts';
import { findRunning, findSegment } from './start-sql.ts';

/** What a first job is expected to delete in a second, until this installation has measured its own. */
const usersPerSecondDefault = 20_000;
const sampleUsers = 20;

export const previewSchema = z.object({
  users: z.number().int().describe('Exact; the number to confirm'),
  shareOfDataset: z.number().min(0).max(1),
  rows: rowCountsSchema.describe('What goes with them; memberships count all of them, those of this segment included'),
  usedBy: z.array(useSchema),
  overlaps: z.array(z.object({ segment: z.string(), name: z.string(), users: z.number().int() })),
  sample: z.array(userItemSchema).describe('The users who were active last'),
  estimatedSeconds: z.number(),
  estimateBasis: z.enum(['default', 'measured']),
  erasure: z.enum(erasures).describe('That of a start that names none; the estimate is without a scrub'),
  blockedBy: z.object({ job: z.object({ id: z.string(), url: z.string() }) }).nullable(),
});
export type Preview = z.infer<typeof previewSchema>;

/**
 * Everything that a careful person wants to know before the bulk deletion of a segment's users, read on one snapshot; changes
 * nothing. Throws `segment.unknown`, `segment.computing`.
 */
export function previewDeletion(
  db: Db,
  dataset: Dataset,
  { segmentId, erasure }: { segmentId: string; erasure: Erasure },
): Promise<Preview> {
  return withSnapshot(dataset, db, async (ds) => {
    const segment = await findSegment(ds, segmentId);
    if (!segment) throw new LetheError('notFound', 'segment.unknown', 'There is no such segment in this dataset.');
    if (segment.state === 'computing') {
      throw new LetheError(
        'conflict',
        'segment.computing',
        'The users of this segment are still being computed. Ask again when it is ready.',
      );
    }
    const { users, dataset: usersOfDataset } = await countUsers(ds, segment.setNo);
    const measured = await measuredRate(ds);
    const usersPerSecond = measured ? measured.users / measured.seconds : usersPerSecondDefault;
    const running = await findRunning(ds);
    return {
      users,
      shareOfDataset: usersOfDataset === 0 ? 0 : users / usersOfDataset,
      rows: await countOwnedRows(ds, segment.setNo),
      usedBy: await findUses(ds, segment.id),
      overlaps: await countOverlaps(ds, segment.setNo),
      sample: await readUserItems(ds, await findLastActive(ds, segment.setNo, sampleUsers)),
      estimatedSeconds: Math.round((users / usersPerSecond) * 10) / 10,
      estimateBasis: measured ? 'measured' : 'default',
      erasure,
      blockedBy: running ? { job: { id: running.id, url: deletionUrl(dataset.id, running.id) } } : null,
    };
  });
}
