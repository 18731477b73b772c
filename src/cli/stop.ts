import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { LetheError } from '../errors.ts';
import { processFacts } from '../processes.ts';
import { readServerFile } from '../server-file.ts';
import { readSettings } from '../settings.ts';
import { does, withExamples } from './command.ts';

/** A server finishes what is under way within 10 s; after that something is wrong. */
const waitSecondsMax = 30;

export function addStop(program: Command): void {
  const stop = program
    .command('stop')
    .summary('stop the server of a data directory')
    .description('Stop the server of a data directory (LETHE_DATA_DIR) and wait until it has ended.');
  withExamples(stop, ['LETHE_DATA_DIR=/srv/lethe lethe stop', 'a bulk deletion goes on at the next start']);
  does(stop, async ({ output }) => {
    const { dataDir } = readSettings();
    const server = readServerFile(dataDir);
    if (!server) {
      throw new LetheError(
        'notFound',
        'server.not_running',
        `No Lethe is running with the data directory ${dataDir}. Set LETHE_DATA_DIR to that of the one to stop.`,
      );
    }
    await stopServer(server.pid);
    output.result({ stopped: true, pid: server.pid, url: server.url }, `Stopped the Lethe at ${server.url}.`);
  });
}

/** Asks a server to stop and waits for its end. Throws `server.not_stopped`. */
export async function stopServer(pid: number): Promise<void> {
  const before = processFacts(pid)?.identity;
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    if ((error as { code?: string }).code === 'ESRCH') return;
    throw notStopped(`Process ${pid} belongs to another user: run this as that user.`, error);
  }
  for (const until = Date.now() + waitSecondsMax * 1000; Date.now() < until; ) {
    if (processFacts(pid)?.identity !== before) return;
    await sleep(50);
  }
  throw notStopped(`Process ${pid} was told to stop and still runs after ${waitSecondsMax} s; its log says why.`);
}

function notStopped(message: string, cause?: unknown): LetheError {
  return new LetheError('away', 'server.not_stopped', message, { cause });
}
