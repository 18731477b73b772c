import { sql } from 'kysely';
import type { GatedTx } from '../database/gate.ts';
import type { Place, RowCounts } from '../profiles/places.ts';

/** The bulk deletion that runs in the dataset just now. */
export interface RunningJob {
  id: string;
  segmentNo: number;
  /** The frozen set: its memberships are the job's work list and stay. */
  setNo: number;
}

export async function findRunningJob(tx: GatedTx): Promise<RunningJob | undefined> {
  const { rows } = await sql<RunningJob>`
    SELECT id, segment_no AS "segmentNo", set_no AS "setNo" FROM ${tx.tables.deletion} WHERE completed_at IS NULL`.execute(
    tx.db,
  );
  return rows[0];
}

/** Deletes what one place holds of these profiles, and answers how many rows that were. */
export async function deleteFromPlace(
  tx: GatedTx,
  { table, key }: Place,
  profileNos: readonly number[],
): Promise<number> {
  const result = await sql`
    DELETE FROM ${tx.tables[table]} WHERE ${sql.id(key)} = ANY(${profileNos}::bigint[])`.execute(tx.db);
  return Number(result.numAffectedRows ?? 0n);
}

/** Memberships of these profiles, apart from those of the frozen set. */
export async function countMemberships(
  tx: GatedTx,
  profileNos: readonly number[],
  frozenSetNo: number | undefined,
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*) FROM ${tx.tables.membership}
    WHERE profile_id = ANY(${profileNos}::bigint[]) AND set_no IS DISTINCT FROM ${frozenSetNo ?? null}::integer`.execute(
    tx.db,
  );
  return rows[0]?.count ?? 0;
}

/** Adds users of the frozen set that were deleted one by one, with their rows, to the counts of the running job. */
export async function addToJob(
  tx: GatedTx,
  { id }: RunningJob,
  { slice, profiles, rows }: { slice: number; profiles: number; rows: RowCounts },
): Promise<void> {
  await sql`
    UPDATE ${tx.tables.deletion_slice} s
    SET profiles_deleted = profiles_deleted + ${profiles}::bigint,
        rows_deleted = rows_deleted || (
          SELECT jsonb_object_agg(added.key, added.value::bigint + coalesce((s.rows_deleted ->> added.key)::bigint, 0))
          FROM jsonb_each_text(${JSON.stringify(rows)}::jsonb) AS added)
    WHERE deletion_id = ${id} AND slice = ${slice}`.execute(tx.db);
}
