import { type RawBuilder, sql } from 'kysely';
import type { DatasetDb } from '../database/handle.ts';
import type { RowCounts } from '../profiles/places.ts';
import type { SegmentKind } from '../segments/segment.ts';
import type { Erasure, RequestedBy } from './deletion.ts';
import type { ScrubState } from './scrub-sql.ts';

/** A job with its slices added up, in one statement and so of one moment. */
export interface JobRow {
  id: string;
  segmentId: string;
  segmentName: string;
  segmentKind: SegmentKind;
  /** JSON text as it was sent; null for a list. */
  rule: string | null;
  users: number;
  requestedBy: RequestedBy;
  erasure: Erasure;
  scrub: ScrubState | null;
  startedAt: Date;
  completedAt: Date | null;
  verifiedAt: Date | null;
  leftovers: RowCounts | null;
  rowsDeleted: Partial<RowCounts>[];
  deleted: number;
  /** Time that steps have worked, added up over all of them, in milliseconds. */
  workMs: number;
  slices: number;
  slicesDeleting: number;
  slicesVerifying: number;
  heldBackBy: string | null;
  failure: { code: string; detail: string; nextTryAt: string } | null;
}

const job = (ds: DatasetDb, condition: RawBuilder<unknown>) => sql<JobRow>`
  SELECT d.id, d.segment_id AS "segmentId", d.segment_name AS "segmentName",
         d.segment_kind AS "segmentKind", d.rule::text AS rule, d.users, d.requested_by AS "requestedBy", d.erasure, d.scrub,
         d.started_at AS "startedAt", d.completed_at AS "completedAt", d.verified_at AS "verifiedAt", d.leftovers,
         s."rowsDeleted", s.deleted, s."workMs", s.slices, s."slicesDeleting", s."slicesVerifying",
         h.held_back_by AS "heldBackBy", h.failure
  FROM ${ds.tables.deletion} d
  CROSS JOIN LATERAL (
    SELECT jsonb_agg(rows_deleted) AS "rowsDeleted",
           sum(profiles_deleted)::bigint AS deleted,
           sum(work_ms)::bigint AS "workMs",
           count(*) FILTER (WHERE slice >= 0) AS slices,
           count(*) FILTER (WHERE phase = 'deleting') AS "slicesDeleting",
           count(*) FILTER (WHERE phase = 'verifying') AS "slicesVerifying"
    FROM ${ds.tables.deletion_slice} WHERE deletion_id = d.id) s
  LEFT JOIN ${ds.tables.deletion_heartbeat} h ON h.deletion_id = d.id
  WHERE ${condition}`;

export async function findJob(ds: DatasetDb, id: string): Promise<JobRow | undefined> {
  const { rows } = await job(ds, sql`d.id = ${id}`).execute(ds.db);
  return rows[0];
}

/** The history of bulk deletions, newest first. */
export async function listJobs(
  ds: DatasetDb,
  {
    segmentId,
    before,
    limit,
  }: { segmentId?: string | undefined; before?: { startedAt: Date; id: string } | undefined; limit: number },
): Promise<JobRow[]> {
  const ofSegment = segmentId === undefined ? sql`true` : sql`d.segment_id = ${segmentId}`;
  const older = before ? sql`(d.started_at, d.id) < (${before.startedAt}, ${before.id})` : sql`true`;
  const { rows } = await sql<JobRow>`
    ${job(ds, sql`${ofSegment} AND ${older}`)} ORDER BY d.started_at DESC, d.id DESC LIMIT ${limit}`.execute(ds.db);
  return rows;
}

export async function findReceipt(ds: DatasetDb, id: string): Promise<{ receipt: string | null } | undefined> {
  const { rows } = await sql<{ receipt: string | null }>`
    SELECT receipt FROM ${ds.tables.deletion} WHERE id = ${id}`.execute(ds.db);
  return rows[0];
}

export interface Blocker {
  pid: number;
  application: string;
  state: string | null;
  seconds: number;
}

/** Whom the running steps of a job wait for: connections that hold a lock they need. */
export async function findBlockers(ds: DatasetDb, id: string): Promise<Blocker[]> {
  const { rows } = await sql<Blocker>`
    SELECT DISTINCT b.pid, b.application_name AS application, b.state,
           extract(epoch FROM clock_timestamp() - b.xact_start)::float8 AS seconds
    FROM pg_stat_activity a
    CROSS JOIN LATERAL unnest(pg_blocking_pids(a.pid)) AS blocking (pid)
    JOIN pg_stat_activity b ON b.pid = blocking.pid
    WHERE a.datname = current_database() AND a.application_name = ${`lethe deletion ${id}`} AND a.wait_event_type = 'Lock'
      AND b.application_name NOT LIKE 'lethe deletion %'`.execute(ds.db);
  return rows;
}

/** Users and time of the last completed jobs: what the next one is expected to take. */
export async function measuredRate(ds: DatasetDb): Promise<{ users: number; seconds: number } | undefined> {
  const { rows } = await sql<{ users: number | null; seconds: number | null }>`
    SELECT sum(users)::bigint AS users, sum(extract(epoch FROM ended_at - started_at))::float8 AS seconds
    FROM (SELECT users, started_at, coalesce((scrub->>'startedAt')::timestamptz, completed_at) AS ended_at
          FROM ${ds.tables.deletion}
          WHERE completed_at IS NOT NULL ORDER BY completed_at DESC LIMIT 5) AS last`.execute(ds.db);
  const { users, seconds } = rows[0] ?? { users: null, seconds: null };
  return users && seconds ? { users, seconds } : undefined;
}

/** Says what holds a job back or what failed; on a connection of its own, so that no step makes it wait. */
export async function saveHeartbeat(
  ds: DatasetDb,
  id: string,
  { at, heldBackBy, failure }: { at: Date; heldBackBy: string | null; failure: JobRow['failure'] },
): Promise<void> {
  await sql`
    INSERT INTO ${ds.tables.deletion_heartbeat} (deletion_id, at, held_back_by, failure)
    SELECT id, ${at}::timestamptz, ${heldBackBy}, ${failure && JSON.stringify(failure)}::jsonb
    FROM ${ds.tables.deletion} WHERE id = ${id} AND completed_at IS NULL
    ON CONFLICT (deletion_id) DO UPDATE SET at = excluded.at, held_back_by = excluded.held_back_by, failure = excluded.failure`.execute(
    ds.db,
  );
}
