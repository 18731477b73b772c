import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** Resident memory of a process, looked at four times a second, in bytes. */
export class MemoryWatch {
  readonly #pid: number;
  readonly #timer: NodeJS.Timeout;
  peak = 0;

  constructor(pid: number) {
    this.#pid = pid;
    this.#timer = setInterval(() => this.look(), 250);
  }

  look(): number {
    const bytes = residentKilobytes(this.#pid) * 1_024;
    this.peak = Math.max(this.peak, bytes);
    return bytes;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

function residentKilobytes(pid: number): number {
  const status = `/proc/${pid}/status`;
  // A command for each look would be most of the work on a busy machine.
  if (existsSync(status)) return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(status, 'utf8'))?.[1]);
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }));
}
