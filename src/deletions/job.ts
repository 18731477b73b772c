import { z } from 'zod';
import type { DatasetDb } from '../database/handle.ts';
import { LetheError } from '../errors.ts';
import { moment, readCursor, writeCursor } from '../http/app.ts';
import { addRows, places, type RowCounts } from '../profiles/places.ts';
import { segmentKinds } from '../segments/segment.ts';
import { erasures, type Phase } from './deletion.ts';
import { type Blocker, findBlockers, findJob, type JobRow, listJobs } from './job-sql.ts';

const count = z.number().int().nonnegative();

/** Rows of each kind, by the names of places.ts. */
export const rowCountsSchema = z.object(
  Object.fromEntries(places.map((place) => [place.name, count])) as Record<keyof RowCounts, typeof count>,
);

/** A bulk deletion as the API shows it (api.md section 5). */
export const jobSchema = z.object({
  id: z.string(),
  segment: z
    .object({ id: z.string(), name: z.string(), kind: z.enum(segmentKinds) })
    .describe('As it was at the start, and so is its rule'),
  rule: z.unknown().describe('null for a list'),
  state: z.enum(['running', 'failing', 'completed']).describe('failing: cannot go on just now; it goes on by itself'),
  phase: z.enum(['deleting', 'verifying', 'scrubbing', 'completing']).nullable(),
  users: count.describe('Users of the frozen set'),
  deleted: count,
  remaining: count,
  percent: z.number().min(0).max(100),
  usersPerSecond: z.number().nonnegative().nullable(),
  secondsLeft: z.number().nonnegative().nullable(),
  requestedBy: z.object({ id: z.string(), name: z.string() }),
  erasure: z.enum(erasures).describe('scrub: besides, no byte of them is left in the files of the database'),
  scrub: z.object({ tables: count, of: count }).nullable().describe('Tables written anew so far'),
  startedAt: moment,
  completedAt: moment.nullable(),
  rowsDeleted: rowCountsSchema,
  verified: z.object({ leftovers: rowCountsSchema, at: moment }).nullable(),
  heldBackBy: z.string().nullable(),
  failure: z.object({ code: z.string(), detail: z.string(), nextTryAt: moment }).nullable(),
});
export type Job = z.infer<typeof jobSchema>;

/** One job as it stands at this moment. Throws `deletion.unknown`. */
export async function readJob(ds: DatasetDb, id: string, workers: number): Promise<Job> {
  const row = await findJob(ds, id);
  if (!row) throw unknownDeletion();
  return present(ds, row, workers);
}

const jobPosition = z.object({ startedAt: moment, id: z.string() });

/** The history of bulk deletions of the dataset, or of one segment, newest first. */
export async function readJobs(
  ds: DatasetDb,
  query: { segmentId?: string | undefined; limit: number; cursor?: string | undefined },
  workers: number,
): Promise<{ items: Job[]; nextCursor: string | null }> {
  const position = readCursor(query.cursor, jobPosition);
  const before = position && { startedAt: new Date(position.startedAt), id: position.id };
  const rows = await listJobs(ds, { segmentId: query.segmentId, before, limit: query.limit + 1 });
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  const nextCursor =
    rows.length > query.limit && last ? writeCursor({ startedAt: last.startedAt.toISOString(), id: last.id }) : null;
  return { items: await Promise.all(page.map((row) => present(ds, row, workers))), nextCursor };
}

export function unknownDeletion(): LetheError {
  return new LetheError('notFound', 'deletion.unknown', 'There is no such bulk deletion in this dataset.');
}

async function present(ds: DatasetDb, row: JobRow, workers: number): Promise<Job> {
  const deleted = Math.min(row.deleted, row.users);
  const completed = row.completedAt !== null;
  const usersPerSecond = rate(row, workers);
  const blockedBy = completed ? [] : await findBlockers(ds, row.id);
  return {
    id: row.id,
    segment: { id: row.segmentId, name: row.segmentName, kind: row.segmentKind },
    rule: row.rule === null ? null : JSON.parse(row.rule),
    state: completed ? 'completed' : row.failure ? 'failing' : 'running',
    phase: phaseOf(row),
    users: row.users,
    deleted,
    remaining: row.users - deleted,
    percent: row.users === 0 ? 100 : Math.floor((deleted / row.users) * 10_000) / 100,
    usersPerSecond,
    secondsLeft: completed ? 0 : secondsLeft(row.users - deleted, usersPerSecond),
    requestedBy: { id: row.requestedBy.id, name: row.requestedBy.name },
    erasure: row.erasure,
    scrub: row.scrub && { tables: row.scrub.tables, of: row.scrub.of },
    startedAt: row.startedAt.toISOString(),
    completedAt: row.completedAt?.toISOString() ?? null,
    rowsDeleted: addRows(...row.rowsDeleted),
    // One that was proven before there were as many places as now has nothing left in the new ones either.
    verified:
      row.verifiedAt && row.leftovers ? { leftovers: addRows(row.leftovers), at: row.verifiedAt.toISOString() } : null,
    // Whom a step waits for is the nearer reason.
    heldBackBy: completed ? null : (describeBlockers(blockedBy) ?? row.heldBackBy),
    failure: completed ? null : row.failure,
  };
}

function phaseOf(row: JobRow): Phase | null {
  if (row.completedAt) return null;
  if (row.slicesDeleting > 0) return 'deleting';
  if (row.slicesVerifying > 0) return 'verifying';
  return row.erasure === 'scrub' && !row.scrub?.endedAt ? 'scrubbing' : 'completing';
}

/**
 * Users a second: of the whole job once it is completed; before that, of the steps' own working time, so that hours in which no
 * server ran do not count. Several steps work at once, at most `workers` of them.
 */
function rate(row: JobRow, workers: number): number | null {
  const ms = row.completedAt
    ? row.completedAt.getTime() - row.startedAt.getTime()
    : row.workMs / Math.min(workers, row.slices);
  return row.deleted > 0 && ms > 0 ? Math.round((row.deleted * 1_000) / ms) : null;
}

function secondsLeft(remaining: number, usersPerSecond: number | null): number | null {
  return usersPerSecond ? Math.round((remaining / usersPerSecond) * 10) / 10 : null;
}

function describeBlockers(blockers: readonly Blocker[]): string | null {
  const [first] = blockers;
  if (!first) return null;
  const who = `connection ${first.pid}${first.application ? ` (${first.application})` : ''}`;
  const others = blockers.length > 1 ? ` and ${blockers.length - 1} more` : '';
  return `waits for a lock held by ${who}${others}, ${first.state ?? 'in an unknown state'} for ${Math.round(first.seconds)} s`;
}
