import type { Answered } from './requests.ts';

/** How long answers took, and what they were. */
export interface AnswersResult {
  /** Milliseconds from the moment a request was due to its answer. */
  p50: number;
  p99: number;
  max: number;
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
    const sorted = this.#latencies.toSorted((a, b) => a - b);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    return {
      p50: at(0.5),
      p99: at(0.99),
      max: sorted.at(-1) ?? 0,
      requests: sorted.length,
      statuses: this.#statuses,
      failures: this.#failures,
    };
  }
}
