import type { DatasetDb } from '../database/handle.ts';
import { appendEntries, readEntries } from './ledger-file.ts';
import { findEntries, listNumbers, numbersOf } from './ledger-sql.ts';

const numbersAtOnce = 1_000;
/** At most some 25,000 identities of 16 bytes each. */
const entriesAtOnce = 20;

/**
 * Numbers are given out before the commit, so that an entry may appear after larger ones. No transaction is open for as long as
 * that many others take.
 */
const lateNumbers = 5_000;

/**
 * Keeps the files of the ledger of deletions, beside the database: whatever backup the database is restored from, they still say
 * who was deleted. Each server keeps files of its own, and in each are all deletions.
 */
export class Ledger {
  readonly #folder: string;
  /** By number of dataset: the largest number that was copied, and which of those shortly before it were. */
  readonly #copied = new Map<number, { last: number; numbers: Set<number> }>();
  /** Two at once would copy twice. */
  #copying: Promise<void> = Promise.resolve();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Copies every entry that is committed and not yet in the file. They are safely on disk when this returns. */
  copy(ds: DatasetDb): Promise<void> {
    const copying = this.#copying.catch(() => {}).then(() => this.#copyOpen(ds));
    this.#copying = copying;
    return copying;
  }

  async #copyOpen(ds: DatasetDb): Promise<void> {
    const copied = this.#copied.get(ds.dataset.no) ?? { last: 0, numbers: await numbersInFile(this.#folder, ds) };
    this.#copied.set(ds.dataset.no, copied);
    for (let after = Math.max(0, copied.last - lateNumbers); ; ) {
      const numbers = await listNumbers(ds, after, numbersAtOnce);
      await this.#append(
        ds,
        numbers.filter((no) => !copied.numbers.has(no)),
        copied.numbers,
      );
      after = numbers.at(-1) ?? after;
      if (numbers.length < numbersAtOnce) break;
    }
    for (const no of copied.numbers) copied.last = Math.max(copied.last, no);
    for (const no of copied.numbers) if (no < copied.last - lateNumbers) copied.numbers.delete(no);
  }

  async #append(ds: DatasetDb, open: readonly number[], copied: Set<number>): Promise<void> {
    for (let at = 0; at < open.length; at += entriesAtOnce) {
      const entries = await findEntries(ds, open.slice(at, at + entriesAtOnce));
      await appendEntries(this.#folder, ds.dataset, entries);
      for (const { no } of entries) copied.add(no);
    }
  }
}

/** What a server that stopped has copied before. */
async function numbersInFile(folder: string, ds: DatasetDb): Promise<Set<number>> {
  const numbers = new Set<number>();
  let ids: string[] = [];
  const look = async () => {
    for (const no of await numbersOf(ds, ids)) numbers.add(no);
    ids = [];
  };
  for await (const { id } of readEntries(folder, ds.dataset)) if (ids.push(id) === numbersAtOnce) await look();
  await look();
  return numbers;
}
