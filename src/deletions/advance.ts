import type { Announce } from '../announcements.ts';
import type { Dataset } from '../database/handle.ts';
import { on } from '../database/handle.ts';
import type { Database } from '../database/postgres.ts';
import { completeDeletion } from './complete.ts';
import type { RunningDeletion } from './deletion.ts';
import { type ProofSize, proveNextRange, wholeSlices } from './prove.ts';
import { type RenewLog, scrubNext } from './scrub.ts';
import { deleteNextRange, type StepPlan } from './step.ts';
import { allSlicesDone } from './step-sql.ts';

export interface Advance {
  database: Database;
  announce: Announce;
  size: StepPlan;
  /** Without it, slices are proven whole. */
  proofSize?: ProofSize;
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
    provesAtOnce = false,
    beforeCompletion,
    renewLog,
    now,
  } = how;
  const subject = { dataset: dataset.id, deletion: job.id };
  const deleteNext = async () => {
    const step = await deleteNextRange(dataset, database.steps, job, size, now);
    if (step) announce('deletion.step', { ...subject, ...step });
    return step !== undefined;
  };
  const proveNext = async () => {
    const proof = await proveNextRange(dataset, database.steps, job, proofSize, now);
    if (proof && !proof.clean)
      announce('deletion.leftovers', { ...subject, slice: proof.slice, leftovers: proof.leftovers });
    return proof !== undefined;
  };
  const [first, then] = provesAtOnce ? [proveNext, deleteNext] : [deleteNext, proveNext];
  if ((await first()) || (await then())) return 'more';
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
