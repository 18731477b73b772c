import { sql } from 'kysely';
import type { StepTx } from '../database/gate.ts';
import type { PartitionedTable } from '../database/handle.ts';
import { type Place, places, type RowCounts } from '../profiles/places.ts';
import type { RunningDeletion } from './deletion.ts';

/**
 * Counts, in every place, the rows that belong to a profile on the work list of a slice; each must be 0. By index for a short
 * list and by hash join for a long one: the cost follows the segment, not the dataset. The list itself is not counted.
 */
export async function countLeftovers(tx: StepTx, { setNo }: RunningDeletion, slice: number): Promise<RowCounts> {
  // The planner takes the rows of a table for visible to all, as they were before the steps, and would go through its index only
  // to look every row up in the table after all: four times the time of reading the table.
  await sql`SELECT set_config('enable_indexonlyscan', 'off', true)`.execute(tx.db);
  const counts: Partial<RowCounts> = {};
  for (const place of places as readonly Place[]) {
    if (!place.partitioned) await byKey(tx);
    const table = place.partitioned ? tx.partition(place.table as PartitionedTable, slice) : tx.tables[place.table];
    const notTheList = place.table === 'membership' ? sql` AND t.set_no <> ${setNo}` : sql``;
    const { rows } = await sql<{ count: number }>`
      SELECT count(*) FROM ${table} t
      JOIN ${tx.partition('membership', slice)} w ON w.profile_id = t.${sql.id(place.key)}
      WHERE w.set_no = ${setNo}${notTheList}`.execute(tx.db);
    const count = rows[0]?.count;
    // A count that could not be made is not zero.
    if (count === undefined) throw new Error(`counting ${place.name} gave no answer`);
    counts[place.name as keyof RowCounts] = count;
  }
  return counts as RowCounts;
}

/**
 * From here on a transaction joins by looking every row up by its key. Identities are in no slice: to read all of them for each slice
 * would cost in proportion to the dataset.
 */
async function byKey(tx: StepTx): Promise<void> {
  await sql`
    SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
           set_config('enable_seqscan', 'off', true), set_config('enable_memoize', 'off', true)`.execute(tx.db);
}

/** The work list of a slice in short: how many users, and SHA-256 over their ids in order, 8 bytes big-endian each. */
export async function digestWorkList(
  tx: StepTx,
  { setNo }: RunningDeletion,
  slice: number,
): Promise<{ users: number; digest: Buffer }> {
  const { rows } = await sql<{ users: number; digest: Buffer }>`
    SELECT count(*) AS users,
           sha256(coalesce(string_agg(int8send(profile_id), ''::bytea ORDER BY profile_id), ''::bytea)) AS digest
    FROM ${tx.partition('membership', slice)} WHERE set_no = ${setNo}`.execute(tx.db);
  const row = rows[0];
  if (!row) throw new Error('digesting the work list gave no answer');
  return row;
}

/** Clears the work list of a proven slice; returns the rows that went. */
export async function clearWorkList(tx: StepTx, { setNo }: RunningDeletion, slice: number): Promise<number> {
  const result = await sql`DELETE FROM ${tx.partition('membership', slice)} WHERE set_no = ${setNo}`.execute(tx.db);
  return Number(result.numAffectedRows ?? 0n);
}

/** A slice that is proven: its digest and counts stay, its work list is gone in the same transaction. */
export async function saveProvenSlice(
  tx: StepTx,
  job: RunningDeletion,
  proven: { slice: number; users: number; digest: Buffer; rowsDeleted: RowCounts; leftovers: RowCounts; at: Date },
): Promise<void> {
  await sql`
    UPDATE ${tx.tables.deletion_slice}
    SET phase = 'done', proven_at = ${proven.at}, users_listed = ${proven.users}, digest = ${proven.digest},
        rows_deleted = ${JSON.stringify(proven.rowsDeleted)}::jsonb, leftovers = ${JSON.stringify(proven.leftovers)}::jsonb
    WHERE deletion_id = ${job.id} AND slice = ${proven.slice}`.execute(tx.db);
}

/** Something was left: the slice goes back to work, from its beginning. */
export async function returnToWork(tx: StepTx, job: RunningDeletion, slice: number): Promise<void> {
  await sql`
    UPDATE ${tx.tables.deletion_slice} SET phase = 'deleting', after_id = 0
    WHERE deletion_id = ${job.id} AND slice = ${slice}`.execute(tx.db);
}
