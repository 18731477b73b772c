import { mkdtempSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Spread, spreadOf } from './spread.ts';

/** How long a small file took to be durable, in milliseconds. */
export interface DiskResult extends Spread {
  writes: number;
  /** Of the time, what was spent in writes that took longer than a moment. */
  stoodStillPercent: number;
}

const page = Buffer.alloc(8_192, 1);
const everyMs = 50;
const momentMs = 25;

/**
 * Makes a small file of its own durable some 20 times a second, in a folder on the disk of the database: what that waits for, nobody's
 * answers can be spared. On a machine of many tenants it is often none of this one's doing.
 */
export class DiskMonitor {
  readonly #folder: string;
  readonly #ended: Promise<void>;
  #took: number[] = [];
  #lookedAt = performance.now();
  /** When the write began that is under way. */
  #writingSince: number | undefined;
  #isStopped = false;

  constructor(beside: string) {
    this.#folder = mkdtempSync(join(beside, 'disk-'));
    this.#ended = this.#run();
    // Whoever stops it hears of it.
    this.#ended.catch(() => {});
  }

  /** What it has seen since it was asked last. */
  look(): DiskResult {
    const now = performance.now();
    if (this.#writingSince !== undefined) {
      this.#took.push(now - this.#writingSince);
      this.#writingSince = now;
    }
    const result = summary(this.#took, now - this.#lookedAt);
    this.#took = [];
    this.#lookedAt = now;
    return result;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#ended;
    await rm(this.#folder, { recursive: true });
  }

  async #run(): Promise<void> {
    const file = await open(join(this.#folder, 'page'), 'w');
    try {
      while (!this.#isStopped) {
        this.#writingSince = performance.now();
        await file.write(page, 0, page.length, 0);
        await file.datasync();
        this.#took.push(performance.now() - this.#writingSince);
        this.#writingSince = undefined;
        // Whatever else fails, this keeps no process alive.
        await sleep(everyMs, undefined, { ref: false });
      }
    } finally {
      await file.close();
    }
  }
}

function summary(took: readonly number[], ofMs: number): DiskResult {
  const still = took.filter((ms) => ms > momentMs).reduce((sum, ms) => sum + ms, 0);
  const stoodStillPercent = ofMs > 0 ? Math.round((still / ofMs) * 1_000) / 10 : 0;
  return { ...spreadOf(took), writes: took.length, stoodStillPercent };
}
