import { sql } from 'kysely';
import type { DatasetDb } from '../database/handle.ts';

/** Where a page of users ends. */
export interface UserPosition {
  id: number;
  /** As the database writes it, which is exact; null without events. */
  lastActivity: string | null;
}

export interface UserFilter {
  /** The set in force of a segment. */
  setNo?: number | undefined;
  /** A part of an identity value, in whatever case. */
  search?: string | undefined;
  /** The number of a profile that `search` may be the public id of. */
  searchedNo?: number | undefined;
}

/**
 * Ids of users, in the order in which they came or by last activity, newest first and those without events last. Doomed users
 * are in it until the step that deletes them commits.
 */
export async function listUserIds(
  ds: DatasetDb,
  { setNo, search, searchedNo }: UserFilter,
  { byActivity, after, limit }: { byActivity: boolean; after: UserPosition | undefined; limit: number },
): Promise<UserPosition[]> {
  const from =
    setNo === undefined
      ? sql`${ds.tables.profile} p`
      : sql`${ds.tables.membership} m JOIN ${ds.tables.profile} p ON p.id = m.profile_id AND m.set_no = ${setNo}`;
  const key = setNo === undefined ? sql`p.id` : sql`m.profile_id`;
  const found =
    search === undefined
      ? sql`true`
      : sql`(p.id = ${searchedNo ?? null}::bigint OR EXISTS (
          SELECT FROM ${ds.tables.identity} i
          WHERE i.profile_id = p.id AND strpos(lower(i.value), lower(${search})) > 0))`;
  const order = byActivity ? sql`p.last_activity DESC NULLS LAST, ${key} DESC` : key;
  const { rows } = await sql<UserPosition>`
    SELECT p.id, p.last_activity::text AS "lastActivity" FROM ${from}
    WHERE ${found} AND ${after ? beyond(after, byActivity) : sql`true`}
    ORDER BY ${order} LIMIT ${limit}`.execute(ds.db);
  return rows;

  function beyond({ id, lastActivity }: UserPosition, activity: boolean) {
    if (!activity) return sql`${key} > ${id}`;
    if (lastActivity === null) return sql`p.last_activity IS NULL AND p.id < ${id}`;
    return sql`(p.last_activity IS NULL OR (p.last_activity, p.id) < (${lastActivity}::timestamptz, ${id}::bigint))`;
  }
}

/** The set in force of a segment. */
export async function findSetNo(ds: DatasetDb, segmentId: string): Promise<number | undefined> {
  const { rows } = await sql<{ setNo: number }>`
    SELECT set_no AS "setNo" FROM ${ds.tables.segment} WHERE id = ${segmentId}`.execute(ds.db);
  return rows[0]?.setNo;
}

export async function countUsers(ds: DatasetDb): Promise<number> {
  const { rows } = await sql<{ users: number }>`SELECT count(*) AS users FROM ${ds.tables.profile}`.execute(ds.db);
  return rows[0]?.users ?? 0;
}

/** Users of a set by its counters, which are exact. */
export async function countUsersOfSet(ds: DatasetDb, setNo: number): Promise<number> {
  const { rows } = await sql<{ users: number }>`
    SELECT coalesce(sum(users), 0)::bigint AS users FROM ${ds.tables.segment_count} WHERE set_no = ${setNo}`.execute(
    ds.db,
  );
  return rows[0]?.users ?? 0;
}

export interface Summary {
  users: number;
  named: number;
  events: number;
  orders: number;
  /** Decimal text. */
  revenue: string;
  identities: number;
  segments: number;
}

/** What a dataset holds, exactly: the figures that profiles keep, added up. One statement is one snapshot. */
export async function readSummary(ds: DatasetDb): Promise<Summary> {
  const { rows } = await sql<Summary>`
    SELECT count(*) AS users, count(*) FILTER (WHERE named) AS named, coalesce(sum(events), 0)::bigint AS events,
           coalesce(sum(orders), 0)::bigint AS orders, coalesce(sum(revenue), 0) AS revenue,
           (SELECT count(*) FROM ${ds.tables.identity}) AS identities,
           (SELECT count(*) FROM ${ds.tables.segment}) AS segments
    FROM ${ds.tables.profile}`.execute(ds.db);
  return rows[0] as Summary;
}
