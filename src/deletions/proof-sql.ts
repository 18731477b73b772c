import { sql } from 'kysely';
import type { StepTx } from '../database/gate.ts';
import type { PartitionedTable } from '../database/handle.ts';
import { type Place, places, type RowCounts } from '../profiles/places.ts';
import type { RunningDeletion, SlicePhase } from './deletion.ts';
import { inRange, type WorkRange, workList } from './step-sql.ts';

/**
 * Counts, in every place, the rows that belong to a profile on the work list of a range; each must be 0. By index for a short
 * list and by hash join for a long one: the cost follows the segment, not the dataset. The list itself is not counted.
 */
export async function countLeftovers(tx: StepTx, range: WorkRange): Promise<RowCounts> {
  // The planner takes the rows of a table for visible to all, as they were before the steps, and would go through its index only
  // to look every row up in the table after all: four times the time of reading the table.
  await sql`SELECT set_config('enable_indexonlyscan', 'off', true)`.execute(tx.db);
  const counts: Partial<RowCounts> = {};
  for (const place of places as readonly Place[]) {
    if (!place.partitioned) await byKey(tx);
    const table = place.partitioned
      ? tx.partition(place.table as PartitionedTable, range.slice)
      : tx.tables[place.table];
    const notTheList = place.table === 'membership' ? sql` AND t.set_no <> ${range.setNo}` : sql``;
    const { rows } = await sql<{ count: number }>`
      SELECT count(*) FROM ${table} t
      JOIN ${workList(tx, range)} ON w.profile_id = t.${sql.id(place.key)}
      WHERE ${inRange(range)}${notTheList}`.execute(tx.db);
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
           set_config('enable_seqscan', 'off', true)`.execute(tx.db);
}

/**
 * Saves the work list of a slice in short, unless that was done before: how many users, and SHA-256 over their ids in order, 8 bytes
 * big-endian each.
 */
export async function digestWorkList(tx: StepTx, { id, setNo }: RunningDeletion, slice: number): Promise<void> {
  await sql`
    UPDATE ${tx.tables.deletion_slice} s SET (users_listed, digest) = (
      SELECT count(*), sha256(coalesce(string_agg(int8send(profile_id), ''::bytea ORDER BY profile_id), ''::bytea))
      FROM ${tx.partition('membership', slice)} WHERE set_no = ${setNo})
    WHERE s.deletion_id = ${id} AND s.slice = ${slice} AND s.digest IS NULL`.execute(tx.db);
}

/** Clears the work list of a proven range; returns the rows that went. */
export async function clearWorkList(tx: StepTx, range: WorkRange): Promise<number> {
  const result = await sql`DELETE FROM ${workList(tx, range)} WHERE ${inRange(range)}`.execute(tx.db);
  return Number(result.numAffectedRows ?? 0n);
}

export interface ProvenRange {
  slice: number;
  /** `done` with the last range of the slice. */
  phase: SlicePhase;
  afterId: string;
  rowsDeleted: RowCounts;
  leftovers: RowCounts;
  /** Proofs count in the rate of a job: a large one makes them in between. */
  workMs: number;
  at: Date;
}

/** A range that is proven: its work list is gone in the same transaction. */
export async function saveProvenRange(tx: StepTx, job: RunningDeletion, proven: ProvenRange): Promise<void> {
  await sql`
    UPDATE ${tx.tables.deletion_slice}
    SET phase = ${proven.phase}, after_id = ${proven.afterId}::bigint, proven_at = ${proven.at}, work_ms = work_ms + ${proven.workMs},
        rows_deleted = ${JSON.stringify(proven.rowsDeleted)}::jsonb, leftovers = ${JSON.stringify(proven.leftovers)}::jsonb
    WHERE deletion_id = ${job.id} AND slice = ${proven.slice}`.execute(tx.db);
}

/** Something was left: the slice goes back to work, from its beginning. */
export async function returnToWork(tx: StepTx, job: RunningDeletion, slice: number): Promise<void> {
  await sql`
    UPDATE ${tx.tables.deletion_slice} SET phase = 'deleting', after_id = 0
    WHERE deletion_id = ${job.id} AND slice = ${slice}`.execute(tx.db);
}
