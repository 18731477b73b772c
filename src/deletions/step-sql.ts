import { type RawBuilder, sql } from 'kysely';
import { attemptInStep, type StepTx } from '../database/gate.ts';
import type { DatasetDb, PartitionedTable } from '../database/handle.ts';
import { erasureHash } from '../identities/erasure-sql.ts';
import { noRows, type Place, placesInSlices, type RowCounts } from '../profiles/places.ts';
import type { RunningDeletion, SlicePhase, TakenSlice } from './deletion.ts';
import { arrayOf, isAnyOf, isInRange, type WorkRange } from './work-list-sql.ts';

/**
 * Takes a slice that nobody else works on, in the phase `preferred` if there is one. The row lock is the lease: a server that was only
 * asleep finds its slice taken or further on, and no clock decides who is alive.
 */
export function takeSlice(
  tx: StepTx,
  deletionId: string,
  preferred: TakenSlice['phase'],
): Promise<TakenSlice | undefined> {
  return take(tx, deletionId, sql`phase <> 'done'`, sql`phase = ${preferred} DESC, slice`);
}

/** Takes one more in the same phase, of those after it. */
export function takeSliceAfter(
  tx: StepTx,
  deletionId: string,
  { phase, slice }: TakenSlice,
): Promise<TakenSlice | undefined> {
  return take(tx, deletionId, sql`phase = ${phase} AND slice > ${slice}`, sql`slice`);
}

async function take(
  tx: StepTx,
  deletionId: string,
  condition: RawBuilder<unknown>,
  order: RawBuilder<unknown>,
): Promise<TakenSlice | undefined> {
  const { deletion_slice } = tx.tables;
  const { rows } = await sql<TakenSlice>`
    SELECT slice, phase, after_id::text AS "afterId", rows_deleted AS "rowsDeleted", profiles_deleted AS "profilesDeleted",
           (SELECT count(*) FROM ${deletion_slice} a
            WHERE a.deletion_id = s.deletion_id AND a.slice >= 0 AND a.phase = s.phase) AS "inPhase"
    FROM ${deletion_slice} s
    WHERE deletion_id = ${deletionId} AND slice >= 0 AND ${condition}
    ORDER BY ${order} LIMIT 1
    FOR UPDATE SKIP LOCKED`.execute(tx.db);
  return rows[0];
}

/** Whether every slice is deleted and proven, those included that somebody works on just now. */
export async function allSlicesDone(ds: DatasetDb, deletionId: string): Promise<boolean> {
  const { rows } = await sql<{ done: boolean }>`
    SELECT bool_and(phase = 'done') AS done FROM ${ds.tables.deletion_slice} WHERE deletion_id = ${deletionId}`.execute(
    ds.db,
  );
  return rows[0]?.done ?? false;
}

/**
 * Deletes from every place of the slice what belongs to the users of the range, in the order of places.ts, and returns the rows of each
 * kind and how many users leave each set. The frozen set's own memberships stay: they are the work list, until the proof.
 */
export async function deleteRange(
  tx: StepTx,
  range: WorkRange,
  rest = async () => {},
): Promise<{ rows: RowCounts; leavers: Map<number, number> }> {
  const rows: RowCounts = { ...noRows };
  let leavers = new Map<number, number>();
  for (const place of placesInSlices) {
    if (place.table === 'membership') {
      leavers = await deleteOtherMemberships(tx, range, place);
      rows.memberships = [...leavers.values()].reduce((sum, count) => sum + count, 0);
    } else {
      rows[place.name as keyof RowCounts] = await deleteFrom(tx, range, place);
    }
    await rest();
  }
  return { rows, leavers };
}

async function deleteFrom(tx: StepTx, range: WorkRange, place: Place): Promise<number> {
  const result = await sql`
    DELETE FROM ${tx.partition(place.table as PartitionedTable, range.slice)}
    WHERE ${isInRange(range, place)}`.execute(tx.db);
  return Number(result.numAffectedRows ?? 0n);
}

/** Memberships of other sets go now; returns how many of each set. */
async function deleteOtherMemberships(tx: StepTx, range: WorkRange, place: Place): Promise<Map<number, number>> {
  const { rows } = await sql<{ set_no: number; count: number }>`
    WITH deleted AS (
      DELETE FROM ${tx.partition('membership', range.slice)}
      WHERE ${isInRange(range, place)} AND set_no <> ${range.setNo}
      RETURNING set_no)
    SELECT set_no, count(*) FROM deleted GROUP BY set_no`.execute(tx.db);
  return new Map(rows.map((row) => [row.set_no, row.count]));
}

/** Longer than most writers hold an identity, and much shorter than PostgreSQL's `deadlock_timeout`. */
const anyOrderLockTimeoutMs = 20;

/** What the deletion of identities has to know besides. */
interface Erasing {
  deletionId: string;
  now: Date;
  /** Whether nobody else is likely to write to the dataset: a matter of speed, not of what becomes of it. */
  isAlone: boolean;
}

/**
 * Identities are the only rows that a step shares with returning users, whose writers re-point them in order of (type, value):
 * they are locked in the same order, and after everything else, so that nobody waits longer than this statement takes. A job that is
 * alone meets no writer, and spares itself the sorting and the locks; should one come all the same, it lets go and does it in order.
 * Those that go are entered into the ledger in the same statement.
 */
export async function deleteIdentities(
  tx: StepTx,
  ids: string,
  { deletionId, now, isAlone }: Erasing,
): Promise<number> {
  const deleteAndNote = async (gone: RawBuilder<unknown>) => {
    const { rows } = await sql<{ count: number }>`
      WITH ${gone},
      noted AS (
        INSERT INTO ${tx.tables.erasure} (at, deletion_id, identities, hashes)
        SELECT ${now}::timestamptz, ${deletionId}, count(*), string_agg(${erasureHash(sql`type`, sql`value`)}, ''::bytea)
        FROM gone HAVING count(*) > 0
        RETURNING identities)
      SELECT coalesce(sum(identities), 0)::bigint AS count FROM noted`.execute(tx.db);
    return rows[0]?.count ?? 0;
  };
  const inAnyOrder = () => deleteAndNote(goneInAnyOrder(tx, ids));
  const count = isAlone ? await attemptInStep(tx, anyOrderLockTimeoutMs, inAnyOrder) : undefined;
  return count ?? deleteAndNote(goneInOrder(tx, ids));
}

const isDoomed = (ids: string) => isAnyOf(arrayOf(ids), 'profile_id');

function goneInAnyOrder(tx: StepTx, ids: string): RawBuilder<unknown> {
  return sql`gone AS (DELETE FROM ${tx.tables.identity} WHERE ${isDoomed(ids)} RETURNING type, value)`;
}

/** One that was re-pointed meanwhile belongs to a fresh profile and is left alone: the lock waits, then looks at the row again. */
function goneInOrder(tx: StepTx, ids: string): RawBuilder<unknown> {
  return sql`
    doomed AS MATERIALIZED (
      SELECT ctid FROM ${tx.tables.identity} WHERE ${isDoomed(ids)}
      ORDER BY type, value
      FOR UPDATE),
    gone AS (
      DELETE FROM ${tx.tables.identity} WHERE ctid = ANY (ARRAY(SELECT ctid FROM doomed)) RETURNING type, value)`;
}

export interface SliceProgress {
  slice: number;
  phase: SlicePhase;
  afterId: string;
  rowsDeleted: RowCounts;
  profilesDeleted: number;
  workMs: number;
  /** The moment of saving: with its last range a slice is deleted. */
  at: Date;
}

/** Saves what a step has done, in the step's own transaction: it commits all of that or nothing. The next phase begins at the beginning. */
export async function saveSlice(tx: StepTx, job: RunningDeletion, done: SliceProgress): Promise<void> {
  await sql`
    UPDATE ${tx.tables.deletion_slice}
    SET phase = ${done.phase}, after_id = ${done.afterId}::bigint, rows_deleted = ${JSON.stringify(done.rowsDeleted)}::jsonb,
        profiles_deleted = ${done.profilesDeleted}, work_ms = work_ms + ${done.workMs}, steps = steps + 1,
        deleted_at = ${done.phase === 'verifying' ? done.at : null}::timestamptz
    WHERE deletion_id = ${job.id} AND slice = ${done.slice}`.execute(tx.db);
}
