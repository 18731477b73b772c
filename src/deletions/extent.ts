import type { Extent } from './extent-sql.ts';

/**
 * What deleting one row writes to the log of the database, in bytes, at most: the row itself and its share of the pages that a
 * checkpoint makes it write whole. Measured on deletions of 1 to 90 % of 200,000 users: 160 with compressed pages, 320 without.
 */
const logBytesPerRow = 320;
/** Rows of a user, where nothing is known of the dataset's yet. */
const rowsPerUserAtFirst = 20;

/**
 * Rows that a step of unknown speed begins with, and so many users at most and at least: a tenth of a second's work where this was
 * measured, and still within the time of a step on a machine ten times as slow.
 */
const rowsAtFirst = 150_000;
const usersAtFirst = { min: 100, max: 20_000 };

type Rows = Pick<Extent, 'rows' | 'profiles'>;

function rowsPerUser({ rows, profiles }: Rows): number {
  return profiles > 0 ? rows / profiles : rowsPerUserAtFirst;
}

/** What the deletion of all users of a job writes to the log of the database, in bytes, at most. */
export function logBytesOf(extent: Rows & Pick<Extent, 'users'>): number {
  return extent.users * rowsPerUser(extent) * logBytesPerRow;
}

/**
 * Whether a checkpoint is likely between the deletion of a slice and its proof, when all slices are deleted first. The proof is the
 * first to read the deleted rows and marks them as dead, and what is touched after a checkpoint is written whole: the proof of half
 * of 1,000,000 users took 7 s and wrote 2 GB, and 2 s and nothing when each slice was proven as soon as it was deleted.
 */
export function outgrowsCheckpoint(extent: Rows & Pick<Extent, 'users'>, logBytesMax: number): boolean {
  return logBytesOf(extent) > logBytesMax / 2;
}

/** How many users the first steps of a job take: what its users own is known only on average. */
export function firstStepUsers(extent: Rows): number {
  const fitting = Math.round(rowsAtFirst / Math.max(1, rowsPerUser(extent)));
  return Math.min(usersAtFirst.max, Math.max(usersAtFirst.min, fitting));
}
