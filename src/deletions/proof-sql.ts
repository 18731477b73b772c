import { type RawBuilder, sql } from 'kysely';
import type { StepTx } from '../database/gate.ts';
import type { PartitionedTable } from '../database/handle.ts';
import { addRows, type Place, placesInNoSlice, placesInSlices, type RowCounts } from '../profiles/places.ts';
import type { RunningDeletion, SlicePhase } from './deletion.ts';
import { arrayOf, idsOf, isAnyOf, isInRange, type WorkRange } from './work-list-sql.ts';

/** The ids that a statement of counts is about. */
const theIds = sql`ids.list`;

/**
 * Counts, in every place, the rows that belong to the users of the ranges; each must be 0. By index for few and by reading the tables of
 * a slice for many: the cost follows the segment, not the dataset. The work list itself is not counted.
 */
export async function countLeftovers(
  tx: StepTx,
  ranges: readonly WorkRange[],
  rest = async () => {},
): Promise<RowCounts> {
  // Whoever goes through an index, and not through a bitmap of it, marks there what leads to dead rows: a page of the log for each
  // page of the index. And the planner takes the rows for visible to all, as they were before the steps, and would read the index
  // only to look every row up in the table after all.
  await sql`
    SELECT set_config('enable_indexscan', 'off', true), set_config('enable_indexonlyscan', 'off', true)`.execute(tx.db);
  const counts: Partial<RowCounts>[] = [];
  for (const range of ranges) {
    const rowsIn = (place: Place) => {
      const partition = tx.partition(place.table as PartitionedTable, range.slice);
      const notTheList = place.table === 'membership' ? sql` AND set_no <> ${range.setNo}` : sql``;
      return sql`${partition} WHERE ${isInRange(range, place, theIds)}${notTheList}`;
    };
    counts.push(await countIn(tx, placesInSlices, rowsIn, range.ids));
    await rest();
  }
  const rowsIn = ({ table, key }: Place) => sql`${tx.tables[table]} WHERE ${isAnyOf(theIds, key)}`;
  counts.push(await countIn(tx, placesInNoSlice, rowsIn, idsOf(ranges)));
  await rest();
  return addRows(...counts);
}

/** One count for each place, in one statement: the ids are sent once, and the planner puts them wherever they are named. */
async function countIn(
  tx: StepTx,
  of: readonly Place[],
  rowsIn: (place: Place) => RawBuilder<unknown>,
  ids: string,
): Promise<Partial<RowCounts>> {
  const counts = of.map((place) => sql`(SELECT count(*) FROM ${rowsIn(place)}) AS ${sql.id(place.name)}`);
  const { rows } = await sql<Record<string, number>>`
    SELECT ${sql.join(counts)} FROM (SELECT ${arrayOf(ids)} AS list) AS ids`.execute(tx.db);
  for (const { name } of of) {
    // A count that could not be made is not zero.
    if (typeof rows[0]?.[name] !== 'number') throw new Error(`counting ${name} gave no answer`);
  }
  return rows[0] as Partial<RowCounts>;
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
export async function clearWorkList(tx: StepTx, { slice, setNo, afterId, lastId }: WorkRange): Promise<number> {
  const result = await sql`
    DELETE FROM ${tx.partition('membership', slice)}
    WHERE set_no = ${setNo} AND profile_id > ${afterId}::bigint AND profile_id <= ${lastId}::bigint`.execute(tx.db);
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
