import { on } from '../database/handle.ts';
import { isAway, isOutOfRoom, isRetryable, sqlState } from '../database/postgres.ts';
import { LetheError } from '../errors.ts';
import type { StepFailure } from '../jobs/jobs.ts';
import type { Lethe } from '../lethe.ts';
import type { DeletionOfDataset } from './deletion.ts';
import { type JobRow, saveHeartbeat } from './job-sql.ts';

const sayAgainMs = 10_000;

/** What keeps running bulk deletions from going on, said where everybody can read it: in the job's own answer. */
export class Difficulties {
  readonly #lethe: Lethe;
  /**
   * What was said last of jobs that go on, and when: null for nothing, else what makes them slower. A job that another server left
   * may have something said of it, so the first word is always written, and each once more after a while.
   */
  readonly #said = new Map<string, { slower: string | null; at: number }>();

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

  /** It goes on: at full speed, or slower than it could. */
  async over(deletion: DeletionOfDataset, slower: string | null = null): Promise<void> {
    const at = this.#lethe.now().getTime();
    const said = this.#said.get(deletion.job.id);
    if (said?.slower === slower && Math.abs(at - said.at) < sayAgainMs) return;
    const saying = this.#say(deletion, slower, null);
    // The other workers need not say it as well.
    this.#said.set(deletion.job.id, { slower, at });
    await saying.catch((error) => {
      this.#said.delete(deletion.job.id);
      throw error;
    });
  }

  /** On a connection of its own: no step makes it wait. */
  async #say(
    { dataset, job }: DeletionOfDataset,
    heldBackBy: string | null,
    failure: JobRow['failure'],
  ): Promise<void> {
    this.#said.delete(job.id);
    const { database, now } = this.#lethe;
    await saveHeartbeat(on(dataset, database.heartbeat), job.id, { at: now(), heldBackBy, failure });
  }
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
