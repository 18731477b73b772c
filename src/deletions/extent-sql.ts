import { sql } from 'kysely';
import { type DatasetDb, schemaOf } from '../database/handle.ts';
import type { Db } from '../database/postgres.ts';
import { places } from '../profiles/places.ts';

/** How far the log of the database may grow between two checkpoints, in bytes. */
export async function logBytesMax(db: Db): Promise<number> {
  const { rows } = await sql<{ bytes: number }>`
    SELECT pg_size_bytes(current_setting('max_wal_size')) AS bytes`.execute(db);
  return rows[0]?.bytes ?? 0;
}

export interface Extent {
  /** Users of the job, and how many of them are deleted. */
  users: number;
  deleted: number;
  /** Rows of the dataset by the planner's estimate, in every place and of users alone; 0 where it knows none. */
  rows: number;
  profiles: number;
  /** Pages that hold a row of the job's users, at most: all of a table, or one for each of the rows. */
  pages: number;
  /** Events and visits of the first users of the job, on average. */
  figuresOfFirst: number;
}

const firstUsers = 200;

/** The tables and partitions of every place. */
const relations = (ds: DatasetDb) => sql`
  pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = ${schemaOf(ds.dataset)}
  WHERE c.relkind = 'r' AND c.relname ~ ${`^(${places.map((place) => place.table).join('|')})(_[0-9]+)?$`}`;

/** What a running job and its dataset amount to. */
export async function extentOf(ds: DatasetDb, deletionId: string): Promise<Extent> {
  const { rows } = await sql<Extent>`
    WITH relation AS (
      SELECT c.relname AS name, greatest(c.reltuples, 0) AS rows, c.relpages AS pages FROM ${relations(ds)}),
    dataset AS (
      SELECT coalesce(sum(rows), 0) AS rows, coalesce(sum(rows) FILTER (WHERE name ~ '^profile(_[0-9]+)?$'), 0) AS profiles
      FROM relation)
    SELECT d.users, a.rows::bigint AS rows, a.profiles::bigint AS profiles,
           (SELECT coalesce(sum(profiles_deleted), 0)::bigint FROM ${ds.tables.deletion_slice} WHERE deletion_id = d.id) AS deleted,
           (SELECT coalesce(sum(least(pages, ceil(rows * d.users / nullif(a.profiles, 0)))), 0)::bigint FROM relation) AS pages,
           (SELECT coalesce(avg(p.events + p.visits), 0)::float8
            FROM (SELECT profile_id FROM ${ds.partition('membership', 0)} WHERE set_no = d.set_no
                  ORDER BY profile_id LIMIT ${firstUsers}) AS w
            JOIN ${ds.partition('profile', 0)} p ON p.id = w.profile_id) AS "figuresOfFirst"
    FROM ${ds.tables.deletion} d CROSS JOIN dataset a WHERE d.id = ${deletionId}`.execute(ds.db);
  return rows[0] ?? { users: 0, deleted: 0, rows: 0, profiles: 0, pages: 0, figuresOfFirst: 0 };
}

/** Size of the largest table or partition with its indexes, in bytes. Looks at the file of each. */
export async function largestTableBytes(ds: DatasetDb): Promise<number> {
  const { rows } = await sql<{ bytes: number }>`
    SELECT coalesce(max(pg_total_relation_size(c.oid)), 0)::bigint AS bytes FROM ${relations(ds)}`.execute(ds.db);
  return rows[0]?.bytes ?? 0;
}
