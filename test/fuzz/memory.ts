import { execFileSync } from 'node:child_process';

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
    const bytes = Number(execFileSync('ps', ['-o', 'rss=', '-p', String(this.#pid)], { encoding: 'utf8' })) * 1_024;
    this.peak = Math.max(this.peak, bytes);
    return bytes;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
