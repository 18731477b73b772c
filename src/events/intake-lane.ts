import type { Dataset } from '../database/handle.ts';
import { type Db, isAway, isOutOfRoom } from '../database/postgres.ts';
import { LetheError } from '../errors.ts';
import { StepSize } from '../jobs/step-size.ts';
import type { IntakeWatchers } from './intake.ts';
import type { Incoming } from './message.ts';
import { type WriteContext, type WriteResult, writeMessages } from './write.ts';

/** The messages of one request, and who waits for what becomes of them. */
export interface TakenRequest {
  incoming: readonly Incoming[];
  resolve(results: WriteResult[]): void;
  reject(error: unknown): void;
}

/** Transactions of one dataset at once: beyond two they mostly wait for the same locks. */
const transactionsMax = 2;

/** Messages of a transaction: as many as it writes in the time that the gate may be held. */
const size = { first: 200, min: 50, max: 1_000, msMax: 100 };

interface LaneOptions {
  db: Db;
  context(): WriteContext;
  onWritten: IntakeWatchers['onWritten'];
}

/** The requests of one dataset that wait, and their way into the database: many in one transaction. */
export class IntakeLane {
  readonly #dataset: Dataset;
  readonly #options: LaneOptions;
  readonly #size = new StepSize(size);
  #requests: TakenRequest[] = [];
  #messages = 0;
  #writing = 0;

  constructor(dataset: Dataset, options: LaneOptions) {
    this.#dataset = dataset;
    this.#options = options;
  }

  add(request: TakenRequest): void {
    this.#requests.push(request);
    this.#messages += request.incoming.length;
  }

  /**
   * Whether a transaction should begin now: at once when none is under way, and beside another only with enough messages to be
   * worth it. So a single event does not wait, and under load transactions grow instead of getting in each other's way.
   */
  isDue(): boolean {
    if (this.#requests.length === 0) return false;
    return this.#writing === 0 || (this.#writing < transactionsMax && this.#messages >= this.#size.current);
  }

  /** Writes the requests that waited longest. Never fails: each of them learns what became of it. */
  async writeNext(): Promise<void> {
    const requests = this.#takeRequests();
    const count = requests.reduce((sum, { incoming }) => sum + incoming.length, 0);
    this.#writing++;
    const startedAt = performance.now();
    await this.#write(requests);
    const ms = performance.now() - startedAt;
    // A few messages take their time for other reasons, such as waiting for the gate.
    if (count >= size.min) this.#size.learn(count, ms);
    this.#options.onWritten({ messages: count, seconds: ms / 1_000 });
    this.#writing--;
  }

  /** At least one, whatever its size: the messages of a request stay together. */
  #takeRequests(): TakenRequest[] {
    let count = 0;
    const end = this.#requests.findIndex(({ incoming }, index) => {
      count += incoming.length;
      return index > 0 && count > this.#size.current;
    });
    const taken = this.#requests.splice(0, end < 0 ? this.#requests.length : end);
    for (const { incoming } of taken) this.#messages -= incoming.length;
    return taken;
  }

  async #write(requests: readonly TakenRequest[]): Promise<void> {
    const { db, context } = this.#options;
    const incoming = requests.flatMap((request) => request.incoming);
    try {
      const results = await writeMessages(this.#dataset, db, incoming, context());
      let from = 0;
      for (const request of requests) {
        request.resolve(results.slice(from, from + request.incoming.length));
        from += request.incoming.length;
      }
    } catch (error) {
      if (requests.length === 1 || isOfAll(error)) {
        for (const request of requests) request.reject(error);
        return;
      }
      // Something that one of them brought: halved until it fails alone.
      const half = requests.length >> 1;
      await this.#write(requests.slice(0, half));
      await this.#write(requests.slice(half));
    }
  }
}

/** Whether writing would fail for each of the requests alone as well: the database is away, full, or others are in the way. */
function isOfAll(error: unknown): boolean {
  return error instanceof LetheError || isAway(error) || isOutOfRoom(error);
}
