import { type RawBuilder, sql } from 'kysely';
import type { ExclusiveTx, GatedTx } from '../database/gate.ts';
import { type Dataset, type DatasetDb, on } from '../database/handle.ts';
import type { Db } from '../database/postgres.ts';
import { nextSetNo } from './segment-sql.ts';

/** Puts sets out of use that were being computed for these segments. */
export async function discardNextSets(tx: ExclusiveTx, segmentNos: readonly number[], now: Date): Promise<void> {
  await sql`
    INSERT INTO ${tx.tables.discarded_set} (set_no, discarded_at)
    SELECT next_set_no, ${now} FROM ${tx.tables.segment}
    WHERE no = ANY(${segmentNos}::int[]) AND next_set_no IS NOT NULL`.execute(tx.db);
}

export async function discardSetsInForce(tx: ExclusiveTx, segmentNos: readonly number[], now: Date): Promise<void> {
  await sql`
    INSERT INTO ${tx.tables.discarded_set} (set_no, discarded_at)
    SELECT set_no, ${now} FROM ${tx.tables.segment} WHERE no = ANY(${segmentNos}::int[])`.execute(tx.db);
}

/** A new generation of these segments, with a new set to fill. */
export async function markComputing(tx: ExclusiveTx, segmentNos: readonly number[]): Promise<void> {
  await sql`
    UPDATE ${tx.tables.segment}
    SET state = 'computing', generation = generation + 1, next_set_no = ${nextSetNo(tx)}
    WHERE no = ANY(${segmentNos}::int[])`.execute(tx.db);
}

/** Puts the cursor of these segments' computations at the beginning of their new sets. */
export async function resetComputations(tx: ExclusiveTx, segmentNos: readonly number[], now: Date): Promise<void> {
  await sql`
    INSERT INTO ${tx.tables.segment_computation} (segment_no, generation, set_no, slice, after_id, started_at)
    SELECT no, generation, next_set_no, 0, 0, ${now} FROM ${tx.tables.segment} WHERE no = ANY(${segmentNos}::int[])
    ON CONFLICT (segment_no) DO UPDATE
    SET generation = excluded.generation, set_no = excluded.set_no, slice = 0, after_id = 0, started_at = excluded.started_at`.execute(
    tx.db,
  );
}

export async function deleteComputation(tx: ExclusiveTx, segmentNo: number): Promise<void> {
  await sql`DELETE FROM ${tx.tables.segment_computation} WHERE segment_no = ${segmentNo}`.execute(tx.db);
}

/** Ends a computation without a result: what was in force stays so. */
export async function keepSetInForce(tx: ExclusiveTx, segmentNo: number): Promise<void> {
  await sql`
    UPDATE ${tx.tables.segment} SET state = 'ready', next_set_no = NULL WHERE no = ${segmentNo}`.execute(tx.db);
}

/** The set that was computed is in force from this commit on. */
export async function putNextSetInForce(tx: ExclusiveTx, segmentNo: number): Promise<void> {
  await sql`
    UPDATE ${tx.tables.segment} SET state = 'ready', set_no = next_set_no, next_set_no = NULL
    WHERE no = ${segmentNo}`.execute(tx.db);
}

/** Puts a new, empty set in force and returns its number. */
export async function putEmptySetInForce(tx: ExclusiveTx, segmentNo: number): Promise<number> {
  const { rows } = await sql<{ setNo: number }>`
    UPDATE ${tx.tables.segment} SET set_no = ${nextSetNo(tx)} WHERE no = ${segmentNo}
    RETURNING set_no AS "setNo"`.execute(tx.db);
  return (rows[0] as { setNo: number }).setNo;
}

export interface Computation {
  segmentNo: number;
  generation: number;
  setNo: number;
  slice: number;
  afterId: number;
}

/**
 * Takes one of these segments' computations. The row lock is the lease: whoever comes second passes it by. A computation of an
 * older generation than the segment's is not taken.
 */
export async function takeComputation(tx: GatedTx, segmentNos: readonly number[]): Promise<Computation | undefined> {
  const { rows } = await sql<Computation>`
    SELECT c.segment_no AS "segmentNo", c.generation, c.set_no AS "setNo", c.slice, c.after_id AS "afterId"
    FROM ${tx.tables.segment_computation} c
    JOIN ${tx.tables.segment} s ON s.no = c.segment_no AND s.generation = c.generation AND s.state = 'computing'
    WHERE c.segment_no = ANY(${segmentNos}::int[])
    ORDER BY c.started_at, c.segment_no
    LIMIT 1
    FOR UPDATE OF c SKIP LOCKED`.execute(tx.db);
  return rows[0];
}

export async function isAnyComputing(ds: DatasetDb): Promise<boolean> {
  const { rows } = await sql<{ any: boolean }>`
    SELECT EXISTS (SELECT FROM ${ds.tables.segment_computation}) AS any`.execute(ds.db);
  return rows[0]?.any === true;
}

/** The ids of the next profiles of a slice, in order. */
export async function findNextProfiles(
  tx: GatedTx,
  { slice, afterId, limit }: { slice: number; afterId: number; limit: number },
): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    SELECT id FROM ${tx.partition('profile', slice)} WHERE id > ${afterId} ORDER BY id LIMIT ${limit}`.execute(tx.db);
  return rows.map((row) => row.id);
}

/** Locks those of these profiles of a slice that are still there, in order of id, and returns their ids. */
export async function lockProfilesOfSlice(tx: GatedTx, slice: number, ids: readonly number[]): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    SELECT id FROM ${tx.partition('profile', slice)} WHERE id = ANY(${ids}::bigint[]) ORDER BY id
    FOR NO KEY UPDATE`.execute(tx.db);
  return rows.map((row) => row.id);
}

/**
 * Fills a set with those of these profiles, which are locked and not doomed, that match, and returns how many joined. Who was in
 * the set in force keeps the moment of joining.
 */
export async function joinMatching(
  tx: GatedTx,
  {
    slice,
    ids,
    setNo,
    setNoInForce,
    matches,
    now,
  }: {
    slice: number;
    ids: readonly number[];
    setNo: number;
    setNoInForce: number;
    matches: RawBuilder<boolean>;
    now: Date;
  },
): Promise<number> {
  const { numAffectedRows } = await sql`
    INSERT INTO ${tx.tables.membership} (profile_id, joined_at, set_no)
    SELECT p.id, coalesce(held.joined_at, ${now}), ${setNo}
    FROM ${tx.partition('profile', slice)} p
    LEFT JOIN ${tx.partition('membership', slice)} held ON held.profile_id = p.id AND held.set_no = ${setNoInForce}
    WHERE p.id = ANY(${ids}::bigint[])
      AND (${matches})
    ON CONFLICT DO NOTHING`.execute(tx.db);
  return Number(numAffectedRows ?? 0);
}

export async function moveCursor(
  tx: GatedTx,
  { segmentNo, slice, afterId }: { segmentNo: number; slice: number; afterId: number },
): Promise<void> {
  await sql`
    UPDATE ${tx.tables.segment_computation} SET slice = ${slice}, after_id = ${afterId}
    WHERE segment_no = ${segmentNo}`.execute(tx.db);
}

/** Takes a set that is out of use, to clear some of it. */
export async function takeDiscardedSet(tx: GatedTx): Promise<number | undefined> {
  const { rows } = await sql<{ setNo: number }>`
    SELECT set_no AS "setNo" FROM ${tx.tables.discarded_set} ORDER BY set_no LIMIT 1 FOR UPDATE SKIP LOCKED`.execute(
    tx.db,
  );
  return rows[0]?.setNo;
}

/** Deletes some rows of a set that is out of use, those that nobody else is deleting; nobody reads them any more. Returns how many. */
export async function clearSomeOf(tx: GatedTx, setNo: number, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`
    DELETE FROM ${tx.tables.membership}
    WHERE set_no = ${setNo} AND profile_id = ANY(ARRAY(
      SELECT profile_id FROM ${tx.tables.membership} WHERE set_no = ${setNo} ORDER BY profile_id LIMIT ${limit}
      FOR UPDATE SKIP LOCKED))`.execute(tx.db);
  return Number(numAffectedRows ?? 0);
}

/** Forgets a set if it has no rows any more, and its counters. Returns whether it had none. */
export async function forgetDiscardedSet(tx: GatedTx, setNo: number): Promise<boolean> {
  const { numAffectedRows } = await sql`
    DELETE FROM ${tx.tables.discarded_set} d
    WHERE set_no = ${setNo} AND NOT EXISTS (SELECT FROM ${tx.tables.membership} m WHERE m.set_no = ${setNo})`.execute(
    tx.db,
  );
  if (!numAffectedRows) return false;
  await sql`DELETE FROM ${tx.tables.segment_count} WHERE set_no = ${setNo}`.execute(tx.db);
  return true;
}

/** The numbers of those datasets whose table has a row. */
export async function datasetsWithWork(
  db: Db,
  datasets: readonly Dataset[],
  table: 'segment_computation' | 'discarded_set',
): Promise<number[]> {
  if (datasets.length === 0) return [];
  const each = datasets.map((dataset) => {
    const ds = on(dataset, db);
    return sql`SELECT ${dataset.no}::int AS no WHERE EXISTS (SELECT FROM ${ds.tables[table]})`;
  });
  const { rows } = await sql<{ no: number }>`${sql.join(each, sql` UNION ALL `)}`.execute(db);
  return rows.map((row) => row.no);
}

/**
 * Fills a new set with these profiles; who was in the set before keeps the moment of joining. Returns those who were.
 */
export async function fillSet(
  tx: ExclusiveTx,
  {
    profileIds,
    setNo,
    setNoBefore,
    now,
  }: { profileIds: readonly number[]; setNo: number; setNoBefore: number; now: Date },
): Promise<Set<number>> {
  await sql`
    INSERT INTO ${tx.tables.membership} (profile_id, joined_at, set_no)
    SELECT n.id, coalesce(held.joined_at, ${now}), ${setNo}
    FROM unnest(${profileIds}::bigint[]) AS n (id)
    LEFT JOIN ${tx.tables.membership} held ON held.profile_id = n.id AND held.set_no = ${setNoBefore}`.execute(tx.db);
  const { rows } = await sql<{ id: number }>`
    SELECT held.profile_id AS id
    FROM unnest(${profileIds}::bigint[]) AS n (id)
    JOIN ${tx.tables.membership} held ON held.profile_id = n.id AND held.set_no = ${setNoBefore}`.execute(tx.db);
  return new Set(rows.map((row) => row.id));
}
