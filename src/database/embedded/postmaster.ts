import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isRunning, processesIn, processFacts, workingDirectory } from '../../processes.ts';
import { type Cluster, serverEnvironment } from './cluster.ts';
import { chooseLauncher } from './launcher.ts';

/** A running PostgreSQL server: its first process, which starts and ends all others. */
export interface Postmaster {
  pid: number;
  /** Tells it from any later process with the same id. */
  identity: string;
  port: number;
  /** Present when it is a child of this process. */
  child?: ChildProcess;
}

/** What the server writes about itself into `postmaster.pid`. */
interface PostmasterFile {
  pid: number;
  port: number;
  /** `starting`, `stopping`, `ready` or `standby`; empty at the very beginning. */
  status: string;
}

/** A start that came to nothing, with what the server's log says about it. */
export class StartFailure extends Error {
  readonly log: string;

  constructor(log: string) {
    const lines = log.trim().split('\n');
    super(lines.findLast((line) => /\b(FATAL|PANIC):/.test(line)) ?? lines.at(-1));
    this.name = 'StartFailure';
    this.log = log;
  }

  get diskFull(): boolean {
    return this.log.includes('No space left on device');
  }

  /** A server that was started a moment before, by a Lethe that is gone, or what is left of one. */
  get otherServer(): boolean {
    return (
      this.log.includes('"postmaster.pid" already exists') || this.log.includes('pre-existing shared memory block')
    );
  }

  get portTaken(): boolean {
    return this.log.includes('could not create any TCP/IP sockets');
  }
}

const pollMs = 10;

/** The server that runs on this folder, whoever started it. `postmaster.pid` may be stale and its process id used again. */
export function findPostmaster(folder: string): (Postmaster & { status: string }) | undefined {
  const file = readPostmasterFile(folder);
  const identity = file && identityOfPostmaster(file.pid, folder);
  return file && identity ? { ...file, identity } : undefined;
}

function readPostmasterFile(folder: string): PostmasterFile | undefined {
  try {
    const lines = readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(lines[0]), port: Number(lines[3]), status: (lines[7] ?? '').trim() };
  } catch {
    return undefined;
  }
}

function identityOfPostmaster(pid: number, folder: string): string | undefined {
  const facts = processFacts(pid);
  const [program = '', ...rest] = facts?.command ?? [];
  if (basename(program) !== 'postgres') return undefined;
  // The working directory is right even when the data directory was moved, but not every user may see it.
  const where = workingDirectory(pid) ?? rest[rest.indexOf('-D') + 1];
  return where === folder ? facts?.identity : undefined;
}

/** Whether this very process is still there. */
export function isUp({ pid, identity }: Postmaster): boolean {
  return processFacts(pid)?.identity === identity;
}

export interface StartOptions {
  port: number;
  /** Called every ten seconds with the seconds gone: a crash is being recovered from. */
  onSlow: (seconds: number) => void;
  signal?: AbortSignal | undefined;
}

/**
 * Starts the server and waits until it accepts connections, as long as that takes. Throws `StartFailure`, and the signal's
 * reason when that ends it.
 */
export async function startPostmaster(cluster: Cluster, options: StartOptions): Promise<Postmaster> {
  await endLeftovers(cluster.folder);
  const logged = statSync(cluster.logFile, { throwIfNoEntry: false })?.size ?? 0;
  const child = spawnServer(cluster, options.port);
  let ended = false;
  for (const event of ['exit', 'error']) {
    child.once(event, () => {
      ended = true;
    });
  }
  const begunAt = Date.now();
  let reportedSeconds = 0;
  while (!ended) {
    const found = findPostmaster(cluster.folder);
    if (found?.pid === child.pid && found?.status === 'ready') return { ...found, child };
    if (options.signal?.aborted) {
      await stopStarting(child);
      throw options.signal.reason;
    }
    const seconds = Math.floor((Date.now() - begunAt) / 10_000) * 10;
    if (seconds > reportedSeconds) options.onSlow(seconds);
    reportedSeconds = seconds;
    await pause(pollMs);
  }
  const log = readFileSync(cluster.logFile).subarray(logged).toString();
  throw new StartFailure(log || `${child.spawnfile} could not be run`);
}

/** In a session of its own: a signal to Lethe's process group (Ctrl-C in a terminal) must not end it before Lethe is done. */
function spawnServer(cluster: Cluster, port: number): ChildProcess {
  const launcher = chooseLauncher(cluster.binaries.postgres, cluster.folder, cluster.launchers);
  const [command = '', ...rest] = [...launcher.prefix, cluster.binaries.postgres];
  const log = openSync(cluster.logFile, 'a', 0o600);
  try {
    const child = spawn(command, [...rest, '-D', cluster.folder, '-p', String(port)], {
      cwd: '/',
      env: { ...serverEnvironment(), ...recycledPid(cluster.folder) },
      detached: true,
      stdio: ['ignore', log, log],
    });
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

/**
 * After a reboot the process id in a stale `postmaster.pid` can be any other program's, and PostgreSQL would refuse to start.
 * It passes over the id of the process that `pg_ctl` was called by, and still makes sure that no old server uses the files.
 */
function recycledPid(folder: string): Record<string, string> {
  const file = readPostmasterFile(folder);
  return file && isRunning(file.pid) ? { PG_GRANDPARENT_PID: String(file.pid) } : {};
}

/** A killed server can leave processes that are in the middle of a statement; a new one does not start before they are gone. */
async function endLeftovers(folder: string): Promise<void> {
  const leftovers = () => processesIn(folder).filter(isPostgres);
  for (const [signal, waitMs] of [
    ['SIGQUIT', 3_000],
    ['SIGKILL', 5_000],
  ] as const) {
    for (const pid of leftovers()) sendSignal(pid, signal);
    if (await waitUntil(() => leftovers().length === 0, waitMs)) return;
  }
}

function isPostgres(pid: number): boolean {
  return /(^|\/)postgres(:|$)/.test(processFacts(pid)?.command[0] ?? '');
}

/**
 * Ends the server: open transactions are rolled back and everything is written to its files. When that takes too long it stops
 * at once, which loses nothing either but makes the next start recover. Says whether it ended in order.
 */
export async function stopPostmaster(server: Postmaster): Promise<boolean> {
  const gone = () => !isUp(server);
  for (const [signal, waitMs] of [
    ['SIGINT', 4_000],
    ['SIGQUIT', 1_000],
    ['SIGKILL', 5_000],
  ] as const) {
    if (!gone()) sendSignal(server.pid, signal);
    if (!(await waitUntil(gone, waitMs))) continue;
    // Collects what is left of a child: where process 1 does not do so, it would stay as a zombie for ever.
    const { child } = server;
    await waitUntil(() => child === undefined || child.exitCode !== null || child.signalCode !== null, 1_000);
    return signal === 'SIGINT';
  }
  return false;
}

async function stopStarting(child: ChildProcess): Promise<void> {
  const { pid = 0 } = child;
  const identity = processFacts(pid)?.identity;
  if (identity) await stopPostmaster({ pid, identity, port: 0, child });
}

/** Whether the condition came true in time. */
export async function waitUntil(condition: () => boolean, waitMs: number): Promise<boolean> {
  const until = Date.now() + waitMs;
  while (!condition()) {
    if (Date.now() > until) return false;
    await pause(pollMs);
  }
  return true;
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone in the meantime.
  }
}
