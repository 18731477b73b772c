import { readdirSync, readFileSync } from 'node:fs';

/** Processor time so far, of the server and of all processes of its database. Zero where the system does not tell. */
export function cpuSeconds({ pid, databasePid }: { pid: number; databasePid: number }): {
  server: number;
  database: number;
} {
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

/** Cores that were used from now on until it is asked. */
export function startCores(processes: { pid: number; databasePid: number }): () => {
  server: number;
  database: number;
} {
  const before = cpuSeconds(processes);
  const began = performance.now();
  return () => {
    const seconds = (performance.now() - began) / 1_000;
    const { server, database } = cpuSeconds(processes);
    const cores = (used: number) => Math.round((used / seconds) * 100) / 100;
    return { server: cores(server - before.server), database: cores(database - before.database) };
  };
}
