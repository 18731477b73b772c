import { createWriteStream, existsSync, renameSync, rmSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Pack, pack as packTar } from 'tar-stream';
import packageJson from '../../../package.json' with { type: 'json' };
import { LetheError } from '../../errors.ts';
import { syncFolder } from '../../files.ts';
import {
  addFile,
  addFolder,
  addText,
  clusterEntry,
  importsEntry,
  type Manifest,
  manifestName,
  passwordEntry,
} from './archive.ts';
import { findBinaries } from './binaries.ts';
import { clusterFolder, readPassword } from './cluster.ts';
import { superuserUrl } from './first-database.ts';
import { beginOnlineBackup } from './online-backup.ts';
import { findPostmaster } from './postmaster.ts';

export interface BackupMade {
  /** Bytes of the data files, before they were compressed. */
  bytes: number;
  madeAt: string;
}

/**
 * Copies the database of a data directory into one file, a tar compressed with gzip, while its server serves. The copy holds
 * everything that was committed when the copying ended. The file appears whole or not at all, and only its owner may read it: it
 * holds personal data, the keys that sign, and the database's password.
 *
 * `dataDir` is an absolute path without links, and its server runs. Throws `backup.exists` and `database.not_running`.
 */
export async function backUpCluster(dataDir: string, file: string, now: Date): Promise<BackupMade> {
  if (existsSync(file)) {
    throw new LetheError('conflict', 'backup.exists', `${file} is there already; say another name.`);
  }
  const unfinished = `${file}.unfinished-${process.pid}`;
  try {
    const pack = packTar();
    const written = pipeline(
      pack,
      createGzip({ level: 1 }),
      createWriteStream(unfinished, { mode: 0o600, flags: 'wx' }),
    );
    const madeAt = now.toISOString();
    // Whichever of the two fails, the other one ends too.
    const [bytes] = await Promise.all([
      fill(pack, dataDir, madeAt).catch((error: unknown) => {
        pack.destroy(error instanceof Error ? error : new Error(String(error)));
        throw error;
      }),
      written,
    ]);
    await sync(unfinished);
    renameSync(unfinished, file);
    syncFolder(dirname(file));
    return { bytes, madeAt };
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

async function fill(pack: Pack, dataDir: string, madeAt: string): Promise<number> {
  const folder = clusterFolder(dataDir);
  const password = readPassword(dataDir);
  const server = findPostmaster(folder);
  if (server?.status !== 'ready' || password === undefined) {
    throw new LetheError('away', 'database.not_running', `The database in ${dataDir} does not run.`);
  }
  const manifest: Manifest = { format: 1, postgres: findBinaries().major, lethe: packageJson.version, madeAt };
  await addText(pack, manifestName, JSON.stringify(manifest));
  await addText(pack, passwordEntry, `${password}\n`);
  const backup = await beginOnlineBackup(superuserUrl(server.port, password));
  try {
    let bytes = await addCluster(pack, folder);
    const end = await backup.end();
    await addText(pack, `${clusterEntry}/backup_label`, end.label);
    for (const name of await readdir(join(folder, 'pg_wal'))) {
      if (!/^[0-9A-F]{24}$/.test(name) || name < end.firstLogFile || name > end.lastLogFile) continue;
      bytes += (await addFile(pack, `${clusterEntry}/pg_wal/${name}`, join(folder, 'pg_wal', name))) ?? 0;
    }
    // Last, so that whatever import the database says is under way has its file, unless it has ended since.
    bytes += await addImports(pack, join(dataDir, 'imports'));
    pack.finalize();
    return bytes;
  } finally {
    await backup.close();
  }
}

/** What belongs to the running server, or is made anew at a start. Their folders are needed. */
const emptied = /^(pg_wal|pg_replslot|pg_dynshmem|pg_notify|pg_serial|pg_snapshots|pg_stat_tmp|pg_subtrans)\/./;
const leftOut = /^(postmaster\.(pid|opts)|backup_label.*|.*\/pg_internal\.init|(.*\/)?pgsql_tmp.*|current_logfiles)$/;
/** Copied last, because it says where a recovery begins without a label. */
const controlFile = 'global/pg_control';

async function addCluster(pack: Pack, folder: string): Promise<number> {
  const copied = (name: string) => name !== controlFile && !emptied.test(name) && !leftOut.test(name);
  const bytes = await addTree(pack, clusterEntry, folder, copied);
  await addFolder(pack, `${clusterEntry}/pg_wal/archive_status`);
  return bytes + ((await addFile(pack, `${clusterEntry}/${controlFile}`, join(folder, controlFile))) ?? 0);
}

async function addImports(pack: Pack, folder: string): Promise<number> {
  return existsSync(folder) ? addTree(pack, importsEntry, folder, () => true) : 0;
}

/** Adds a folder with what is in it, as far as `copied` lets it by its path from there; returns the bytes of its files. */
async function addTree(pack: Pack, entry: string, folder: string, copied: (name: string) => boolean): Promise<number> {
  let bytes = 0;
  await addFolder(pack, entry);
  for (const found of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(found.parentPath, found.name);
    const name = path.slice(folder.length + 1);
    if (!copied(name)) continue;
    if (found.isDirectory()) await addFolder(pack, `${entry}/${name}`);
    else if (found.isFile()) bytes += (await addFile(pack, `${entry}/${name}`, path)) ?? 0;
  }
  return bytes;
}

async function sync(path: string): Promise<void> {
  const file = await open(path);
  await file.sync();
  await file.close();
}
