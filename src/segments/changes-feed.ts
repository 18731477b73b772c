import { setTimeout as sleep } from 'node:timers/promises';
import { type Dataset, type DatasetDb, on } from '../database/handle.ts';
import { isAway } from '../database/postgres.ts';
import { messageOf } from '../errors.ts';
import type { Lethe } from '../lethe.ts';
import { type ChangeRow, type FollowedState, listChanges, readFollowed } from './changes-sql.ts';
import { touchFollowing } from './following-sql.ts';

/** What became visible between two snapshots, all of it, in order. */
export interface Chunk {
  after: string;
  upto: string;
  changes: readonly ChangeRow[];
  readAt: number;
}

const pollMs = 500;
/** Chunks are for readers who keep up. Whoever is slower reads the table itself, where nobody is who was deleted meanwhile. */
const chunkMsMax = 10_000;
const changesHeldMax = 20_000;
const touchMs = 600_000;
const changesPerRead = 5_000;

/**
 * The changes of one segment as this server reads them, once for all who follow it here: two small statements every half second
 * while there are any. It remembers what was read in the last seconds and nothing else.
 */
export class Feed {
  readonly #lethe: Lethe;
  readonly #dataset: Dataset;
  readonly #segmentId: string;
  #state: FollowedState | undefined;
  #chunks: Chunk[] = [];
  #readers = 0;
  #news = Promise.withResolvers<void>();
  #reading: Promise<void> = Promise.resolve();
  #touchedAt = performance.now();
  /** Set when nothing is read any more: the segment or its dataset is gone, or its changes are not kept. */
  #ended = false;
  #isAway = false;

  constructor(lethe: Lethe, dataset: Dataset, segmentId: string) {
    this.#lethe = lethe;
    this.#dataset = dataset;
    this.#segmentId = segmentId;
  }

  get readers(): number {
    return this.#readers;
  }

  get ds(): DatasetDb {
    return on(this.#dataset, this.#lethe.database.reads);
  }

  get hasEnded(): boolean {
    return this.#ended;
  }

  /** Whether the database could not be reached at the last look. */
  get isAway(): boolean {
    return this.#isAway;
  }

  /** How the segment stood at the last look: all that was committed by its snapshot can be told. */
  get state(): FollowedState | undefined {
    return this.#state;
  }

  /** Begins to read, if nobody has yet. What comes back from here on is newer than whatever the reader has seen before. */
  async enter(): Promise<void> {
    this.#readers++;
    if (this.#readers === 1) void this.#keepReading();
    await this.read();
  }

  leave(): void {
    this.#readers--;
  }

  /** The chunk that goes on behind a snapshot, when it is remembered. */
  chunkAfter(snapshot: string): Chunk | undefined {
    return this.#chunks.find((chunk) => chunk.after === snapshot);
  }

  /** Waits until it has looked again. */
  news(): Promise<void> {
    return this.#news.promise;
  }

  end(): void {
    this.#ended = true;
    this.#tell();
  }

  /** Looks once more, after every look that is under way. */
  read(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#readOnce());
    return this.#reading;
  }

  async #keepReading(): Promise<void> {
    while (this.#readers > 0 && !this.#ended) {
      await sleep(pollMs, undefined, { ref: false });
      if (this.#readers > 0) await this.read();
    }
  }

  async #readOnce(): Promise<void> {
    if (this.#ended) return;
    try {
      await this.#touch();
      const state = await readFollowed(this.ds, this.#segmentId);
      // Followed anew, its changes in between are not known: whoever comes back is told so.
      if (!state || (this.#state && state.following !== this.#state.following)) return this.end();
      if (this.#state) await this.#readWindow(this.#state.snapshot, state);
      this.#state = state;
      this.#isAway = false;
    } catch (error) {
      this.#isAway = isAway(error);
      if (!this.#isAway) {
        this.#lethe.announce('segment.following_failed', {
          dataset: this.#dataset.id,
          segment: this.#segmentId,
          error: messageOf(error),
        });
        return this.end();
      }
    }
    this.#tell();
  }

  async #readWindow(after: string, { segmentNo, snapshot: upto }: FollowedState): Promise<void> {
    if (upto === after) return;
    const changes: ChangeRow[] = [];
    for (let seq = 0; changes.length < changesHeldMax; ) {
      const some = await listChanges(this.ds, segmentNo, { after, upto, seq }, changesPerRead);
      changes.push(...some);
      if (some.length < changesPerRead) return this.#remember({ after, upto, changes, readAt: performance.now() });
      seq = some.at(-1)?.seq ?? seq;
    }
    // Too much to be held: everybody reads it for himself.
    this.#chunks = [];
  }

  #remember(chunk: Chunk): void {
    this.#chunks.push(chunk);
    let held = this.#chunks.reduce((sum, { changes }) => sum + changes.length, 0);
    for (;;) {
      const [oldest] = this.#chunks;
      if (!oldest || (held <= changesHeldMax && performance.now() - oldest.readAt <= chunkMsMax)) return;
      held -= oldest.changes.length;
      this.#chunks.shift();
    }
  }

  async #touch(): Promise<void> {
    if (performance.now() - this.#touchedAt < touchMs) return;
    this.#touchedAt = performance.now();
    await touchFollowing(on(this.#dataset, this.#lethe.database.writes), this.#segmentId, this.#lethe.now());
  }

  #tell(): void {
    const { resolve } = this.#news;
    this.#news = Promise.withResolvers();
    resolve();
  }
}

/** The feeds of one server: one for each segment that somebody follows here. */
export class Feeds {
  readonly #lethe: Lethe;
  readonly #feeds = new Map<string, Feed>();

  constructor(lethe: Lethe) {
    this.#lethe = lethe;
  }

  /** Streams of this server just now. */
  get readers(): number {
    return [...this.#feeds.values()].reduce((sum, feed) => sum + feed.readers, 0);
  }

  /** Reads from the feed of a segment, which is kept up for as long as that goes on. */
  async *with<T>(dataset: Dataset, segmentId: string, read: (feed: Feed) => AsyncGenerator<T>): AsyncGenerator<T> {
    const key = `${dataset.no} ${segmentId}`;
    let feed = this.#feeds.get(key);
    if (!feed || feed.hasEnded) {
      feed = new Feed(this.#lethe, dataset, segmentId);
      this.#feeds.set(key, feed);
    }
    try {
      await feed.enter();
      yield* read(feed);
    } finally {
      feed.leave();
      if (feed.readers === 0 && this.#feeds.get(key) === feed) this.#feeds.delete(key);
    }
  }

  /** Ends every feed, and with it what its readers are told. */
  end(): void {
    for (const feed of this.#feeds.values()) feed.end();
  }
}
