import type { Extent } from './extent-sql.ts';

/** Of a dataset of which the planner knows nothing yet. */
const atFirst = { rowsPerUser: 20, logBytesPerUser: 6_400 };

/**
 * What deleting writes to the log of the database, in bytes: a record for each row, and each page whole that a checkpoint lets it touch
 * for the first time. Measured on half of 100,000 and of 1,000,000 users: 52 a row, besides pages of 8,192.
 */
const logBytesPerRow = 64;
const logBytesPerPage = 8_192;

/**
 * Rows that a step of unknown speed begins with, and so many users at most and at least: a tenth of a second's work where this was
 * measured, and still within two seconds on a machine ten times as slow.
 */
const rowsAtFirst = 150_000;
const rowsAreForMs = 2_000;
const usersAtFirst = { min: 100, max: 20_000 };

/** What the deletion of all users of a job writes to the log, in bytes, up to the first checkpoint: after one, pages are whole again. */
export function logBytesOf({ users, rows, profiles, pages }: Extent): number {
  if (profiles === 0) return users * atFirst.logBytesPerUser;
  return Math.ceil((users * rows * logBytesPerRow) / profiles) + pages * logBytesPerPage;
}

/**
 * Whether a checkpoint is likely between the deletion of a slice and its proof, when all slices are deleted first. The proof is the
 * first to read the deleted rows and marks them as dead, and what is touched after a checkpoint is written whole: the proof of half
 * of 1,000,000 users took 7 s and wrote 2 GB, and 2 s and nothing when each slice was proven as soon as it was deleted.
 */
export function outgrowsCheckpoint(extent: Extent, logBytesMax: number): boolean {
  return logBytesOf(extent) > logBytesMax / 2;
}

/**
 * How many users the first steps of a job take, so that they stay within `stepMsMax`: fewer where the users of the dataset, or the first
 * ones of the job, own much.
 */
export function firstStepUsers({ rows, profiles, figuresOfFirst }: Extent, stepMsMax: number): number {
  const onAverage = profiles > 0 ? rows / profiles : atFirst.rowsPerUser;
  const rowsFitting = rowsAtFirst * Math.min(1, stepMsMax / rowsAreForMs);
  const fitting = Math.round(rowsFitting / Math.max(1, onAverage, figuresOfFirst));
  return Math.min(usersAtFirst.max, Math.max(usersAtFirst.min, fitting));
}
