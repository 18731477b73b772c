import { statfs } from 'node:fs/promises';
import { on } from '../database/handle.ts';
import { isAway, isOutOfRoom, isRetryable, sqlState } from '../database/postgres.ts';
import { LetheError } from '../errors.ts';
import type { StepFailure } from '../jobs/jobs.ts';
import type { Lethe } from '../lethe.ts';
import type { DeletionOfDataset } from './deletion.ts';
import { type JobRow, saveHeartbeat } from './job-sql.ts';

/** What keeps running bulk deletions from going on, said where everybody can read it: in the job's own answer. */
export class Difficulties {
  readonly #lethe: Lethe;
  /** Jobs of which nothing is said. A job that another server left may have something said of it. */
  readonly #quiet = new Set<string>();

  constructor(lethe: Lethe) {
    this.#lethe = lethe;
  }

  /** Nothing failed, but something has to change outside before the job goes on. */
  async heldBack(deletion: DeletionOfDataset, heldBackBy: string): Promise<void> {
    this.#lethe.announce('deletion.held_back', { dataset: deletion.dataset.id, deletion: deletion.job.id, heldBackBy });
    await this.#say(deletion, heldBackBy, null);
  }

  async failed(deletion: DeletionOfDataset, failure: StepFailure): Promise<void> {
    await this.#say(deletion, null, describe(failure));
  }

  async over(deletion: DeletionOfDataset): Promise<void> {
    if (!this.#quiet.has(deletion.job.id)) await this.#say(deletion, null, null);
    this.#quiet.add(deletion.job.id);
  }

  /** On a connection of its own: no step makes it wait. */
  async #say(
    { dataset, job }: DeletionOfDataset,
    heldBackBy: string | null,
    failure: JobRow['failure'],
  ): Promise<void> {
    this.#quiet.delete(job.id);
    const { database, now } = this.#lethe;
    await saveHeartbeat(on(dataset, database.heartbeat), job.id, { at: now(), heldBackBy, failure });
  }
}

/**
 * Deleting writes to the log of the database before it frees anything, so no step begins below the low-water mark. Known only for
 * the embedded database, whose disk is this machine's.
 */
export async function shortOfRoom({ settings }: Lethe): Promise<string | undefined> {
  if (settings.databaseUrl || settings.diskFreeBytesMin === 0) return undefined;
  const { bavail, bsize } = await statfs(settings.dataDir);
  if (bavail * bsize >= settings.diskFreeBytesMin) return undefined;
  return `less than ${Math.round(settings.diskFreeBytesMin / 1_048_576)} MB of disk is free; it goes on when there is room`;
}

/** Somebody else holds rows or the gate that a step needs: it is tried again, and nothing is wrong. */
export function isWaiting(error: unknown): boolean {
  return (
    isRetryable(error) || (error instanceof LetheError && ['database.busy', 'deletion.waits'].includes(error.code))
  );
}

/** What is said of such an error in the job's own answer. */
export function waitingFor(error: unknown): string {
  return error instanceof LetheError && error.code === 'deletion.waits'
    ? error.message
    : 'others hold rows that the next step needs; it goes on when they are done';
}

function describe({ error, nextTryAt }: StepFailure): NonNullable<JobRow['failure']> {
  const at = { nextTryAt: nextTryAt.toISOString() };
  if (isAway(error)) return { code: 'database.away', detail: 'The database is not reachable. Nothing is lost.', ...at };
  if (isOutOfRoom(error))
    return { code: 'database.out_of_room', detail: 'The database has no room left. Nothing is lost.', ...at };
  // The database's own text may quote values of a row; its code says enough.
  const why = sqlState(error) ?? 'internal error';
  return {
    code: 'deletion.step_failed',
    detail: `A step failed (${why}); the log has the reason. Nothing is lost.`,
    ...at,
  };
}
