import type { Announce } from '../announcements.ts';
import { withStep } from '../database/gate.ts';
import type { Dataset } from '../database/handle.ts';
import { on } from '../database/handle.ts';
import type { Database } from '../database/postgres.ts';
import { completeDeletion } from './complete.ts';
import type { RunningDeletion } from './deletion.ts';
import { type ProofSize, proveRanges, wholeSlices } from './prove.ts';
import { type RenewLog, scrubNext } from './scrub.ts';
import { deleteRanges, type StepPlan } from './step.ts';
import { allSlicesDone, takeSlice } from './step-sql.ts';

export interface Advance {
  database: Database;
  announce: Announce;
  size: StepPlan;
  /** Without it, slices are proven whole. */
  proofSize?: ProofSize;
  /** Workers of this job: where slices are small, a step takes several and leaves the others their share. Without it, one at a time. */
  workers?: number;
  /** Whether a slice that has been deleted is proven before another one is begun; otherwise when none is left to delete. */
  provesAtOnce?: boolean;
  /** Makes safe elsewhere what has to be before a job may be called completed: the ledger's file. */
  beforeCompletion?: () => Promise<void>;
  renewLog?: RenewLog;
  now: Date;
}

/**
 * Moves a bulk deletion on by one transaction: the next range of a slice, or the proof of a range of one that has been deleted, or, when
 * there is neither, the completion. `idle` when others hold everything that is left to do just now.
 */
export async function advance(
  dataset: Dataset,
  job: RunningDeletion,
  how: Advance,
): Promise<'more' | 'idle' | 'finished'> {
  const {
    database,
    announce,
    size,
    proofSize = wholeSlices,
    workers = Number.POSITIVE_INFINITY,
    provesAtOnce = false,
    beforeCompletion,
    renewLog,
    now,
  } = how;
  const subject = { dataset: dataset.id, deletion: job.id };
  const moved = await withStep(dataset, database.steps, `lethe deletion ${job.id}`, async (tx) => {
    const slice = await takeSlice(tx, job.id, provesAtOnce ? 'verifying' : 'deleting');
    if (!slice) return undefined;
    if (slice.phase === 'deleting') return { step: await deleteRanges(tx, job, slice, { size, workers, now }) };
    return { proof: await proveRanges(tx, job, slice, { size: proofSize, workers, now }) };
  });
  if (moved?.step) announce('deletion.step', { ...subject, ...moved.step });
  if (moved?.proof && !moved.proof.clean) {
    announce('deletion.leftovers', { ...subject, slices: moved.proof.slices, leftovers: moved.proof.leftovers });
  }
  if (moved) return 'more';
  // Most of it while others are still at their last slices.
  await beforeCompletion?.();
  if (!(await allSlicesDone(on(dataset, database.steps), job.id))) return 'idle';
  if (job.erasure === 'scrub') {
    const scrub = await scrubNext(dataset, database.steps, job.id, { renewLog, now });
    if (scrub !== 'done') return scrub;
  }
  await beforeCompletion?.();
  const receipt = await completeDeletion(dataset, database.starts, job.id, now);
  if (receipt) announce('deletion.completed', { ...subject, users: receipt.users, rowsDeleted: receipt.rowsDeleted });
  return 'finished';
}
