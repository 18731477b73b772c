import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import type { Load, LoadResult } from './ingest-generator.ts';

/** What a load came to, and which process the processor time went to, in cores. */
export interface Measured extends LoadResult {
  eventsPerSecond: number;
  cores: { server: number; database: number; generator: number };
}

export interface RunningLoad {
  /** Tells it to end; `measured` comes with its last answer. */
  stop(): void;
  measured: Promise<Measured>;
}

/** Starts a load generator as a process of its own. */
export function startLoad(load: Load, processes: { pid: number; databasePid: number }): RunningLoad {
  const before = cpuSeconds(processes);
  const child = fork(new URL('ingest-generator.ts', import.meta.url), [JSON.stringify(load)]);
  const measured = once(child, 'message').then(([message]): Measured => {
    const result = message as LoadResult;
    const after = cpuSeconds(processes);
    const cores = (seconds: number) => Math.round((seconds / result.seconds) * 100) / 100;
    return {
      ...result,
      eventsPerSecond: Math.round(result.events / result.seconds),
      cores: {
        server: cores(after.server - before.server),
        database: cores(after.database - before.database),
        generator: cores(result.cpuSeconds),
      },
    };
  });
  return { stop: () => void child.send('stop'), measured };
}

/** Processor time so far, of the server and of all processes of its database. Zero where the system does not tell. */
function cpuSeconds({ pid, databasePid }: { pid: number; databasePid: number }): { server: number; database: number } {
  const times = { server: 0, database: 0 };
  try {
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      const time = processTime(name);
      if (!time) continue;
      if (Number(name) === pid) times.server += time.own;
      if (time.parent === databasePid) times.database += time.own;
      // A connection that has ended leaves its time to the process that began it.
      if (Number(name) === databasePid) times.database += time.own + time.ofEnded;
    }
  } catch {
    // No /proc here.
  }
  return times;
}

const ticksPerSecond = 100;

function processTime(pid: string): { parent: number; own: number; ofEnded: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const seconds = (place: number) => (Number(fields[place]) + Number(fields[place + 1])) / ticksPerSecond;
    return { parent: Number(fields[1]), own: seconds(11), ofEnded: seconds(13) };
  } catch {
    return undefined;
  }
}
