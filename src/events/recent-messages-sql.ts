import { sql } from 'kysely';
import type { DatasetDb } from '../database/handle.ts';

/** Which of these profiles are there, in any order. */
export async function livingAmong(ds: DatasetDb, ids: readonly number[]): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    SELECT id FROM ${ds.tables.profile} WHERE id = ANY (${ids}::bigint[])`.execute(ds.db);
  return rows.map(({ id }) => id);
}
