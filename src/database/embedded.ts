import { realpathSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { takeDataDirectory } from '../data-directory.ts';
import { LetheError, messageOf } from '../errors.ts';
import { type Ballast, createBallast } from './embedded/ballast.ts';
import { findBinaries } from './embedded/binaries.ts';
import { type Cluster, clusterFolder, openCluster, readPassword } from './embedded/cluster.ts';
import {
  configurationDiffers,
  configurationText,
  serverSettings,
  thisMachine,
  writeConfiguration,
} from './embedded/configuration.ts';
import type { EmbeddedLog } from './embedded/events.ts';
import { databaseUrl, ensureDatabase, superuserUrl } from './embedded/first-database.ts';
import { type Launcher, launchersForThisUser } from './embedded/launcher.ts';
import { boundLog } from './embedded/log-file.ts';
import { findFreePort } from './embedded/port.ts';
import {
  findPostmaster,
  isUp,
  type Postmaster,
  StartFailure,
  startPostmaster,
  stopPostmaster,
  waitUntil,
} from './embedded/postmaster.ts';
import { renewLog } from './embedded/renew-log.ts';
import { watch } from './embedded/watch.ts';

export interface EmbeddedOptions {
  dataDir: string;
  log: EmbeddedLog;
  /** Settings of PostgreSQL that differ from Lethe's own. */
  settings?: Record<string, string>;
  /** Ways to run PostgreSQL, best first; those for this process's user unless told otherwise. */
  launchers?: readonly Launcher[];
  /** Gives up a start that is under way. */
  signal?: AbortSignal;
}

export interface EmbeddedServer {
  /** `postgres://…` of the database `lethe`. It stays the same when the server has to be restarted. */
  readonly url: string;
  /** Process id of the server as it is now. */
  readonly pid: number;
  /** Lets it go on with a log that holds nothing of before; see embedded/renew-log.ts. */
  renewLog(): Promise<void>;
  /** Called when the server died and is back: its connections are gone, what was committed is there. */
  onRestart(callback: () => void): void;
  /** Ends the server and gives the data directory back. */
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL of a data directory, or takes over one that has outlived its Lethe, and restarts it when it dies.
 * The process goes on until `stop` is called, as with every open server.
 *
 * Throws `data_dir.in_use`, `data_dir.unwritable`, `database.not_installed`, `database.root`, `database.version`,
 * `database.password_lost` or `database.start_failed`.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const directory = takeDataDirectory(options.dataDir);
  try {
    const dataDir = realpathSync(options.dataDir);
    const cluster = await openCluster(dataDir, findBinaries(), options.launchers ?? launchersForThisUser());
    const ballast = createBallast(dataDir);
    const server = (await takeOver(cluster, options)) ?? (await firstStart(cluster, ballast, options));
    try {
      await ensureDatabase(server.port, cluster.password);
    } catch (error) {
      await stopPostmaster(server);
      throw error;
    }
    return lookAfter(server, cluster, ballast, options, directory.release);
  } catch (error) {
    directory.release();
    throw explained(error, options.dataDir);
  }
}

/** A file that belongs to somebody else is the usual outcome of a start as root before one as somebody else. */
function explained(error: unknown, dataDir: string): unknown {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (error instanceof LetheError || !['EACCES', 'EPERM', 'EROFS'].includes(code)) return error;
  return new LetheError(
    'away',
    'data_dir.unwritable',
    `Something in the data directory ${dataDir} cannot be used by this user (${messageOf(error)}): give it to this user.`,
    { cause: error },
  );
}

/** The address of a data directory's server while it runs, whoever started it: for a command beside the server. */
export function findEmbedded(dataDir: string): string | undefined {
  try {
    const folder = realpathSync(clusterFolder(dataDir));
    const server = findPostmaster(folder);
    const password = readPassword(dataDir);
    return server?.status === 'ready' && password ? databaseUrl(server.port, password) : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined when there is nothing to take over, or nothing that can go on as it is. */
async function takeOver(
  cluster: Cluster,
  { log, settings = {}, signal }: EmbeddedOptions,
): Promise<Postmaster | undefined> {
  const found = findPostmaster(cluster.folder);
  if (found === undefined) return undefined;
  if (found.status !== 'stopping' && !configurationDiffers(cluster.folder, settingsText(cluster, settings))) {
    const starting = () => ['', 'starting'].includes(findPostmaster(cluster.folder)?.status ?? 'gone');
    await waitUntil(() => !starting() || signal?.aborted === true, Number.POSITIVE_INFINITY);
    signal?.throwIfAborted();
    if (isUp(found)) {
      log('database.taken_over', { pid: found.pid, port: found.port });
      return found;
    }
  }
  await stopPostmaster(found);
  return undefined;
}

async function firstStart(cluster: Cluster, ballast: Ballast, options: EmbeddedOptions): Promise<Postmaster> {
  const begunAt = performance.now();
  const server = await start(cluster, ballast, options);
  const ms = Math.round(performance.now() - begunAt);
  options.log('database.started', { pid: server.pid, port: server.port, ms });
  return server;
}

function settingsText(cluster: Cluster, settings: Record<string, string>): string {
  return configurationText(serverSettings(thisMachine(cluster.dataDir)), settings);
}

const triesMax = 5;
const otherServerPauseMs = 500;

/** Starts the server, with what can be done about the usual obstacles: a port taken in between, another server, a full disk. */
async function start(
  cluster: Cluster,
  ballast: Ballast,
  { log, settings = {}, signal }: EmbeddedOptions,
  port?: number,
): Promise<Postmaster> {
  boundLog(cluster.logFile);
  writeConfiguration(cluster.folder, settingsText(cluster, settings));
  for (let tries = 1; ; tries += 1) {
    try {
      return await startPostmaster(cluster, {
        port: port ?? (await findFreePort()),
        onSlow: (seconds) => log('database.recovering', { seconds }),
        signal,
      });
    } catch (error) {
      if (!(error instanceof StartFailure)) throw error;
      if (error.portTaken && port === undefined && tries < triesMax) continue;
      if (error.otherServer && tries < triesMax) {
        await pause(otherServerPauseMs);
        continue;
      }
      if (error.diskFull && ballast.spend()) {
        log('database.ballast_spent');
        continue;
      }
      throw startFailed(cluster, error);
    }
  }
}

function startFailed(cluster: Cluster, failure: StartFailure): LetheError {
  const advice = failure.diskFull ? 'The disk is full: make room on it. ' : '';
  return new LetheError(
    'away',
    'database.start_failed',
    `The embedded PostgreSQL did not start: ${failure.message}. ${advice}Its log: ${cluster.logFile}`,
    { cause: failure },
  );
}

function lookAfter(
  first: Postmaster,
  cluster: Cluster,
  ballast: Ballast,
  options: EmbeddedOptions,
  release: () => void,
): EmbeddedServer {
  let server = first;
  const callbacks: (() => void)[] = [];
  const stopping = new AbortController();
  const { signal } = stopping;
  const watching = watch(first, {
    restart: () => start(cluster, ballast, { ...options, signal }, first.port),
    onRestarted(restarted) {
      server = restarted;
      for (const callback of callbacks) callback();
    },
    async housekeeping() {
      boundLog(cluster.logFile);
      await ballast.keep(signal);
    },
    log: options.log,
    signal,
  });
  return {
    url: databaseUrl(first.port, cluster.password),
    get pid() {
      return server.pid;
    },
    renewLog: () => renewLog(superuserUrl(first.port, cluster.password), cluster.folder),
    onRestart(callback) {
      callbacks.push(callback);
    },
    async stop() {
      const begunAt = performance.now();
      stopping.abort();
      await watching;
      const inOrder = await stopPostmaster(server);
      release();
      options.log('database.stopped', { inOrder, ms: Math.round(performance.now() - begunAt) });
    },
  };
}
