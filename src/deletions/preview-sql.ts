import { sql } from 'kysely';
import type { DatasetDb } from '../database/handle.ts';
import { type Place, places, type RowCounts } from '../profiles/places.ts';

/**
 * The rows of each kind that belong to the users of a set. Kinds that have a figure on the profile are added up from there; the
 * others are counted. Of memberships only those in sets that are in force count: the rest are leftovers of computations.
 */
export async function countOwnedRows(ds: DatasetDb, setNo: number): Promise<RowCounts> {
  const figures = (places as readonly Place[]).filter((place) => place.figure);
  const sums = sql.join(
    figures.map((place) => sql`coalesce(sum(p.${sql.id(place.figure as string)}), 0)::bigint AS ${sql.id(place.name)}`),
  );
  const { rows } = await sql<Partial<RowCounts>>`
    SELECT ${sums}, count(*) AS profiles
    FROM ${ds.tables.membership} w JOIN ${ds.tables.profile} p ON p.id = w.profile_id
    WHERE w.set_no = ${setNo}`.execute(ds.db);
  const counted: Partial<RowCounts> = { ...rows[0] };
  for (const place of places as readonly Place[]) {
    const name = place.name as keyof RowCounts;
    if (counted[name] === undefined) counted[name] = await countPlace(ds, setNo, place);
  }
  return counted as RowCounts;
}

async function countPlace(ds: DatasetDb, setNo: number, place: Place): Promise<number> {
  const inForce =
    place.table === 'membership' ? sql` AND t.set_no IN (SELECT set_no FROM ${ds.tables.segment})` : sql``;
  const { rows } = await sql<{ count: number }>`
    SELECT count(*) FROM ${ds.tables[place.table]} t
    JOIN ${ds.tables.membership} w ON w.profile_id = t.${sql.id(place.key)}
    WHERE w.set_no = ${setNo}${inForce}`.execute(ds.db);
  return rows[0]?.count ?? 0;
}

/** The users of a set whose profiles are still there, and of the whole dataset. */
export async function countUsers(ds: DatasetDb, setNo: number): Promise<{ users: number; dataset: number }> {
  const { rows } = await sql<{ users: number; dataset: number }>`
    SELECT (SELECT coalesce(sum(users), 0)::bigint FROM ${ds.tables.segment_count} WHERE set_no = ${setNo}) AS users,
           (SELECT count(*) FROM ${ds.tables.profile}) AS dataset`.execute(ds.db);
  return rows[0] ?? { users: 0, dataset: 0 };
}

export interface Overlap {
  segment: string;
  name: string;
  users: number;
}

/** The other segments that shrink, and by how many. */
export async function countOverlaps(ds: DatasetDb, setNo: number): Promise<Overlap[]> {
  const { rows } = await sql<Overlap>`
    SELECT s.id AS segment, s.name, o.users
    FROM (SELECT t.set_no, count(*) AS users
          FROM ${ds.tables.membership} t JOIN ${ds.tables.membership} w ON w.profile_id = t.profile_id
          WHERE w.set_no = ${setNo} AND t.set_no <> ${setNo}
          GROUP BY t.set_no) o
    JOIN ${ds.tables.segment} s ON s.set_no = o.set_no
    ORDER BY o.users DESC, s.name, s.id`.execute(ds.db);
  return rows;
}

/** Internal ids of the users of a set that were active last. */
export async function findLastActive(ds: DatasetDb, setNo: number, limit: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    SELECT p.id FROM ${ds.tables.membership} w JOIN ${ds.tables.profile} p ON p.id = w.profile_id
    WHERE w.set_no = ${setNo}
    ORDER BY p.last_activity DESC NULLS LAST, p.id DESC LIMIT ${limit}`.execute(ds.db);
  return rows.map((row) => row.id);
}
