import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Pack } from 'tar-stream';
import { z } from 'zod';

/** The first entry of a backup: what it is, before anything is unpacked. */
export const manifestName = 'lethe-backup.json';

export const manifestSchema = z.object({
  format: z.literal(1),
  /** Major version of the PostgreSQL whose files these are. */
  postgres: z.number().int(),
  lethe: z.string(),
  madeAt: z.iso.datetime(),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** Folders of a backup: the cluster's files, and uploads on their way in. */
export const clusterEntry = 'postgres';
export const importsEntry = 'imports';
export const passwordEntry = 'postgres.password';

export async function addText(pack: Pack, name: string, text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    pack.entry({ name, mode: 0o600 }, text, (error) => (error ? reject(error) : resolve()));
  });
}

export async function addFolder(pack: Pack, name: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    pack.entry({ name, type: 'directory', mode: 0o700 }, (error) => (error ? reject(error) : resolve()));
  });
}

/**
 * Adds a file as it is found, although somebody may be writing it: as many bytes as it had when it was opened, zeros in place of
 * those that were cut off meanwhile. Returns its size; undefined when there is no such file any more.
 */
export async function addFile(pack: Pack, name: string, path: string): Promise<number | undefined> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!file) return undefined;
  try {
    const { size } = await file.stat();
    await pipeline(Readable.from(exactly(file, size)), pack.entry({ name, size, mode: 0o600 }));
    return size;
  } finally {
    await file.close();
  }
}

const chunkBytes = 1_048_576;

async function* exactly(file: FileHandle, size: number): AsyncGenerator<Buffer> {
  for (let left = size; left > 0; ) {
    const chunk = Buffer.alloc(Math.min(chunkBytes, left));
    const { bytesRead } = await file.read(chunk, 0, chunk.length);
    const read = bytesRead === 0 ? chunk : chunk.subarray(0, bytesRead);
    yield read;
    left -= read.length;
  }
}
