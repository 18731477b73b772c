import { sql } from 'kysely';
import type { ExclusiveTx } from '../database/gate.ts';
import type { RowCounts } from '../profiles/places.ts';
import type { Erasure, RequestedBy, SlicePhase } from './deletion.ts';
import type { ScrubState } from './scrub-sql.ts';

export interface FinishedSlice {
  slice: number;
  phase: SlicePhase;
  rowsDeleted: Partial<RowCounts>;
  profilesDeleted: number;
  usersListed: number | null;
  leftovers: RowCounts | null;
  digest: Buffer | null;
  /** When the last of its users was deleted, and when that was proven; null for the slice of single deletions. */
  deletedAt: Date | null;
  provenAt: Date | null;
}

/** Every slice in order, the one of single deletions first. */
export async function readSlices(tx: ExclusiveTx, deletionId: string): Promise<FinishedSlice[]> {
  const { rows } = await sql<FinishedSlice>`
    SELECT slice, phase, rows_deleted AS "rowsDeleted", profiles_deleted AS "profilesDeleted", users_listed AS "usersListed",
           leftovers, digest, deleted_at AS "deletedAt", proven_at AS "provenAt"
    FROM ${tx.tables.deletion_slice} WHERE deletion_id = ${deletionId} ORDER BY slice`.execute(tx.db);
  return rows;
}

export interface DeletionToComplete {
  segmentNo: number;
  segmentId: string;
  segmentName: string;
  ruleDigest: string;
  setNo: number;
  users: number;
  requestedBy: RequestedBy;
  startedAt: Date;
  erasure: Erasure;
  scrub: ScrubState | null;
}

/** The job, if it is still running. */
export async function findDeletionToComplete(
  tx: ExclusiveTx,
  deletionId: string,
): Promise<DeletionToComplete | undefined> {
  const { rows } = await sql<DeletionToComplete>`
    SELECT segment_no AS "segmentNo", segment_id AS "segmentId", segment_name AS "segmentName", rule_digest AS "ruleDigest",
           set_no AS "setNo", users, requested_by AS "requestedBy", started_at AS "startedAt",
           erasure, scrub
    FROM ${tx.tables.deletion} WHERE id = ${deletionId} AND completed_at IS NULL`.execute(tx.db);
  return rows[0];
}

export async function saveCompletion(
  tx: ExclusiveTx,
  deletionId: string,
  done: { completedAt: Date; leftovers: Record<string, number>; digest: string; receipt: string },
): Promise<void> {
  await sql`
    UPDATE ${tx.tables.deletion}
    SET completed_at = ${done.completedAt}, verified_at = ${done.completedAt}, leftovers = ${JSON.stringify(done.leftovers)}::jsonb,
        frozen_set_digest = ${done.digest}, receipt = ${done.receipt}
    WHERE id = ${deletionId}`.execute(tx.db);
  await sql`DELETE FROM ${tx.tables.deletion_heartbeat} WHERE deletion_id = ${deletionId}`.execute(tx.db);
}

/** The segment is its editors' again: empty, and disabled until one of them enables it. */
export async function releaseSegment(tx: ExclusiveTx, { segmentNo, setNo }: DeletionToComplete): Promise<void> {
  // All its rows are gone, also of profiles that were not there any more; then none is counted either.
  await sql`UPDATE ${tx.tables.segment_count} SET users = 0 WHERE set_no = ${setNo}`.execute(tx.db);
  await sql`UPDATE ${tx.tables.segment} SET state = 'ready', generation = generation + 1 WHERE no = ${segmentNo}`.execute(
    tx.db,
  );
}
