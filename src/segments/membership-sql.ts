import { sql } from 'kysely';
import type { GatedTx } from '../database/gate.ts';
import type { DatasetDb } from '../database/handle.ts';

/** Memberships by column: the profile at each position is in the set at the same position. */
export interface MembershipPairs {
  profileIds: number[];
  setNos: number[];
}

export interface ChangedMembership {
  profileId: number;
  setNo: number;
}

/** Returns those that are new. */
export async function insertMemberships(
  tx: GatedTx,
  { profileIds, setNos }: MembershipPairs,
  joinedAt: Date,
): Promise<ChangedMembership[]> {
  if (profileIds.length === 0) return [];
  const { rows } = await sql<ChangedMembership>`
    INSERT INTO ${tx.tables.membership} (profile_id, joined_at, set_no)
    SELECT profile_id, ${joinedAt}, set_no
    FROM unnest(${profileIds}::bigint[], ${setNos}::int[]) AS joining (profile_id, set_no)
    ON CONFLICT DO NOTHING
    RETURNING profile_id AS "profileId", set_no AS "setNo"`.execute(tx.db);
  return rows;
}

/** Returns those that were there. */
export async function deleteMemberships(
  tx: GatedTx,
  { profileIds, setNos }: MembershipPairs,
): Promise<ChangedMembership[]> {
  if (profileIds.length === 0) return [];
  const { rows } = await sql<ChangedMembership>`
    DELETE FROM ${tx.tables.membership} m
    USING unnest(${profileIds}::bigint[], ${setNos}::int[]) AS leaving (profile_id, set_no)
    WHERE m.profile_id = leaving.profile_id AND m.set_no = leaving.set_no
    RETURNING m.profile_id AS "profileId", m.set_no AS "setNo"`.execute(tx.db);
  return rows;
}

/** Deletes every membership of these profiles, in whatever set but the frozen one of a running bulk deletion: that is its work list. */
export async function deleteMembershipsOf(tx: GatedTx, profileIds: readonly number[]): Promise<ChangedMembership[]> {
  const { rows } = await sql<ChangedMembership>`
    DELETE FROM ${tx.tables.membership}
    WHERE profile_id = ANY(${profileIds}::bigint[])
      AND set_no NOT IN (SELECT set_no FROM ${tx.tables.deletion} WHERE completed_at IS NULL)
    RETURNING profile_id AS "profileId", set_no AS "setNo"`.execute(tx.db);
  return rows;
}

/**
 * Puts a profile into every set that one of the others is in and that no rule keeps current, since the earliest of them joined:
 * lists, disabled segments, and what a segment held before its users are computed anew.
 */
export async function copyFixedMemberships(
  tx: GatedTx,
  to: number,
  from: readonly number[],
): Promise<ChangedMembership[]> {
  const { rows } = await sql<ChangedMembership>`
    INSERT INTO ${tx.tables.membership} (profile_id, joined_at, set_no)
    SELECT ${to}::bigint, min(m.joined_at), m.set_no
    FROM ${tx.tables.membership} m
    JOIN ${tx.tables.segment} s ON s.set_no = m.set_no AND s.state <> 'deleting'
      AND (s.kind <> 'rule' OR NOT s.enabled OR s.state = 'computing')
    WHERE m.profile_id = ANY(${from}::bigint[])
    GROUP BY m.set_no
    ON CONFLICT DO NOTHING
    RETURNING profile_id AS "profileId", set_no AS "setNo"`.execute(tx.db);
  return rows;
}

export interface SegmentSet {
  segmentNo: number;
  setNo: number;
  inForce: boolean;
}

/**
 * Keeps the segments of these sets as they are until this transaction ends. A step of a bulk deletion, which holds no gate, asks
 * before it counts; otherwise it would count in a set that is being put out of use.
 */
export async function holdSegmentsOfSets(tx: DatasetDb, setNos: readonly number[]): Promise<void> {
  await sql`
    SELECT FROM ${tx.tables.segment} WHERE set_no = ANY(${setNos}::int[]) OR next_set_no = ANY(${setNos}::int[])
    ORDER BY no FOR SHARE`.execute(tx.db);
}

/** Whose sets these are. A set that is out of use has no row. */
export async function findSegmentsOfSets(tx: DatasetDb, setNos: readonly number[]): Promise<SegmentSet[]> {
  const { rows } = await sql<SegmentSet>`
    SELECT no AS "segmentNo", set_no AS "setNo", true AS "inForce"
    FROM ${tx.tables.segment} WHERE set_no = ANY(${setNos}::int[])
    UNION ALL
    SELECT no, next_set_no, false FROM ${tx.tables.segment} WHERE next_set_no = ANY(${setNos}::int[])`.execute(tx.db);
  return rows;
}

/** Users of a set: the sum of its counters. */
export async function countUsersOfSet(tx: GatedTx, setNo: number): Promise<number> {
  const { rows } = await sql<{ users: number }>`
    SELECT coalesce(sum(users), 0)::bigint AS users FROM ${tx.tables.segment_count} WHERE set_no = ${setNo}`.execute(
    tx.db,
  );
  return rows[0]?.users ?? 0;
}

/** Adds to the number of users of each set, in one stripe, in order of key. */
export async function addToCounts(
  tx: DatasetDb,
  stripe: number,
  sets: readonly { setNo: number; users: number }[],
): Promise<void> {
  await sql`
    INSERT INTO ${tx.tables.segment_count} AS c (set_no, stripe, users)
    SELECT set_no, ${stripe}, users
    FROM unnest(${sets.map((s) => s.setNo)}::int[], ${sets.map((s) => s.users)}::bigint[]) AS change (set_no, users)
    ORDER BY set_no
    ON CONFLICT (set_no, stripe) DO UPDATE SET users = c.users + excluded.users`.execute(tx.db);
}

/** Adds to the history of each segment on the day of `now`, in one stripe, in order of key. */
export async function addToHistory(
  tx: DatasetDb,
  stripe: number,
  segments: readonly { segmentNo: number; joined: number; left: number; deleted: number }[],
  now: Date,
): Promise<void> {
  await sql`
    INSERT INTO ${tx.tables.segment_history} AS h (segment_no, day, stripe, joined, "left", deleted)
    SELECT segment_no, ${now.toISOString().slice(0, 10)}::date, ${stripe}, joined, gone, deleted
    FROM unnest(${segments.map((s) => s.segmentNo)}::int[], ${segments.map((s) => s.joined)}::bigint[],
                ${segments.map((s) => s.left)}::bigint[], ${segments.map((s) => s.deleted)}::bigint[])
         AS change (segment_no, joined, gone, deleted)
    ORDER BY segment_no
    ON CONFLICT (segment_no, day, stripe) DO UPDATE
    SET joined = h.joined + excluded.joined, "left" = h."left" + excluded."left", deleted = h.deleted + excluded.deleted`.execute(
    tx.db,
  );
}
