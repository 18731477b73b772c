import type { DatasetDb } from '../database/handle.ts';
import { type Extent, extentOf, logBytesMax } from './room-sql.ts';

/**
 * What deleting one row writes to the log of the database, in bytes, at most: the row itself and its share of the pages that a
 * checkpoint makes it write whole. Measured on deletions of 1 to 90 % of 200,000 users: 160 with compressed pages, 320 without.
 */
const logBytesPerRow = 320;
/** Rows of a user, where nothing is known of the dataset's yet. */
const rowsPerUserAtFirst = 20;

/** What the deletion of all users of a job writes to the log of the database, in bytes, at most. */
export function logBytesOf({ users, rows, profiles }: Pick<Extent, 'users' | 'rows' | 'profiles'>): number {
  const rowsPerUser = profiles > 0 ? rows / profiles : rowsPerUserAtFirst;
  return users * rowsPerUser * logBytesPerRow;
}

/**
 * Whether a checkpoint is likely between the deletion of a slice and its proof, when all slices are deleted first. The proof is the
 * first to read the deleted rows and marks them as dead, and what is touched after a checkpoint is written whole: the proof of half
 * of 1,000,000 users took 7 s and wrote 2 GB, and 2 s and nothing when each slice was proven as soon as it was deleted.
 */
export async function outgrowsCheckpoint(ds: DatasetDb, deletionId: string): Promise<boolean> {
  return logBytesOf(await extentOf(ds, deletionId)) > (await logBytesMax(ds.db)) / 2;
}
