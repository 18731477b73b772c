import { sql } from 'kysely';
import type { GatedTx } from '../database/gate.ts';

/**
 * Those of the profiles that a running bulk deletion is about to delete. Writers treat them as not there. Holding the gate, the
 * answer stands until the transaction ends: deletions start and end under the exclusive gate.
 */
export async function doomedAmong(tx: GatedTx, profileIds: readonly number[]): Promise<number[]> {
  // Most of the time none is running, and planning the view over all partitions costs more than this question.
  if (!(await isDeletionRunning(tx))) return [];
  // A look-up by key for each of them: where the statistics are old, a join may read the whole frozen set for every batch of events.
  const { rows } = await sql<{ id: number }>`
    SELECT n.id
    FROM unnest(${profileIds}::bigint[]) AS n (id)
    CROSS JOIN LATERAL (SELECT FROM ${tx.tables.doomed_profile} d WHERE d.profile_id = n.id LIMIT 1) doomed`.execute(
    tx.db,
  );
  return rows.map((row) => row.id);
}

async function isDeletionRunning(tx: GatedTx): Promise<boolean> {
  const { rows } = await sql`SELECT FROM ${tx.tables.deletion} WHERE completed_at IS NULL`.execute(tx.db);
  return rows.length > 0;
}
