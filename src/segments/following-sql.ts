import { sql } from 'kysely';
import type { ExclusiveTx, GatedTx } from '../database/gate.ts';
import type { DatasetDb } from '../database/handle.ts';

/** Says that somebody reads the changes of a segment; false when they are not kept. */
export async function touchFollowing(ds: DatasetDb, segmentId: string, now: Date): Promise<boolean> {
  const result = await sql`
    UPDATE ${ds.tables.segment_following} f SET read_at = greatest(f.read_at, ${now}::timestamptz)
    FROM ${ds.tables.segment} s WHERE s.id = ${segmentId} AND f.segment_no = s.no`.execute(ds.db);
  return (result.numAffectedRows ?? 0n) > 0n;
}

/** Keeps the changes of a segment from this commit on. */
export async function insertFollowing(tx: ExclusiveTx, segmentNo: number, id: string, now: Date): Promise<void> {
  await sql`
    INSERT INTO ${tx.tables.segment_following} (segment_no, id, read_at) VALUES (${segmentNo}, ${id}, ${now})
    ON CONFLICT DO NOTHING`.execute(tx.db);
}

/** Keeps no more changes of segments that nobody has read since. */
export async function deleteFollowings(ds: DatasetDb, readBefore: Date): Promise<void> {
  await sql`DELETE FROM ${ds.tables.segment_following} WHERE read_at < ${readBefore}::timestamptz`.execute(ds.db);
}

/**
 * Made by a transaction older than all that run: `cleared_upto` is then older than whatever a new snapshot does not see. Otherwise a
 * long transaction from before would make every position look as if something behind it were gone.
 */
const isSeenByAll = sql`xid < pg_snapshot_xmin(pg_current_snapshot())`;

/**
 * Clears some changes of one slice that are older than that or of a segment that is not followed; those that somebody else is deleting,
 * or that are not seen by all yet, are left alone. Returns how many, and the last transaction of each segment that was touched.
 */
export async function clearChanges(
  tx: GatedTx,
  slice: number,
  madeBefore: Date,
  limit: number,
): Promise<{ count: number; cleared: { segmentNo: number; xid: string }[] }> {
  const table = tx.partition('membership_change', slice);
  const { rows } = await sql<{ segmentNo: number; xid: string; count: number }>`
    WITH gone AS (
      DELETE FROM ${table} WHERE ctid = ANY(ARRAY(
        SELECT c.ctid FROM ${table} c
        WHERE ${isSeenByAll} AND (c.at < ${madeBefore}::timestamptz
          OR NOT EXISTS (SELECT FROM ${tx.tables.segment_following} f WHERE f.segment_no = c.segment_no))
        LIMIT ${limit} FOR UPDATE SKIP LOCKED))
      RETURNING segment_no, xid)
    SELECT segment_no AS "segmentNo", max(xid::text::bigint)::text AS xid, count(*) FROM gone GROUP BY segment_no`.execute(
    tx.db,
  );
  return { count: rows.reduce((sum, row) => sum + row.count, 0), cleared: rows };
}

/** The same of replacements, which are few. */
export async function clearReplacements(tx: GatedTx, madeBefore: Date): Promise<{ segmentNo: number; xid: string }[]> {
  const { rows } = await sql<{ segmentNo: number; xid: string }>`
    WITH gone AS (
      DELETE FROM ${tx.tables.segment_replacement} r
      WHERE ${isSeenByAll} AND (r.at < ${madeBefore}::timestamptz
        OR NOT EXISTS (SELECT FROM ${tx.tables.segment_following} f WHERE f.segment_no = r.segment_no))
      RETURNING segment_no, xid)
    SELECT segment_no AS "segmentNo", max(xid::text::bigint)::text AS xid FROM gone GROUP BY segment_no`.execute(tx.db);
  return rows;
}

/** Remembers up to which transaction changes are not kept any more, so that nobody goes on from before. */
export async function markCleared(tx: GatedTx, cleared: readonly { segmentNo: number; xid: string }[]): Promise<void> {
  await sql`
    UPDATE ${tx.tables.segment_following} f SET cleared_upto = greatest(f.cleared_upto, n.xid)
    FROM unnest(${cleared.map((one) => one.segmentNo)}::int[], ${cleared.map((one) => one.xid)}::xid8[])
      AS n (segment_no, xid)
    WHERE f.segment_no = n.segment_no`.execute(tx.db);
}
