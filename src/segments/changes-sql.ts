import { sql } from 'kysely';
import type { ExclusiveTx, GatedTx } from '../database/gate.ts';
import { type DatasetDb, schemaOf } from '../database/handle.ts';
import type { ChangedMembership } from './membership-sql.ts';

const nextSeq = (ds: DatasetDb) => sql`nextval(${`"${schemaOf(ds.dataset)}".change_seq`}::regclass)`;

/** Keeps the changes of sets that are in force, of segments that are followed. Others are nobody's news. */
export async function insertChanges(
  tx: GatedTx,
  { joined, left }: { joined: readonly ChangedMembership[]; left: readonly ChangedMembership[] },
  at: Date,
): Promise<void> {
  const all = [...left, ...joined];
  await sql`
    INSERT INTO ${tx.tables.membership_change} (profile_id, seq, xid, at, segment_no, joined)
    SELECT n.profile_id, ${nextSeq(tx)}, pg_current_xact_id(), ${at}, s.no, n.place > ${left.length}
    FROM unnest(${all.map((one) => one.profileId)}::bigint[], ${all.map((one) => one.setNo)}::int[])
           WITH ORDINALITY AS n (profile_id, set_no, place)
    JOIN ${tx.tables.segment} s ON s.set_no = n.set_no
    JOIN ${tx.tables.segment_following} f ON f.segment_no = s.no`.execute(tx.db);
}

/**
 * Keeps that losers of a merge have left the sets that they were in, as changes of the survivor; what was kept of the losers
 * themselves goes with them.
 */
export async function insertMergedChanges(
  tx: GatedTx,
  survivor: number,
  left: readonly ChangedMembership[],
  at: Date,
): Promise<void> {
  await sql`
    INSERT INTO ${tx.tables.membership_change} (profile_id, seq, xid, at, segment_no, joined, merged_from)
    SELECT ${survivor}::bigint, ${nextSeq(tx)}, pg_current_xact_id(), ${at}, s.no, false, n.profile_id
    FROM unnest(${left.map((one) => one.profileId)}::bigint[], ${left.map((one) => one.setNo)}::int[])
           AS n (profile_id, set_no)
    JOIN ${tx.tables.segment} s ON s.set_no = n.set_no
    JOIN ${tx.tables.segment_following} f ON f.segment_no = s.no`.execute(tx.db);
}

export async function deleteChangesOf(tx: GatedTx, profileIds: readonly number[]): Promise<void> {
  await sql`DELETE FROM ${tx.tables.membership_change} WHERE profile_id = ANY(${profileIds}::bigint[])`.execute(tx.db);
}

/** Keeps that the set of a segment was replaced as a whole, if the segment is followed. */
export async function insertReplacement(tx: ExclusiveTx, segmentNo: number, users: number, at: Date): Promise<void> {
  await sql`
    INSERT INTO ${tx.tables.segment_replacement} (segment_no, seq, xid, at, users)
    SELECT f.segment_no, ${nextSeq(tx)}, pg_current_xact_id(), ${at}, ${users}
    FROM ${tx.tables.segment_following} f WHERE f.segment_no = ${segmentNo}`.execute(tx.db);
}

/** How a followed segment stands, and what was committed by then: the text of a snapshot, `xmin:xmax:xip,…`. */
export interface FollowedState {
  segmentNo: number;
  following: string;
  clearedUpto: string;
  snapshot: string;
}

/** A followed segment; undefined when it is not followed or there is none. */
export async function readFollowed(ds: DatasetDb, segmentId: string): Promise<FollowedState | undefined> {
  const { rows } = await sql<FollowedState>`
    SELECT s.no AS "segmentNo", f.id AS following, f.cleared_upto::text AS "clearedUpto",
           pg_current_snapshot()::text AS snapshot
    FROM ${ds.tables.segment} s JOIN ${ds.tables.segment_following} f ON f.segment_no = s.no
    WHERE s.id = ${segmentId}`.execute(ds.db);
  return rows[0];
}

/** What was committed after one snapshot and by another one; `seq`: only what comes after this number. */
export interface ChangeWindow {
  after: string;
  upto: string;
  seq: number;
}

export interface ChangeRow {
  seq: number;
  at: Date;
  /** Null for a replacement. */
  profileId: number | null;
  joined: boolean;
  mergedFrom: number | null;
  /** Users of a set that replaced the one before; null for a change of one user. */
  users: number | null;
}

/**
 * The next changes of a window, in order of their numbers. A window has everything that became visible between its snapshots, also
 * from a transaction that took its numbers long before: nothing is missed and nothing comes twice. The numbers alone would not do:
 * they are taken before the commit.
 */
export async function listChanges(
  ds: DatasetDb,
  segmentNo: number,
  { after, upto, seq }: ChangeWindow,
  limit: number,
): Promise<ChangeRow[]> {
  const inWindow = sql`
    c.segment_no = ${segmentNo} AND c.seq > ${seq}::bigint
    AND c.xid >= pg_snapshot_xmin(${after}::pg_snapshot) AND c.xid < pg_snapshot_xmax(${upto}::pg_snapshot)
    AND NOT pg_visible_in_snapshot(c.xid, ${after}::pg_snapshot) AND pg_visible_in_snapshot(c.xid, ${upto}::pg_snapshot)`;
  const { rows } = await sql<ChangeRow>`
    SELECT c.seq, c.at, c.profile_id AS "profileId", c.joined, c.merged_from AS "mergedFrom", NULL::bigint AS users
    FROM ${ds.tables.membership_change} c WHERE ${inWindow}
    UNION ALL
    SELECT c.seq, c.at, NULL, false, NULL, c.users FROM ${ds.tables.segment_replacement} c WHERE ${inWindow}
    ORDER BY seq LIMIT ${limit}`.execute(ds.db);
  return rows;
}

/** How many changes a reader may have missed since a snapshot, counted up to a limit. */
export async function countChanges(ds: DatasetDb, segmentNo: number, after: string, limit: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*) FROM (
      SELECT FROM ${ds.tables.membership_change} c
      WHERE c.segment_no = ${segmentNo} AND c.xid >= pg_snapshot_xmin(${after}::pg_snapshot) LIMIT ${limit}) AS counted`.execute(
    ds.db,
  );
  return rows[0]?.count ?? 0;
}
