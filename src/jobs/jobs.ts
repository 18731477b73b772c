import { setTimeout as sleep } from 'node:timers/promises';

/**
 * The step engine. A job is a row somewhere that says how far it has come; a step does the next part and moves the row in the
 * same transaction, so a crash, a restart, a lost connection and a second server are all the same case. The engine only decides
 * when to try: who takes a step is decided by row locks in the database.
 */
export interface JobKind<Job = unknown> {
  name: string;
  /** Steps of one job that run at once on this server. */
  workers: number;
  /** The jobs that are not finished; asked when woken and at every poll. */
  open(): Promise<Job[]>;
  /** Names a job among those of its kind. */
  keyOf(job: Job): string;
  /**
   * One transaction's worth of work. `more`: call again at once, `pauseMs`: after a pause. `idle`: others hold what is left, or it
   * waits for something; try at the next poll. `finished`: this job is done.
   */
  step(job: Job): Promise<'more' | { pauseMs: number } | 'idle' | 'finished'>;
  /** Called after a step failed, and with null after one succeeded again. */
  failed?(job: Job, failure: StepFailure | null): Promise<void>;
}

export interface StepFailure {
  error: unknown;
  attempt: number;
  nextTryAt: Date;
}

export interface Jobs {
  /** Looks for open jobs now instead of at the next poll. */
  wake(): void;
  /** Starts no further step, waits for those under way, and returns. */
  stop(): Promise<void>;
}

const pollMs = 1_000;
const pauseMsMax = 10_000;

/** Starts working on the jobs of all given kinds until `stop`. */
export function startJobs(
  kinds: readonly JobKind<never>[],
  onFailure: (kind: string, job: string, failure: StepFailure) => void,
): Jobs {
  const engine = new Engine(kinds as unknown as readonly JobKind[], onFailure);
  const loop = engine.loop();
  return {
    wake: () => engine.wake(),
    stop: async () => {
      engine.stop();
      await loop;
    },
  };
}

class Engine {
  readonly #kinds: readonly JobKind[];
  readonly #onFailure: (kind: string, job: string, failure: StepFailure) => void;
  readonly #running = new Map<string, Promise<void>>();
  /** Kinds whose jobs could not be listed at the last look. */
  readonly #unlisted = new Set<string>();
  /** Aborted to look for jobs at once. */
  #alarm = new AbortController();
  readonly #ending = new AbortController();

  constructor(kinds: readonly JobKind[], onFailure: (kind: string, job: string, failure: StepFailure) => void) {
    this.#kinds = kinds;
    this.#onFailure = onFailure;
  }

  wake(): void {
    this.#alarm.abort();
  }

  stop(): void {
    this.#ending.abort();
  }

  async loop(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      this.#alarm = new AbortController();
      for (const kind of this.#kinds) await this.#look(kind);
      await pause(pollMs, AbortSignal.any([this.#alarm.signal, this.#ending.signal]));
    }
    await Promise.all(this.#running.values());
  }

  /** Starts workers for every open job of a kind that has none yet. */
  async #look(kind: JobKind): Promise<void> {
    for (const job of await this.#openJobs(kind)) {
      for (let worker = 0; worker < kind.workers; worker++) {
        const key = `${kind.name} ${kind.keyOf(job)} ${worker}`;
        if (this.#running.has(key) || this.#ending.signal.aborted) continue;
        const work = this.#work(kind, job).finally(() => this.#running.delete(key));
        this.#running.set(key, work);
      }
    }
  }

  /** The next poll asks again when they cannot be listed; that is said once, not every second. */
  async #openJobs(kind: JobKind): Promise<unknown[]> {
    try {
      const jobs = await kind.open();
      this.#unlisted.delete(kind.name);
      return jobs;
    } catch (error) {
      const failure = { error, attempt: 1, nextTryAt: new Date(Date.now() + pollMs) };
      if (!this.#unlisted.has(kind.name)) this.#onFailure(kind.name, 'all', failure);
      this.#unlisted.add(kind.name);
      return [];
    }
  }

  /** Takes steps until there is nothing to do for this worker. */
  async #work(kind: JobKind, first: unknown): Promise<void> {
    let job = first;
    for (let attempt = 0; !this.#ending.signal.aborted; ) {
      try {
        const result = await kind.step(job);
        if (attempt > 0) await kind.failed?.(job, null);
        attempt = 0;
        if (typeof result === 'object') {
          await pause(result.pauseMs, this.#ending.signal);
          continue;
        }
        if (result === 'finished') this.wake();
        if (result !== 'more') return;
      } catch (error) {
        attempt++;
        const pauseMs = Math.min(pauseMsMax, 100 * 2 ** Math.min(attempt, 10)) * (0.75 + Math.random() / 2);
        const failure = { error, attempt, nextTryAt: new Date(Date.now() + pauseMs) };
        this.#onFailure(kind.name, kind.keyOf(job), failure);
        // Where the database is away, nothing can be written about it either; the failure itself has been said.
        await kind.failed?.(job, failure).catch(() => {});
        await pause(pauseMs, this.#ending.signal);
        const still = await stillOpen(kind, job);
        if (still === undefined) return;
        job = still;
      }
    }
  }
}

/** The job as it stands now, undefined when there is none any more: its dataset may have been deleted, or made anew. */
async function stillOpen(kind: JobKind, job: unknown): Promise<unknown> {
  const open = await kind.open().catch(() => [job]);
  return open.find((one) => kind.keyOf(one) === kind.keyOf(job));
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}
