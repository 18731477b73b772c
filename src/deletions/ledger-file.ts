import { createReadStream, existsSync, mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { Dataset } from '../database/handle.ts';
import { LetheError } from '../errors.ts';
import { syncFolder } from '../files.ts';
import type { LedgerEntry } from './ledger-sql.ts';

/** The folder of the ledger's files below a data directory. It lies beside the database, so that no backup of it brings back an old one. */
export function ledgerFolder(dataDir: string): string {
  return join(dataDir, 'ledger');
}

/** A dataset's number never names another one, so neither does its file. */
function fileOf(folder: string, { no, id }: Pick<Dataset, 'no' | 'id'>): string {
  return join(folder, `${id}-${no}.ndjson`);
}

const line = z.object({
  id: z.uuid(),
  at: z.iso.datetime(),
  deletion: z.string().nullable(),
  identities: z.number().int().nonnegative(),
  hashes: z.base64(),
});

export type FiledEntry = Omit<LedgerEntry, 'no'>;

/** Adds portions of entries at the end of a dataset's file: all of them, which are safely on disk when this returns, or none. */
export async function appendEntries(
  folder: string,
  dataset: Dataset,
  portions: AsyncIterable<readonly FiledEntry[]>,
): Promise<void> {
  const path = fileOf(folder, dataset);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = await open(path, 'a', 0o600);
  let size: number | undefined;
  try {
    size = (await file.stat()).size;
    // A line that a crash or a full disk has cut off is ended here, and passed over by whoever reads.
    for await (const entries of portions) await file.appendFile(`\n${entries.map(lineOf).join('\n')}\n`);
    await file.sync();
  } catch (error) {
    // They will be written again: twice in the file, they would take twice the room of a disk that may be full.
    if (size !== undefined) await file.truncate(size).catch(() => {});
    throw error;
  } finally {
    await file.close();
  }
  // Also where a first attempt has left it empty.
  if (size === 0) for (const made of [folder, dirname(folder)]) syncFolder(made);
}

/** Makes safe on disk what a process that was killed has appended last. */
export async function syncEntries(folder: string, dataset: Dataset): Promise<void> {
  const path = fileOf(folder, dataset);
  if (!existsSync(path)) return;
  const file = await open(path, 'r+');
  await file.sync().finally(() => file.close());
}

function lineOf({ id, at, deletionId, identities, hashes }: FiledEntry): string {
  return JSON.stringify({
    id,
    at: at.toISOString(),
    deletion: deletionId,
    identities,
    hashes: hashes.toString('base64'),
  });
}

/**
 * The entries of a dataset's file, one after the other. A line that was cut off when it was written is passed over: its entry
 * was written again. Throws `ledger.unreadable` for anything else that is no entry.
 */
export async function* readEntries(folder: string, dataset: Pick<Dataset, 'no' | 'id'>): AsyncGenerator<FiledEntry> {
  const path = fileOf(folder, dataset);
  if (!existsSync(path)) return;
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (text === '') continue;
    const entry = entryOf(text);
    if (entry) yield entry;
    else if (text.endsWith('}')) {
      throw new LetheError(
        'unreadable',
        'ledger.unreadable',
        `${path} has a line that is no entry of a ledger of deletions.`,
      );
    }
  }
}

function entryOf(text: string): FiledEntry | undefined {
  try {
    const { id, at, deletion, identities, hashes } = line.parse(JSON.parse(text));
    return { id, at: new Date(at), deletionId: deletion, identities, hashes: Buffer.from(hashes, 'base64') };
  } catch {
    return undefined;
  }
}
