import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Load, LoadResult } from './ingest-generator.ts';
import { cpuSeconds } from './load/cpu-seconds.ts';

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
