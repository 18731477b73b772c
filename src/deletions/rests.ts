import { setTimeout as sleep } from 'node:timers/promises';

/** What slows a worker down in one step. */
export interface Paced {
  /** Time that workers were kept waiting before it, in milliseconds; it counts in the job's rate. */
  pausedMs?: number;
  /**
   * Called after a statement: the worker of a job that goes slower rests. Never once identities are locked: those who write to
   * returning users wait for them.
   */
  rest?: () => Promise<void>;
}

/** A shorter one costs more than it spares, and is put off. */
const restMsMin = 2;
/** The step holds its locks meanwhile, so it rests no longer than this in all. */
export const restedMsMax = 100;

interface Clock {
  now(): number;
  sleep(ms: number): Promise<unknown>;
}

/**
 * Spreads the pauses of a job that goes slower over its steps: between statements the worker rests in proportion to what it has
 * worked. With all pauses between steps it would have a processor to itself for as long as a step takes, and everybody else would
 * queue for what is left. What it does not rest is left to the pause after the step.
 */
export class Rests {
  readonly #clock: Clock;
  readonly #restPerWork: number;
  #owedMs = 0;
  #awakeSince: number;
  /** How long the worker has rested, in milliseconds. */
  restedMs = 0;

  /** `workShare`: of the worker's time that it works, above 0 and up to 1. */
  constructor(workShare: number, clock: Clock = { now: () => performance.now(), sleep }) {
    this.#clock = clock;
    this.#restPerWork = 1 / workShare - 1;
    this.#awakeSince = clock.now();
  }

  /** After a statement. */
  async rest(): Promise<void> {
    const now = this.#clock.now();
    this.#owedMs += (now - this.#awakeSince) * this.#restPerWork;
    this.#awakeSince = now;
    const restMs = Math.min(this.#owedMs, restedMsMax - this.restedMs);
    if (restMs < restMsMin) return;
    await this.#clock.sleep(restMs);
    this.#awakeSince = this.#clock.now();
    // Timers are early or late by about a millisecond, which the next rest makes up for.
    const rested = this.#awakeSince - now;
    this.#owedMs -= rested;
    this.restedMs += rested;
  }
}
