import { type Dataset, on } from '../database/handle.ts';
import type { JobKind } from '../jobs/jobs.ts';
import type { Lethe } from '../lethe.ts';
import { vacuumIdentities, vacuumSlice } from './housekeeping-sql.ts';

/** Partitions to vacuum after a bulk deletion; lost in a crash, which leaves them to autovacuum. */
interface Vacuum {
  dataset: Dataset;
  slices: number[];
}

/** As long as autovacuum's. Where somebody is being served, each changed page is in the log before their next commit. */
const pauseMs = 2;
const gentlePauseMs = 10;

/** Longer than a step takes, unless LETHE_DELETION_STEP_MS_MAX is longer: then a vacuum goes on between two of them. */
const atWorkForMs = 2_500;

/**
 * The vacuums after bulk deletions. They wait while another one works at full speed: beside the vacuum after a smaller one, half of
 * 1,000,000 users took 1.1 times as long.
 */
export class Vacuums {
  readonly #lethe: Lethe;
  readonly #due: Vacuum[] = [];
  #deletionWorkedAt = Number.NEGATIVE_INFINITY;

  constructor(lethe: Lethe) {
    this.#lethe = lethe;
  }

  /** A bulk deletion that nothing holds back has taken a step. */
  deletionWorked(): void {
    // No clock that may be put back: vacuums would wait for its old time.
    this.#deletionWorkedAt = performance.now();
  }

  /** A bulk deletion of this dataset is over. */
  deletionEnded(dataset: Dataset): void {
    this.#deletionWorkedAt = Number.NEGATIVE_INFINITY;
    const slices = Array.from({ length: dataset.partitions }, (_, slice) => slice);
    const due = this.#due.find((one) => one.dataset.no === dataset.no);
    if (due) due.slices = slices;
    else this.#due.push({ dataset, slices });
  }

  jobs(): JobKind<Vacuum> {
    return {
      name: 'vacuum',
      workers: 1,
      open: async () => (this.#mayGoOn() ? this.#due.slice(0, 1) : []),
      keyOf: ({ dataset }) => dataset.id,
      step: async (vacuum) => {
        if (!this.#mayGoOn()) return 'idle';
        try {
          await this.#vacuumNext(vacuum);
        } catch (error) {
          // A courtesy, not a duty: the dataset may be gone by now, and autovacuum does the rest.
          this.#drop(vacuum);
          throw error;
        }
        return this.#due.includes(vacuum) ? 'more' : 'finished';
      },
    };
  }

  #mayGoOn(): boolean {
    return performance.now() - this.#deletionWorkedAt > atWorkForMs;
  }

  async #vacuumNext(vacuum: Vacuum): Promise<void> {
    const { database, answerTimes } = this.#lethe;
    const ds = on(vacuum.dataset, database.steps);
    const pause = answerTimes?.look().length ? gentlePauseMs : pauseMs;
    const slice = vacuum.slices.pop();
    if (slice !== undefined) return vacuumSlice(ds, slice, pause);
    await vacuumIdentities(ds, pause);
    // Another deletion may have ended meanwhile.
    if (vacuum.slices.length === 0) this.#drop(vacuum);
  }

  #drop(vacuum: Vacuum): void {
    const at = this.#due.indexOf(vacuum);
    if (at >= 0) this.#due.splice(at, 1);
  }
}
