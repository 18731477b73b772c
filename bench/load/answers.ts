import type { Answered } from './requests.ts';
import { type Spread, spreadOf } from './spread.ts';

/** How long answers took, in milliseconds from the moment a request was due to its answer, and what they were. */
export interface AnswersResult extends Spread {
  requests: number;
  /** Answers by status; a connection that broke is `error`. */
  statuses: Record<string, number>;
  /** The first answers that were not what they should be. */
  failures: string[];
}

const failuresShownMax = 3;

export class Answers {
  readonly #latencies: number[] = [];
  readonly #statuses: Record<string, number> = {};
  readonly #failures: string[] = [];

  take({ status, text }: Answered, { latencyMs, isGood }: { latencyMs: number; isGood: boolean }): void {
    this.#latencies.push(latencyMs);
    this.#statuses[status] = (this.#statuses[status] ?? 0) + 1;
    if (!isGood && this.#failures.length < failuresShownMax) this.#failures.push(`${status} ${text.slice(0, 300)}`);
  }

  result(): AnswersResult {
    return {
      ...spreadOf(this.#latencies),
      requests: this.#latencies.length,
      statuses: this.#statuses,
      failures: this.#failures,
    };
  }
}
