import { isLongForm } from '../long-form.ts';

/** How many faults of each kind are injected: in the suite, and in the long form. */
export const runs = {
  'connections ended': [1, 30],
  'connections cut': [1, 20],
  'answers to a commit lost': [1, 20],
  'statements cancelled': [1, 20],
  'statement time-outs': [1, 8],
  'read-only times': [1, 8],
  deadlocks: [1, 15],
  'restarts of PostgreSQL': [1, 20],
  'fail-overs': [1, 10],
  'servers dying beside another': [1, 20],
  'servers asleep': [1, 6],
  'clocks that jump': [2, 20],
  'full disks': [1, 5],
} as const satisfies Record<string, readonly [short: number, long: number]>;

/** A seed for each run of a kind: a new one every time, or that of `FAULT_SEED`, to see the same again. */
export function seedsOf(kind: keyof typeof runs): number[] {
  const { FAULT_SEED: given } = process.env;
  if (given) return [Number(given)];
  return Array.from({ length: runs[kind][isLongForm ? 1 : 0] }, () => Math.floor(Math.random() * 1_000_000_000));
}

/** What one seed decides; the same seed decides the same. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** From 0 up to 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number from `min` to `max`. */
  whole(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  oneOf<T>(all: readonly T[]): T {
    return all[this.whole(0, all.length - 1)] as T;
  }
}
