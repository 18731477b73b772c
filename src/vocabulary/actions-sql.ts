import { sql } from 'kysely';
import type { DatasetDb } from '../database/handle.ts';

export interface ActionTotal {
  action: string;
  events: number;
  users: number;
  last: Date;
}

/** Added up from the counts that every user has, so that no event is read. */
export async function readActions(ds: DatasetDb, namesMax: number): Promise<ActionTotal[]> {
  const { rows } = await sql<ActionTotal>`
    SELECT action, sum(count)::bigint AS events, count(*) AS users, max(last_at) AS last
    FROM ${ds.tables.action_count} GROUP BY action
    ORDER BY sum(count) DESC, action LIMIT ${namesMax}`.execute(ds.db);
  return rows;
}
