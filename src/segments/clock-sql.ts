import { sql } from 'kysely';
import type { GatedTx } from '../database/gate.ts';
import { type Dataset, type DatasetDb, on } from '../database/handle.ts';
import type { Db } from '../database/postgres.ts';
import type { NextChange } from './next-change-sql.ts';

/** A profile that is to be looked at. */
export interface Look {
  profileId: number;
  /** As the database writes it, which is exact. */
  dueAt: string;
}

/** Puts profiles, which are locked, on the clock. Of several moments of one profile, what is there included, the first counts. */
export async function schedule(tx: GatedTx, looks: readonly Look[]): Promise<void> {
  await sql`
    INSERT INTO ${tx.tables.clock} AS c (profile_id, due_at)
    SELECT profile_id, min(due_at)
    FROM unnest(${looks.map((look) => look.profileId)}::bigint[], ${looks.map((look) => look.dueAt)}::timestamptz[])
      AS look (profile_id, due_at)
    GROUP BY profile_id
    ON CONFLICT (profile_id) DO UPDATE SET due_at = least(c.due_at, excluded.due_at)`.execute(tx.db);
}

/**
 * Puts these profiles, which are locked, on the clock for the moment of their next change, unless they are on it for an earlier one
 * already: then that look finds nothing changed and schedules the next. So what active people do writes nothing here.
 */
export async function scheduleNextChange(
  tx: GatedTx,
  profileIds: readonly number[],
  { conditions, at }: NextChange,
): Promise<void> {
  // Asked before the conflict: there even a row that stays as it is would be written to, to lock it.
  await sql`
    INSERT INTO ${tx.tables.clock} (profile_id, due_at)
    SELECT next.profile_id, next.due_at
    FROM (
      SELECT p.id AS profile_id, ${at} AS due_at,
             (SELECT held.due_at FROM ${tx.tables.clock} held WHERE held.profile_id = p.id) AS held_at
      FROM ${tx.tables.profile} p CROSS JOIN LATERAL ${conditions}
      WHERE p.id = ANY(${profileIds}::bigint[])
    ) next
    WHERE next.due_at < coalesce(next.held_at, 'infinity')
    ON CONFLICT (profile_id) DO UPDATE SET due_at = excluded.due_at`.execute(tx.db);
}

/** A place in the order in which profiles are due; the database's own text for the moment, which has its microseconds. */
export interface ClockPosition {
  dueAt: string;
  profileId: number;
}

export interface DueProfile extends ClockPosition {
  /** Its moment to the millisecond. */
  since: Date;
}

/** The next profiles that are due at `now`, the longest due first. Locks nothing. */
export async function findDue(
  ds: DatasetDb,
  { now, after, limit }: { now: Date; after: ClockPosition | undefined; limit: number },
): Promise<DueProfile[]> {
  const beyond = after
    ? sql`AND (due_at, profile_id) > (${after.dueAt}::timestamptz, ${after.profileId}::bigint)`
    : sql``;
  const { rows } = await sql<DueProfile>`
    SELECT due_at::text AS "dueAt", due_at AS since, profile_id AS "profileId" FROM ${ds.tables.clock}
    WHERE due_at <= ${now}::timestamptz ${beyond}
    ORDER BY due_at, profile_id LIMIT ${limit}`.execute(ds.db);
  return rows;
}

/**
 * Locks those of these profiles that nobody else has locked, in order of id, and answers which. It waits for nobody: whoever is
 * writing to a profile just now evaluates it himself, and it is still due at the next look.
 */
export async function lockProfilesAtRest(tx: GatedTx, profileIds: readonly number[]): Promise<number[]> {
  const ordered = [...profileIds].sort((a, b) => a - b);
  const { rows } = await sql<{ id: number }>`
    SELECT locked.id FROM unnest(${ordered}::bigint[]) AS n (id)
    CROSS JOIN LATERAL (
      SELECT p.id FROM ${tx.tables.profile} p WHERE p.id = n.id FOR NO KEY UPDATE SKIP LOCKED) locked`.execute(tx.db);
  return rows.map((row) => row.id);
}

/** Takes profiles, which are locked, off the clock: those of them that are still due. Answers which. */
export async function takeDue(tx: GatedTx, profileIds: readonly number[], now: Date): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    DELETE FROM ${tx.tables.clock} WHERE profile_id = ANY(${profileIds}::bigint[]) AND due_at <= ${now}::timestamptz
    RETURNING profile_id AS id`.execute(tx.db);
  return rows.map((row) => row.id);
}

/** Takes profiles off the clock that are about to be gone. */
export async function takeOffClock(tx: GatedTx, profileIds: readonly number[]): Promise<void> {
  await sql`DELETE FROM ${tx.tables.clock} WHERE profile_id = ANY(${profileIds}::bigint[])`.execute(tx.db);
}

/** The numbers of those datasets in which somebody is due. */
export async function datasetsWithDue(db: Db, datasets: readonly Dataset[], now: Date): Promise<number[]> {
  if (datasets.length === 0) return [];
  const each = datasets.map(
    (dataset) => sql`
      SELECT ${dataset.no}::int AS no
      WHERE EXISTS (SELECT FROM ${on(dataset, db).tables.clock} WHERE due_at <= ${now}::timestamptz)`,
  );
  const { rows } = await sql<{ no: number }>`${sql.join(each, sql` UNION ALL `)}`.execute(db);
  return rows.map((row) => row.no);
}

/** What came of one run of the clock. */
export interface ClockRun {
  /** When it was done. */
  at: Date;
  /** Users that were looked at. */
  users: number;
  joined: number;
  left: number;
}

export async function writeClockRun(ds: DatasetDb, { at, users, joined, left }: ClockRun): Promise<void> {
  await sql`
    INSERT INTO ${ds.tables.clock_run} (at, users, joined, "left") VALUES (${at}, ${users}, ${joined}, ${left})
    ON CONFLICT (single) DO UPDATE
    SET at = excluded.at, users = excluded.users, joined = excluded.joined, "left" = excluded."left"`.execute(ds.db);
}

export async function findClockRun(ds: DatasetDb): Promise<ClockRun | undefined> {
  const { rows } = await sql<ClockRun>`
    SELECT at, users, joined, "left" FROM ${ds.tables.clock_run}`.execute(ds.db);
  return rows[0];
}

/** Who is on the clock. Counts the rows that are due, and looks at the first of the others. */
export async function findClockState(
  ds: DatasetDb,
  now: Date,
): Promise<{ due: number; dueSince: Date | null; nextAt: Date | null }> {
  const { rows } = await sql<{ due: number; dueSince: Date | null; nextAt: Date | null }>`
    SELECT count(*) AS due, min(due_at) AS "dueSince",
           (SELECT min(due_at) FROM ${ds.tables.clock} WHERE due_at > ${now}::timestamptz) AS "nextAt"
    FROM ${ds.tables.clock} c
    WHERE due_at <= ${now}::timestamptz
      AND NOT EXISTS (SELECT FROM ${ds.tables.doomed_profile} d WHERE d.profile_id = c.profile_id)`.execute(ds.db);
  return rows[0] ?? { due: 0, dueSince: null, nextAt: null };
}
