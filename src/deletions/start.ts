import type { Actor } from '../access/permissions.ts';
import { recordAudit } from '../audit/record.ts';
import { withExclusiveGate } from '../database/gate.ts';
import type { Dataset, DatasetDb } from '../database/handle.ts';
import { on } from '../database/handle.ts';
import { type Db, sqlState } from '../database/postgres.ts';
import { LetheError } from '../errors.ts';
import { newId } from '../ids.ts';
import { type Rule, ruleDigest } from '../segments/rule.ts';
import { deletionUrl, type Erasure } from './deletion.ts';
import {
  findRunning,
  findSegment,
  freezeSegment,
  insertDeletion,
  insertSlices,
  type SegmentToDelete,
} from './start-sql.ts';

export interface StartRequest {
  segmentId: string;
  /** The exact number of users that whoever asks has seen and confirmed. */
  expectedUsers: number;
  erasure?: Erasure;
  actor: Actor;
  /** Asked behind the gate: the start is when nobody writes any more to the users who are frozen, not when it was asked for. */
  now(): Date;
}

/**
 * Starts the bulk deletion of a segment's users: one transaction that records the job, disables the segment and freezes its set.
 * It takes milliseconds for any number of users, because the frozen set is the segment's own membership rows. From its commit on
 * nothing can stop the job. Returns the job's id.
 *
 * Throws, in this order: `segment.unknown`, `deletion.already_running`, `segment.computing`, `deletion.nothing_to_delete`,
 * `deletion.users_changed`.
 */
export async function startDeletion(db: Db, dataset: Dataset, request: StartRequest): Promise<string> {
  // Asked before the gate too: of many simultaneous requests most then never stand in its queue, where they would hold up writers.
  const ds = on(dataset, db);
  await requireSegment(ds, request.segmentId);
  await refuseWhileRunning(ds);
  try {
    return await withExclusiveGate(dataset, db, async (tx) => {
      await refuseWhileRunning(tx);
      const segment = await findSegment(tx, request.segmentId);
      if (!segment) throw unknownSegment();
      checkStartable(segment, request.expectedUsers);
      return record(tx, segment, request);
    });
  } catch (error) {
    // The last word has the database: one row without an end a dataset.
    if (sqlState(error) === '23505') await refuseWhileRunning(ds);
    throw error;
  }
}

/** Throws `segment.unknown`. */
export async function requireSegment(ds: DatasetDb, id: string): Promise<void> {
  if (!(await findSegment(ds, id))) throw unknownSegment();
}

function checkStartable(segment: SegmentToDelete, expectedUsers: number): void {
  if (segment.state === 'computing') {
    throw new LetheError(
      'conflict',
      'segment.computing',
      'The users of this segment are still being computed. Start again when it is ready.',
    );
  }
  if (segment.users === 0) throw new LetheError('conflict', 'deletion.nothing_to_delete', 'This segment has no users.');
  if (segment.users !== expectedUsers) {
    throw new LetheError(
      'conflict',
      'deletion.users_changed',
      `The segment now has ${segment.users} users, not ${expectedUsers}. Nothing was deleted. Look at the preview again and confirm the new number.`,
      { members: { expected: expectedUsers, actual: segment.users } },
    );
  }
}

async function record(
  tx: DatasetDb,
  segment: SegmentToDelete,
  { actor, erasure = 'standard', now }: StartRequest,
): Promise<string> {
  const startedAt = now();
  const id = newId(16, 'del');
  const rule: Rule | null = segment.rule === null ? null : JSON.parse(segment.rule);
  const requestedBy = { kind: actor.kind, id: actor.id, name: actor.name };
  await insertDeletion(tx, { id, segment, ruleDigest: ruleDigest(rule), requestedBy, erasure, startedAt });
  await insertSlices(tx, id);
  await freezeSegment(tx, segment.no);
  await recordAudit(tx.db, {
    actor,
    action: 'deletion.started',
    dataset: tx.dataset,
    object: { kind: 'deletion', id },
    after: { segment: { id: segment.id, name: segment.name }, users: segment.users, consent: true, erasure },
    at: startedAt,
  });
  return id;
}

async function refuseWhileRunning(ds: DatasetDb): Promise<void> {
  const running = await findRunning(ds);
  if (!running) return;
  const url = deletionUrl(ds.dataset.id, running.id);
  throw new LetheError(
    'conflict',
    'deletion.already_running',
    'Another bulk deletion is running in this dataset; only one can at a time.',
    {
      members: { job: { id: running.id, url } },
      location: url,
    },
  );
}

function unknownSegment(): LetheError {
  return new LetheError('notFound', 'segment.unknown', 'There is no such segment in this dataset.');
}
