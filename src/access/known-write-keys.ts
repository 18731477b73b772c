import type { Db } from '../database/postgres.ts';
import { isStorable } from '../http/validation.ts';
import { findDatasetOfWriteKey, noteUseOfWriteKey, type OpenedDataset } from './write-key-sql.ts';

/** A key that was withdrawn works for so long at most, and a new one may take as long. */
const believedMs = 1_000;
/** How often the last use of a key is written down. */
const noteEveryMs = 60_000;
/** Keys that are remembered, unknown ones included; more are only ever tried by somebody who guesses. */
const rememberedMax = 10_000;

interface Remembered {
  found: Promise<OpenedDataset | undefined>;
  askedAt: number;
}

/** The write keys that come with requests, looked up once a second and not once a request. */
export class KnownWriteKeys {
  readonly #reads: Db;
  readonly #writes: Db;
  readonly #now: () => Date;
  readonly #remembered = new Map<string, Remembered>();
  readonly #notedAt = new Map<number, number>();

  constructor({ reads, writes }: { reads: Db; writes: Db }, now: () => Date) {
    this.#reads = reads;
    this.#writes = writes;
    this.#now = now;
  }

  /** The dataset that events with this key go to; undefined when there is no such key. */
  async find(key: string): Promise<OpenedDataset | undefined> {
    // PostgreSQL takes no NUL in a text, and no key has one.
    if (!isStorable(key)) return undefined;
    const opened = await this.#look(key);
    if (opened) this.#noteUse(opened.keyNo);
    return opened;
  }

  #look(key: string): Promise<OpenedDataset | undefined> {
    // Not the installation's clock: this is about how long something really takes.
    const at = performance.now();
    const remembered = this.#remembered.get(key);
    if (remembered && at - remembered.askedAt < believedMs) return remembered.found;
    if (this.#remembered.size >= rememberedMax) this.#remembered.clear();
    const found = findDatasetOfWriteKey(this.#reads, key);
    this.#remembered.set(key, { found, askedAt: at });
    found.catch(() => this.#remembered.delete(key));
    return found;
  }

  #noteUse(no: number): void {
    const at = performance.now();
    const notedAt = this.#notedAt.get(no);
    if (notedAt !== undefined && at - notedAt < noteEveryMs) return;
    this.#notedAt.set(no, at);
    // Nobody waits for it, and when it cannot be written the next use does it.
    noteUseOfWriteKey(this.#writes, no, this.#now()).catch(() => this.#notedAt.delete(no));
  }
}
