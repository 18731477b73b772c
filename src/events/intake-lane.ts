import type { Dataset } from '../database/handle.ts';
import { type Db, isAway, isOutOfRoom } from '../database/postgres.ts';
import { LetheError } from '../errors.ts';
import { StepSize } from '../jobs/step-size.ts';
import { identityKey } from './groups.ts';
import type { IntakeWatchers } from './intake.ts';
import type { Incoming } from './message.ts';
import { type WriteContext, type WriteResult, writeMessages } from './write.ts';

/** The messages of one request, and who waits for what becomes of them. */
export interface TakenRequest {
  incoming: readonly Incoming[];
  resolve(results: WriteResult[]): void;
  reject(error: unknown): void;
}

/** A request with the identities that it locks. */
interface WaitingRequest extends TakenRequest {
  /** In the order of their arrival. */
  no: number;
  identities: readonly string[];
  /** Transactions that began without it, but with later ones, since another was writing to one of its users. */
  passes: number;
}

/** Transactions of one dataset at once: as many as keep the database busy while this process prepares the next. */
const transactionsMax = 2;

/** Beside another, a transaction is worth beginning with this share of what one takes, or while so few messages are being written. */
const besideShare = 0.25;
const fewMessages = 50;

/** Whoever was passed over so many times is written before anything else begins beside another. */
const passesMax = 10;

/** Messages of a transaction: as many as it writes in the time that the gate may be held. */
const size = { first: 200, min: 50, max: 1_000, msMax: 150 };

interface LaneOptions {
  db: Db;
  context(): WriteContext;
  onWritten: IntakeWatchers['onWritten'];
}

/**
 * The requests of one dataset that wait, and their way into the database: many in one transaction, and two transactions at once of
 * requests that have no identity in common. Had they one, the second would wait in the database for the first, half done.
 */
export class IntakeLane {
  readonly #dataset: Dataset;
  readonly #options: LaneOptions;
  readonly #size = new StepSize(size);
  readonly #ready: WaitingRequest[] = [];
  /** Those that name somebody whom a transaction under way writes to. */
  readonly #held: WaitingRequest[] = [];
  #added = 0;
  /** The identities of the requests that are being written. */
  readonly #named = new Set<string>();
  #writing = 0;
  /** Messages that are being written. */
  #underWay = 0;

  constructor(dataset: Dataset, options: LaneOptions) {
    this.#dataset = dataset;
    this.#options = options;
  }

  add(request: TakenRequest): void {
    const identities = new Set(request.incoming.flatMap(({ message }) => message.identities.map(identityKey)));
    this.#put({ ...request, no: this.#added++, identities: [...identities], passes: 0 });
  }

  /**
   * Whether a transaction should begin now: at once when none is under way, beside a small one with whatever waits, and beside a
   * large one only with enough messages to be worth it. So while few come, none waits for another user's, and under load transactions
   * grow instead of getting in each other's way.
   */
  isDue(): boolean {
    if (this.#ready.length === 0 || this.#writing >= transactionsMax) return false;
    if (this.#writing === 0) return true;
    const isWorthIt = this.#underWay <= fewMessages || countOf(this.#ready) >= besideShare * this.#size.current;
    return isWorthIt && !this.#held.some(({ passes }) => passes >= passesMax);
  }

  /** Writes the requests that waited longest. Never fails: each of them learns what became of it. */
  async writeNext(): Promise<void> {
    const requests = this.#takeRequests();
    const count = countOf(requests);
    this.#writing++;
    this.#underWay += count;
    const startedAt = performance.now();
    await this.#write(requests);
    const ms = performance.now() - startedAt;
    // A few messages take their time for other reasons, such as waiting for the gate.
    if (count >= size.min) this.#size.learn(count, ms);
    this.#options.onWritten({ messages: count, seconds: ms / 1_000 });
    this.#writing--;
    this.#underWay -= count;
    for (const { identities } of requests) for (const key of identities) this.#named.delete(key);
    const waiting = [...this.#held.splice(0), ...this.#ready.splice(0)].sort((a, b) => a.no - b.no);
    for (const request of waiting) this.#put(request);
  }

  #put(request: WaitingRequest): void {
    const isHeld = request.identities.some((key) => this.#named.has(key));
    (isHeld ? this.#held : this.#ready).push(request);
  }

  /** Whole requests until there are enough: the messages of a request stay together. */
  #takeRequests(): WaitingRequest[] {
    let count = 0;
    const last = this.#ready.findIndex(({ incoming }) => {
      count += incoming.length;
      return count >= this.#size.current;
    });
    const taken = this.#ready.splice(0, last < 0 ? this.#ready.length : last + 1);
    for (const { identities } of taken) for (const key of identities) this.#named.add(key);
    for (const request of this.#ready.splice(0)) this.#put(request);
    const latest = Math.max(...taken.map(({ no }) => no));
    for (const request of this.#held) if (request.no < latest) request.passes++;
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

function countOf(requests: readonly TakenRequest[]): number {
  return requests.reduce((sum, { incoming }) => sum + incoming.length, 0);
}
