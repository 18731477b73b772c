import { sql } from 'kysely';
import type { DatasetDb } from '../database/handle.ts';

/** How the users of a segment changed on one UTC day, written 2024-05-01. */
export interface DayRow {
  day: string;
  joined: number;
  left: number;
  deleted: number;
}

export interface Days {
  /** First and last day, both in. */
  from: string;
  to: string;
}

/** The days of one segment on which somebody came or went; the sum over the stripes. */
const daysOf = (ds: DatasetDb, { from, to }: Days) => sql`
  SELECT h.day, sum(h.joined)::bigint AS joined, sum(h."left")::bigint AS "left", sum(h.deleted)::bigint AS deleted
  FROM ${ds.tables.segment_history} h
  WHERE h.segment_no = s.no AND h.day BETWEEN ${from}::date AND ${to}::date
  GROUP BY h.day`;

export async function readDays(ds: DatasetDb, segmentNo: number, days: Days): Promise<DayRow[]> {
  const { rows } = await sql<DayRow>`
    SELECT d.* FROM ${ds.tables.segment} s CROSS JOIN LATERAL (${daysOf(ds, days)}) d
    WHERE s.no = ${segmentNo} ORDER BY d.day`.execute(ds.db);
  return rows;
}

/** The same of every segment: each is one range of the key. */
export async function readDaysOfAll(ds: DatasetDb, days: Days): Promise<(DayRow & { segment: string })[]> {
  const { rows } = await sql<DayRow & { segment: string }>`
    SELECT s.id AS segment, d.* FROM ${ds.tables.segment} s CROSS JOIN LATERAL (${daysOf(ds, days)}) d
    ORDER BY s.id, d.day`.execute(ds.db);
  return rows;
}

/** Users who are in both sets. */
export async function countInBoth(ds: DatasetDb, setNo: number, otherSetNo: number): Promise<number> {
  const { rows } = await sql<{ users: number }>`
    SELECT count(*) AS users
    FROM ${ds.tables.membership} m JOIN ${ds.tables.membership} o ON o.profile_id = m.profile_id
    WHERE m.set_no = ${setNo} AND o.set_no = ${otherSetNo}`.execute(ds.db);
  return rows[0]?.users ?? 0;
}
