import { setTimeout as sleep } from 'node:timers/promises';

/** A shorter one costs more than it spares, and is put off. */
const restMsMin = 2;
/** The step holds its locks meanwhile: after a statement that took very long the worker rests no longer than this. */
const restMsMax = 50;

interface Clock {
  now(): number;
  sleep(ms: number): Promise<unknown>;
}

/**
 * Spreads the pauses of a job that goes slower over its steps: after each statement the worker rests in proportion to what it has
 * worked. With all pauses between steps it would have a processor to itself for as long as a step takes, and everybody else would
 * queue for what is left.
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
    if (this.#owedMs < restMsMin) return;
    await this.#clock.sleep(Math.min(this.#owedMs, restMsMax));
    this.#awakeSince = this.#clock.now();
    const rested = this.#awakeSince - now;
    this.restedMs += rested;
    // Whoever is woken late has rested in advance. What is beyond the longest rest is left to the pause after the step.
    this.#owedMs = Math.min(0, this.#owedMs - rested);
  }
}
