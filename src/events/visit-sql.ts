import { sql } from 'kysely';
import type { GatedTx } from '../database/gate.ts';
import { earliestMs, latestMs } from './moment.ts';
import { type Visit, visitGapMsMax } from './visits.ts';

/** A visit, or a run of new events that is going to be one or a part of one. */
export interface ProfileVisit extends Visit {
  profileId: number;
}

interface VisitRow {
  profileId: number;
  startedAt: Date;
  lastEventAt: Date;
  events: number;
}

const columns = sql`v.profile_id AS "profileId", v.started_at AS "startedAt", v.last_event_at AS "lastEventAt", v.events`;

function visitOf(row: VisitRow): ProfileVisit {
  return {
    profileId: row.profileId,
    start: row.startedAt.getTime(),
    end: row.lastEventAt.getTime(),
    events: row.events,
  };
}

function momentOf(ms: number): string {
  return new Date(ms).toISOString();
}

/** The visits that begin or end within the longest pause of one of these runs of the same profile; one may come twice. */
export async function listVisitsNear(tx: GatedTx, runs: readonly ProfileVisit[]): Promise<ProfileVisit[]> {
  const { rows } = await sql<VisitRow>`
    SELECT v.*
    FROM unnest(${runs.map((run) => run.profileId)}::bigint[],
                ${runs.map((run) => momentOf(Math.max(run.start - visitGapMsMax, earliestMs)))}::timestamptz[],
                ${runs.map((run) => momentOf(Math.min(run.end + visitGapMsMax, latestMs)))}::timestamptz[]) AS n (profile_id, after, before)
    CROSS JOIN LATERAL (
      SELECT ${columns} FROM ${tx.tables.visit} v
      WHERE v.profile_id = n.profile_id AND v.started_at <= n.before AND v.last_event_at >= n.after
      -- Keeps this a look-up by key for each run: the planner cannot know how few visits are near.
      OFFSET 0
    ) v`.execute(tx.db);
  return rows.map(visitOf);
}

export async function listVisitsOf(tx: GatedTx, profileIds: readonly number[]): Promise<ProfileVisit[]> {
  const { rows } = await sql<VisitRow>`
    SELECT ${columns} FROM ${tx.tables.visit} v WHERE v.profile_id = ANY(${profileIds}::bigint[])`.execute(tx.db);
  return rows.map(visitOf);
}

/** The first visits of a profile, oldest first. */
export async function listOldestVisits(tx: GatedTx, profileId: number, limit: number): Promise<ProfileVisit[]> {
  const { rows } = await sql<VisitRow>`
    SELECT ${columns} FROM ${tx.tables.visit} v WHERE v.profile_id = ${profileId}
    ORDER BY v.started_at LIMIT ${limit}`.execute(tx.db);
  return rows.map(visitOf);
}

export async function deleteVisits(
  tx: GatedTx,
  visits: readonly { profileId: number; start: number }[],
): Promise<void> {
  await sql`
    DELETE FROM ${tx.tables.visit} v
    USING unnest(${visits.map((visit) => visit.profileId)}::bigint[],
                 ${visits.map((visit) => momentOf(visit.start))}::timestamptz[]) AS n (profile_id, started_at)
    WHERE v.profile_id = n.profile_id AND v.started_at = n.started_at`.execute(tx.db);
}

/** Writes visits; one that has its start already is replaced. */
export async function writeVisits(tx: GatedTx, visits: readonly ProfileVisit[]): Promise<void> {
  await sql`
    INSERT INTO ${tx.tables.visit} AS v (profile_id, started_at, last_event_at, events)
    SELECT n.profile_id, n.started_at, n.last_event_at, n.events
    FROM unnest(${visits.map((visit) => visit.profileId)}::bigint[],
                ${visits.map((visit) => momentOf(visit.start))}::timestamptz[],
                ${visits.map((visit) => momentOf(visit.end))}::timestamptz[],
                ${visits.map((visit) => visit.events)}::integer[]) AS n (profile_id, started_at, last_event_at, events)
    ON CONFLICT (profile_id, started_at) DO UPDATE SET
      last_event_at = EXCLUDED.last_event_at, events = EXCLUDED.events`.execute(tx.db);
}
