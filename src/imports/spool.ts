import { createHash, type Hash } from 'node:crypto';
import { createWriteStream, existsSync, readdirSync } from 'node:fs';
import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { type ErrorKind, LetheError } from '../errors.ts';
import { syncFolder } from '../files.ts';

/** The file that an import is read from, until it ends: `LETHE_DATA_DIR/imports/<dataset>/<id>`, readable by this user alone. */
export function spoolPath(dataDir: string, datasetId: string, importId: string): string {
  return join(spoolFolder(dataDir, datasetId), importId);
}

function spoolFolder(dataDir: string, datasetId: string): string {
  return join(dataDir, 'imports', datasetId);
}

/** Makes the empty file of an import, before the database knows the import: a crash leaves a file that the next start finds. */
export async function createSpool(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await (await open(path, 'wx', 0o600)).close();
  syncFolder(dirname(path));
}

/** A file that has been received. */
export interface Received {
  /** Size, unpacked. */
  bytes: number;
  /** SHA-256 of the upload as it came. */
  hash: Buffer;
}

/**
 * Writes an upload to its file, unpacked, in constant memory; it is safely on disk when this returns.
 *
 * Throws `import.gzip` when what came is not whole gzip data, `import.no_room` when the disk is full, and `import.upload_broken`
 * when the sender went away.
 */
export async function receiveSpool(path: string, upload: Readable, packed: boolean): Promise<Received> {
  const file = createWriteStream(path, { flush: true });
  // The upload itself is not destroyed when unpacking or writing fails: its connection has to carry the answer.
  const hash = createHash('sha256');
  const source = hashed(upload.iterator({ destroyOnReturn: false }), hash);
  try {
    await (packed ? pipeline(source, createGunzip(), file) : pipeline(source, file));
  } catch (error) {
    const broken = upload.errored !== null;
    upload.resume();
    await finished(upload).catch(() => {});
    throw refusalOf(error, broken);
  }
  return { bytes: file.bytesWritten, hash: hash.digest() };
}

async function* hashed(chunks: AsyncIterable<Buffer>, hash: Hash): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}

/** SHA-256 of an upload that is not kept. */
export async function hashUpload(upload: Readable): Promise<Buffer> {
  const hash = createHash('sha256');
  for await (const chunk of upload) hash.update(chunk as Buffer);
  return hash.digest();
}

function refusalOf(error: unknown, broken: boolean): unknown {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const refuse = (kind: ErrorKind, name: string, detail: string) =>
    new LetheError(kind, `import.${name}`, `${detail} Nothing was imported.`, { cause: error });
  if (broken) return refuse('unreadable', 'upload_broken', 'The upload broke off.');
  if (/^Z_/.test(code)) return refuse('unreadable', 'gzip', 'The body is not whole gzip data.');
  if (code === 'ENOSPC' || code === 'EDQUOT') return refuse('away', 'no_room', 'The disk of the server is full.');
  return error;
}

export async function removeSpool(path: string): Promise<void> {
  await rm(path, { force: true });
}

/** All files of a dataset. */
export async function removeSpools(dataDir: string, datasetId: string): Promise<void> {
  await rm(spoolFolder(dataDir, datasetId), { recursive: true, force: true });
}

/** Ids of the datasets that have a folder for files here. */
export function spooledDatasets(dataDir: string): Promise<string[]> {
  return namesIn(join(dataDir, 'imports'));
}

/** Ids of the imports of a dataset that have a file here. */
export function spooledImports(dataDir: string, datasetId: string): Promise<string[]> {
  return namesIn(spoolFolder(dataDir, datasetId));
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Every spool file of a data directory: folder of the dataset, and import. Asked before anything is received. */
export function leftSpools(dataDir: string): { datasetId: string; importId: string }[] {
  const folder = join(dataDir, 'imports');
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((datasetId) =>
    readdirSync(join(folder, datasetId)).map((importId) => ({ datasetId, importId })),
  );
}

/** The bytes of a spool file from a position on, in chunks. */
export async function* spoolChunks(path: string, fromByte: number): AsyncGenerator<Buffer> {
  const file = await open(path, 'r');
  try {
    for (let position = fromByte; ; ) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

const chunkBytes = 131_072;
