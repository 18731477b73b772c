import { createReadStream, existsSync, mkdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract as extractTar } from 'tar-stream';
import { takeDataDirectory } from '../../data-directory.ts';
import { LetheError, messageOf } from '../../errors.ts';
import { syncFolder, writeFileDurably } from '../../files.ts';
import { clusterEntry, importsEntry, type Manifest, manifestName, manifestSchema, passwordEntry } from './archive.ts';
import { findBinaries } from './binaries.ts';
import { clusterFolder } from './cluster.ts';

/**
 * Puts a backup made by `backUpCluster` into a data directory that holds no database yet. It is unpacked aside and moved into
 * place once all of it is safe on disk: a restore that was interrupted leaves nothing. The next start of the server brings it to
 * the state of the moment when the backup ended.
 *
 * Throws `backup.unreadable`, `database.version`, `data_dir.not_empty`, and what taking a data directory throws.
 */
export async function restoreCluster(dataDir: string, file: string): Promise<Manifest> {
  const directory = takeDataDirectory(dataDir);
  try {
    return await unpackInto(realpathSync(dataDir), file);
  } finally {
    directory.release();
  }
}

async function unpackInto(dataDir: string, file: string): Promise<Manifest> {
  if (existsSync(clusterFolder(dataDir))) {
    throw new LetheError(
      'conflict',
      'data_dir.not_empty',
      `There is a database in ${dataDir} already, and nothing of it was touched. Set LETHE_DATA_DIR to another folder, or move this one away first.`,
    );
  }
  // Its name is that of half-made clusters, so that the next start removes what an interruption leaves.
  const staging = join(dataDir, `postgres.new-${process.pid}`);
  mkdirSync(staging, { mode: 0o700 });
  try {
    const { manifest, password } = await unpack(file, staging);
    writeFileDurably(join(dataDir, 'postgres.password'), password, 0o600);
    moveIfThere(join(staging, importsEntry), join(dataDir, 'imports'));
    renameSync(join(staging, clusterEntry), clusterFolder(dataDir));
    syncFolder(dataDir);
    return manifest;
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

function moveIfThere(from: string, to: string): void {
  if (!existsSync(from)) return;
  rmSync(to, { recursive: true, force: true });
  renameSync(from, to);
}

async function unpack(file: string, folder: string): Promise<{ manifest: Manifest; password: string }> {
  const entries = extractTar();
  let manifest: Manifest | undefined;
  let password: string | undefined;
  const reading = pipeline(createReadStream(file), createGunzip(), entries);
  // Reported where the entries are read; without this the first failure of the two would end the process.
  reading.catch(() => {});
  try {
    for await (const entry of entries) {
      const { name, type } = entry.header;
      if (name === manifestName) manifest = readManifest(await text(readable(entry)));
      else if (!manifest) throw unreadable(file, 'it is no backup of Lethe');
      else if (name === passwordEntry) password = await text(readable(entry));
      else if (type === 'directory') mkdirSync(within(folder, name), { recursive: true, mode: 0o700 });
      else await writeWhole(within(folder, name), readable(entry));
      entry.resume();
    }
    await reading;
  } catch (error) {
    throw error instanceof LetheError ? error : unreadable(file, messageOf(error), error);
  }
  if (!manifest || password === undefined || !existsSync(join(folder, clusterEntry, 'backup_label'))) {
    throw unreadable(file, 'it is not whole');
  }
  return { manifest, password };
}

function readManifest(content: string): Manifest {
  const manifest = manifestSchema.parse(JSON.parse(content));
  const { major } = findBinaries();
  if (manifest.postgres !== major) {
    throw new LetheError(
      'conflict',
      'database.version',
      `The backup was made of PostgreSQL ${manifest.postgres}, this Lethe contains PostgreSQL ${major}: restore it with the Lethe that made it (${manifest.lethe}).`,
      { members: { expected: major, actual: manifest.postgres } },
    );
  }
  return manifest;
}

/** A name that would lead out of the folder is none of ours. */
function within(folder: string, name: string): string {
  const [top = '', ...rest] = name.replace(/\/$/, '').split('/');
  if (![clusterEntry, importsEntry].includes(top) || rest.some((part) => part === '..' || part === '')) {
    throw new Error('it has an entry that belongs nowhere');
  }
  return join(folder, top, ...rest);
}

/** The entries of an archive are streams of another library's. */
function readable(entry: AsyncIterable<unknown>): Readable {
  return Readable.from(entry);
}

async function writeWhole(path: string, content: Readable): Promise<void> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(path, 'wx', 0o600);
  await pipeline(content, file.createWriteStream({ flush: true }));
}

function unreadable(file: string, why: string, cause?: unknown): LetheError {
  return new LetheError('unreadable', 'backup.unreadable', `${file} cannot be restored: ${why}. Nothing was changed.`, {
    cause,
  });
}
