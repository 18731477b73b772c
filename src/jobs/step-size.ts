export interface StepSizeLimits {
  first: number;
  min: number;
  max?: number;
  /** What one step should take at most, in milliseconds. */
  msMax: number;
}

/** How much the next step takes — users, profiles, rows — learnt from the last ones so that a step stays within its time. */
export class StepSize {
  readonly #limits: StepSizeLimits;
  current: number;

  constructor(limits: StepSizeLimits) {
    this.#limits = limits;
    this.current = limits.first;
  }

  /**
   * After a step that did `done` in `ms`: the next aims at 80 % of the time allowed and is at most eight times as large, since
   * what comes next may cost far more each. Less than half of a step, as at the end of something, says nothing: it may have been a
   * single one.
   */
  learn(done: number, ms: number): void {
    const { min, max = Number.POSITIVE_INFINITY, msMax } = this.#limits;
    const tooLong = ms > msMax;
    if (done === 0 || (done < this.current / 2 && !tooLong)) return;
    const fitting = (0.8 * msMax * done) / Math.max(ms, 1);
    this.current = Math.round(Math.min(max, Math.max(min, Math.min(fitting, this.current * 8))));
  }
}
