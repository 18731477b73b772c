import { type RawBuilder, sql } from 'kysely';
import type { DatasetDb } from '../database/handle.ts';

export async function countMatching(ds: DatasetDb, matches: RawBuilder<boolean>): Promise<number> {
  const { rows } = await sql<{ users: number }>`
    SELECT count(*) AS users FROM ${ds.tables.profile} p WHERE ${matches}`.execute(ds.db);
  return rows[0]?.users ?? 0;
}

/** The matching profiles that were active last, those first. */
export async function findLastActiveMatching(
  ds: DatasetDb,
  matches: RawBuilder<boolean>,
  limit: number,
): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    SELECT p.id FROM ${ds.tables.profile} p WHERE ${matches}
    ORDER BY p.last_activity DESC NULLS LAST, p.id LIMIT ${limit}`.execute(ds.db);
  return rows.map((row) => row.id);
}
