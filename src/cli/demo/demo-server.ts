import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { LetheError } from '../../errors.ts';
import { readServerFile } from '../../server-file.ts';
import { type Client, createClient } from '../client.ts';
import { wrongUsage } from '../exit-status.ts';
import { stopServer } from '../stop.ts';

/** A server of the demonstration's own: its own folder, port, database and administrator. */
export interface DemoServer {
  dataDir: string;
  /** Whether the folder goes at the end. */
  temporary: boolean;
  url: string;
  token: string;
  administrator: { email: string; password: string };
  client: Client;
  /** Stops it; a folder that was made for the occasion goes as well. */
  end(): Promise<void>;
}

const startSecondsMax = 120;
const commandLine = fileURLToPath(new URL('../main.ts', import.meta.url));

/**
 * Starts a server in a process of its own, in `folder` or in a new temporary one. With `keep` it outlives this process,
 * otherwise it never does. `signal`: the demonstration was interrupted.
 */
export async function startDemoServer({
  folder,
  keep,
  signal,
}: {
  folder?: string;
  keep: boolean;
  signal: AbortSignal;
}): Promise<DemoServer> {
  const dataDir = folder ? emptyFolder(resolve(folder)) : mkdtempSync(join(tmpdir(), 'lethe-demo-'));
  const administrator = { email: 'ada@example.com', password: randomBytes(12).toString('base64url') };
  const token = `demo:${randomBytes(24).toString('base64url')}`;
  const child = launch(dataDir, keep, {
    LETHE_DATA_DIR: dataDir,
    LETHE_PORT: '0',
    LETHE_BOOTSTRAP_TOKEN: token,
    LETHE_ADMIN_EMAIL: administrator.email,
    LETHE_ADMIN_PASSWORD: administrator.password,
  });
  const end = async () => {
    if (child.pid !== undefined && isAlive(child)) await stopServer(child.pid);
    if (!folder) rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const url = await untilReady(child, dataDir, signal);
    return { dataDir, temporary: !folder, url, token, administrator, client: createClient({ url, token }), end };
  } catch (error) {
    await end();
    throw error;
  }
}

function emptyFolder(folder: string): string {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw wrongUsage('data', `${folder} is not empty: the demonstration needs a folder of its own.`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

function launch(dataDir: string, keep: boolean, settings: Record<string, string>): ChildProcess {
  // Settings and npm of whoever runs the demonstration are not those of its server.
  const inherited = Object.entries(process.env).filter(([name]) => !/^(LETHE|npm)_/i.test(name));
  const log = openSync(join(dataDir, 'demo.log'), 'a', 0o600);
  // A process group of its own: Ctrl-C reaches the demonstration, which stops the server in order.
  const child = spawn(process.execPath, [commandLine, 'start', ...(keep ? [] : ['--with-parent'])], {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...Object.fromEntries(inherited), ...settings },
  });
  closeSync(log);
  child.unref();
  return child;
}

function isAlive(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

async function untilReady(child: ChildProcess, dataDir: string, signal: AbortSignal): Promise<string> {
  for (const until = Date.now() + startSecondsMax * 1000; Date.now() < until; ) {
    signal.throwIfAborted();
    const server = readServerFile(dataDir);
    if (server?.pid === child.pid && server) return server.url;
    if (!isAlive(child)) break;
    await sleep(50);
  }
  const log = readFileSync(join(dataDir, 'demo.log'), 'utf8').trim().split('\n').slice(-5).join('\n');
  throw new LetheError('away', 'demo.not_started', `The server of the demonstration did not start:\n${log}`);
}
