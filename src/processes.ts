import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * What can be known about other processes of this machine. A process id alone says little: ids are used again, and a dead
 * process whose parent does not collect it still answers to a signal. Linux is asked through `/proc`, everything else by `ps`.
 */
export interface ProcessFacts {
  /** Tells this process from every other that has had or will have the same id since the machine was started. */
  identity: string;
  /** Process id of the parent. */
  parent: number;
  /** Moment it was started, in milliseconds since 1970; about a second uncertain. */
  startedAt: number;
  /** Program and arguments. */
  command: string[];
}

const hasProc = process.platform === 'linux';
/** `/proc` reports times in hundredths of a second, whatever the kernel's own tick is. */
const ticksPerSecond = 100;

/** The facts about a process, or undefined when there is none with this id (a zombie counts as none). */
export function processFacts(pid: number): ProcessFacts | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  return hasProc ? factsFromProc(pid) : factsFromPs(pid);
}

export function isRunning(pid: number): boolean {
  return processFacts(pid) !== undefined;
}

/** Ids of the processes whose working directory is this folder (an absolute path without links); none where `/proc` is missing. */
export function processesIn(folder: string): number[] {
  if (!hasProc) return [];
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && workingDirectory(pid) === folder);
}

/** Working directory of a process; undefined when it cannot be told. */
export function workingDirectory(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

function factsFromProc(pid: number): ProcessFacts | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets and may itself hold spaces and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state = 'X', parent] = fields;
    if (state === 'Z' || state === 'X') return undefined;
    const ticks = Number(fields[19]);
    return {
      identity: `${pid}@${ticks}`,
      parent: Number(parent),
      startedAt: bootedAt() + (ticks / ticksPerSecond) * 1000,
      command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1),
    };
  } catch {
    return undefined;
  }
}

function bootedAt(): number {
  const seconds = /^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1];
  return Number(seconds ?? 0) * 1000;
}

function factsFromPs(pid: number): ProcessFacts | undefined {
  const answer = spawnSync('ps', ['-ww', '-o', 'stat=,ppid=,lstart=,command=', '-p', String(pid)], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  const found = /^(\S+)\s+(\d+)\s+(\S+\s+\S+\s+\d+\s+[\d:]+\s+\d+)\s+(.*)$/.exec((answer.stdout ?? '').trim());
  if (!found || found[1]?.startsWith('Z')) return undefined;
  const [, , parent, started = '', command = ''] = found;
  return {
    identity: `${pid}@${started}`,
    parent: Number(parent),
    startedAt: Date.parse(started),
    command: command.split(' '),
  };
}
