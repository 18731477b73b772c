import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { LetheError, messageOf } from './errors.ts';

export interface DataDirectory {
  /** Lets the next Lethe in. Harmless when called again. */
  release(): void;
}

/**
 * Creates the data directory if need be and takes it for this process alone.
 *
 * The lock is a POSIX record lock, which the kernel drops with the process however it ends, so that neither a crash nor a
 * process id that is used again can leave it behind. Node cannot take such a lock itself; SQLite, which Node contains, takes
 * one when a transaction is begun exclusively. Nothing else may open `lock` in this process: closing any descriptor of a file
 * drops the process's locks on it.
 *
 * Throws `data_dir.in_use` when another Lethe has it and `data_dir.unwritable` when it cannot be written.
 */
export function takeDataDirectory(dataDir: string): DataDirectory {
  makeWritable(dataDir);
  const holderFile = join(dataDir, 'lock.pid');
  const lock = openLock(dataDir, holderFile);
  held.add(lock);
  writeHolder(holderFile);
  return {
    release() {
      if (!held.delete(lock)) return;
      rmSync(holderFile, { force: true });
      lock.close();
    },
  };
}

/** A lock that is not referred to any more would be collected, and closed with that. */
const held = new Set<DatabaseSync>();

function openLock(dataDir: string, holderFile: string): DatabaseSync {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(join(dataDir, 'lock'), { timeout: 0 });
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    throw refusal(dataDir, holderFile, error);
  }
}

function makeWritable(dataDir: string): void {
  try {
    mkdirSync(dirname(dataDir), { recursive: true });
    if (!existsSync(dataDir)) mkdirSync(dataDir, { mode: 0o700 });
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new LetheError(
      'away',
      'data_dir.unwritable',
      `The data directory ${dataDir} cannot be written (${messageOf(error)}). ` +
        'Give this user the folder, or set LETHE_DATA_DIR to one that it may write.',
      { cause: error },
    );
  }
}

function refusal(dataDir: string, holderFile: string, error: unknown): LetheError {
  const busy = (error as { errcode?: number }).errcode === sqliteBusy;
  if (!busy) {
    return new LetheError(
      'away',
      'data_dir.unwritable',
      `The data directory ${dataDir} cannot be locked (${messageOf(error)}): it must be on a file system with file locks.`,
      { cause: error },
    );
  }
  const pid = readHolder(holderFile);
  return new LetheError(
    'conflict',
    'data_dir.in_use',
    `The data directory ${dataDir} is in use by another Lethe${pid ? ` (process ${pid})` : ''}. ` +
      'Stop that one first (lethe stop), or set LETHE_DATA_DIR to another folder.',
    { members: { dataDir, ...(pid ? { pid } : {}) } },
  );
}

const sqliteBusy = 5;

/** Only for the message to others, so that a full disk need not stop the start. */
function writeHolder(holderFile: string): void {
  try {
    writeFileSync(holderFile, `${process.pid}\n`);
  } catch {
    rmSync(holderFile, { force: true });
  }
}

/** Undefined while the holder may have taken the lock and not written its id yet. */
function readHolder(holderFile: string): number | undefined {
  try {
    return Number(readFileSync(holderFile, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}
