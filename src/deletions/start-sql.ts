import { sql } from 'kysely';
import type { DatasetDb } from '../database/handle.ts';
import type { Erasure, RequestedBy, RunningDeletion } from './deletion.ts';
import { singleDeletionsSlice } from './deletion.ts';

export async function findRunning(ds: DatasetDb): Promise<RunningDeletion | undefined> {
  const { rows } = await sql<RunningDeletion>`
    SELECT id, set_no AS "setNo", segment_no AS "segmentNo", erasure
    FROM ${ds.tables.deletion} WHERE completed_at IS NULL`.execute(ds.db);
  return rows[0];
}

export interface SegmentToDelete {
  no: number;
  id: string;
  name: string;
  kind: string;
  rule: string | null;
  enabled: boolean;
  state: 'computing' | 'ready' | 'deleting';
  setNo: number;
  users: number;
}

/** The segment with its exact number of users, read from the counter: a count would take seconds where the gate is held. */
export async function findSegment(ds: DatasetDb, id: string): Promise<SegmentToDelete | undefined> {
  const { rows } = await sql<SegmentToDelete>`
    SELECT no, id, name, kind, rule::text AS rule, enabled, state, set_no AS "setNo",
           (SELECT coalesce(sum(c.users), 0)::bigint FROM ${ds.tables.segment_count} c WHERE c.set_no = s.set_no) AS users
    FROM ${ds.tables.segment} s WHERE id = ${id}`.execute(ds.db);
  return rows[0];
}

export interface NewDeletion {
  id: string;
  segment: SegmentToDelete;
  ruleDigest: string;
  requestedBy: RequestedBy;
  erasure: Erasure;
  startedAt: Date;
}

/** Records the job. Fails with 23505 (deletion_one_running) when another one runs in this dataset. */
export async function insertDeletion(
  ds: DatasetDb,
  { id, segment, ruleDigest, requestedBy, erasure, startedAt }: NewDeletion,
): Promise<void> {
  await sql`
    INSERT INTO ${ds.tables.deletion}
      (id, segment_no, segment_id, segment_name, segment_kind, rule, rule_digest, set_no, users, requested_by, erasure, started_at)
    VALUES (${id}, ${segment.no}, ${segment.id}, ${segment.name}, ${segment.kind}, ${segment.rule}::json, ${ruleDigest},
            ${segment.setNo}, ${segment.users}, ${JSON.stringify(requestedBy)}::jsonb, ${erasure}, ${startedAt})`.execute(
    ds.db,
  );
}

/** A slice for each partition, and the one that counts single deletions, which has no work of its own. */
export async function insertSlices(ds: DatasetDb, deletionId: string): Promise<void> {
  await sql`
    INSERT INTO ${ds.tables.deletion_slice} (deletion_id, slice, phase)
    SELECT ${deletionId}, slice, CASE WHEN slice < 0 THEN 'done' ELSE 'deleting' END
    FROM generate_series(${singleDeletionsSlice}::int, ${ds.dataset.partitions - 1}::int) AS slice`.execute(ds.db);
}

/** Disables the segment and hands its set to the job: from this commit on nobody joins and nobody leaves. */
export async function freezeSegment(ds: DatasetDb, segmentNo: number): Promise<void> {
  await sql`
    UPDATE ${ds.tables.segment}
    SET state = 'deleting', enabled = false, disabled_because = 'deletion', generation = generation + 1
    WHERE no = ${segmentNo}`.execute(ds.db);
}
