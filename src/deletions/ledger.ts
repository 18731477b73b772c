import type { DatasetDb } from '../database/handle.ts';
import { appendEntries, readEntries, syncEntries } from './ledger-file.ts';
import { findEntries, keysOf, type LedgerEntryInShort, type LedgerKey, listInShort } from './ledger-sql.ts';

const keysAtOnce = 1_000;
/**
 * So many identities are read at once, 16 bytes each and twice that on their way; a larger entry by itself. Whoever waits for an answer
 * meanwhile waits for what is done with them.
 */
export const identitiesAtOnce = 4_000;

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
  /** By number of dataset: the largest number that was copied, and the entries shortly before it that were, by id. */
  readonly #copied = new Map<number, Copied>();
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
    const copied = this.#copied.get(ds.dataset.no) ?? (await this.#copiedBefore(ds));
    this.#copied.set(ds.dataset.no, copied);
    for (let after = Math.max(0, copied.last - lateNumbers); ; ) {
      const listed = await listInShort(ds, after, keysAtOnce);
      const open = listed.filter(({ id }) => !copied.numbers.has(id));
      await this.#append(ds, open, copied.numbers);
      after = listed.at(-1)?.no ?? after;
      if (listed.length < keysAtOnce) break;
    }
    for (const no of copied.numbers.values()) copied.last = Math.max(copied.last, no);
    for (const [id, no] of copied.numbers) if (no < copied.last - lateNumbers) copied.numbers.delete(id);
  }

  async #copiedBefore(ds: DatasetDb): Promise<Copied> {
    await syncEntries(this.#folder, ds.dataset);
    return { last: 0, numbers: await entriesInFile(this.#folder, ds) };
  }

  async #append(ds: DatasetDb, open: readonly LedgerEntryInShort[], copied: Map<string, number>): Promise<void> {
    if (open.length === 0) return;
    const appended: LedgerKey[] = [];
    const read = async function* () {
      for (const portion of portions(open)) {
        const entries = await findEntries(
          ds,
          portion.map(({ no }) => no),
        );
        yield entries;
        appended.push(...portion);
      }
    };
    await appendEntries(this.#folder, ds.dataset, read());
    for (const { id, no } of appended) copied.set(id, no);
  }
}

function* portions(open: readonly LedgerEntryInShort[]): Generator<LedgerEntryInShort[]> {
  let portion: LedgerEntryInShort[] = [];
  let identities = 0;
  for (const entry of open) {
    if (portion.length > 0 && identities + entry.identities > identitiesAtOnce) {
      yield portion;
      portion = [];
      identities = 0;
    }
    portion.push(entry);
    identities += entry.identities;
  }
  if (portion.length > 0) yield portion;
}

interface Copied {
  last: number;
  /** Numbers of entries by their ids. */
  numbers: Map<string, number>;
}

/** What a server that stopped has copied before. */
async function entriesInFile(folder: string, ds: DatasetDb): Promise<Map<string, number>> {
  const numbers = new Map<string, number>();
  let ids: string[] = [];
  const look = async () => {
    for (const { id, no } of await keysOf(ds, ids)) numbers.set(id, no);
    ids = [];
  };
  for await (const { id } of readEntries(folder, ds.dataset)) if (ids.push(id) === keysAtOnce) await look();
  await look();
  return numbers;
}
