import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { LetheError } from '../../errors.ts';
import { syncFolder, writeFileDurably } from '../../files.ts';
import type { Binaries } from './binaries.ts';
import { chooseLauncher, type Launcher } from './launcher.ts';

/** What is needed to run the PostgreSQL of one data directory. */
export interface Cluster {
  dataDir: string;
  /** The data files, and the server's working directory: an absolute path without links. */
  folder: string;
  logFile: string;
  /** Of both roles: `lethe`, which owns the database, and `postgres`, the superuser. */
  password: string;
  binaries: Binaries;
  /** Ways to run them, best first. */
  launchers: readonly Launcher[];
}

export function clusterFolder(dataDir: string): string {
  return join(dataDir, 'postgres');
}

/**
 * Makes the cluster of a data directory if it has none. It is made aside and moved into place once it is safe on disk, so that
 * a start that was interrupted leaves nothing half-made. `dataDir` is an absolute path without links.
 */
export async function openCluster(
  dataDir: string,
  binaries: Binaries,
  launchers: readonly Launcher[],
): Promise<Cluster> {
  removeHalfMade(dataDir);
  const folder = clusterFolder(dataDir);
  const password = readPassword(dataDir) ?? makePassword(dataDir, folder);
  const cluster = { dataDir, folder, logFile: join(dataDir, 'postgres.log'), password, binaries, launchers };
  if (existsSync(folder)) {
    refuseOtherVersion(cluster);
    closeToOthers(cluster);
  } else await createCluster(cluster);
  return cluster;
}

/** PostgreSQL does not start in a folder that others may read, as one is that came back from a backup. */
function closeToOthers({ dataDir, folder }: Cluster): void {
  for (const [path, mode] of [
    [folder, 0o700],
    [passwordFile(dataDir), 0o600],
  ] as const) {
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, mode);
  }
}

const stagingPrefix = 'postgres.new-';

function removeHalfMade(dataDir: string): void {
  for (const name of readdirSync(dataDir)) {
    if (name.startsWith(stagingPrefix)) rmSync(join(dataDir, name), { recursive: true, force: true, maxRetries: 3 });
  }
}

const passwordFile = (dataDir: string) => join(dataDir, 'postgres.password');

/** The password of the database's roles; undefined when none was made yet. */
export function readPassword(dataDir: string): string | undefined {
  try {
    return readFileSync(passwordFile(dataDir), 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function makePassword(dataDir: string, folder: string): string {
  if (existsSync(folder)) {
    throw new LetheError(
      'away',
      'database.password_lost',
      `${folder} is there, but its password is not: put the file ${passwordFile(dataDir)} back.`,
    );
  }
  const password = randomBytes(24).toString('hex');
  writeFileDurably(passwordFile(dataDir), `${password}\n`, 0o600);
  return password;
}

async function createCluster({ dataDir, folder, password, binaries, launchers }: Cluster): Promise<void> {
  const staging = join(dataDir, `${stagingPrefix}${process.pid}`);
  mkdirSync(staging, { mode: 0o700 });
  try {
    await initialise(staging, password, binaries, chooseLauncher(binaries.postgres, staging, launchers));
    renameSync(staging, folder);
  } catch (error) {
    rmSync(staging, { recursive: true, force: true });
    throw error;
  }
  syncFolder(dataDir);
}

async function initialise(folder: string, password: string, binaries: Binaries, launcher: Launcher): Promise<void> {
  // The other user may not be able to read the password file itself.
  const handed = `${folder}.password`;
  writeFileSync(handed, password, { mode: 0o600 });
  if (launcher.owner) chownSync(handed, launcher.owner.uid, launcher.owner.gid);
  const [command = '', ...rest] = [
    ...launcher.prefix,
    binaries.initdb,
    `--pgdata=${folder}`,
    '--username=postgres',
    `--pwfile=${handed}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // The same order and the same letters on every machine: neither the system's locales nor ICU.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    // Saves initdb from trying out what fits the machine: the real settings are written before the first start.
    '--set=shared_buffers=32MB',
    '--set=max_connections=100',
  ];
  const child = spawn(command, rest, { cwd: '/', env: serverEnvironment(), stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (chunk) => {
    complaint += chunk;
  });
  const [status] = await once(child, 'close');
  rmSync(handed, { force: true });
  if (status === 0) return;
  throw new LetheError(
    'away',
    'database.not_initialised',
    `The embedded PostgreSQL could not make its files in ${folder}: ${complaint.trim() || `exit status ${status}`}`,
  );
}

/** Nothing of the caller's environment: `PGPORT`, `PGDATA`, `LANG` and the like would change what the server does. */
export function serverEnvironment(): Record<string, string> {
  return { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}

function refuseOtherVersion({ folder, binaries: { major } }: Cluster): void {
  const found = Number.parseInt(readFileSync(join(folder, 'PG_VERSION'), 'utf8'), 10);
  if (found === major) return;
  throw new LetheError(
    'conflict',
    'database.version',
    `${folder} was made by PostgreSQL ${found}, this Lethe contains PostgreSQL ${major}. ` +
      'Use the Lethe that made it, or move the data with pg_dump and pg_restore.',
    { members: { expected: major, actual: found } },
  );
}
