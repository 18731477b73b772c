/** One reason to go slower. */
export interface Strain {
  /** As people read it after "slower …,": "to keep answers fast for visitors". */
  why: string;
  /** How hard others have it, as a multiple of what they may: more than 1 is too much. */
  degree: number;
}

/**
 * A job never goes slower than this, whatever others have to bear: it has to end some day. One that is not alone begins with it, since
 * nobody knows yet how much they can bear.
 */
export const shareMin = 0.1;

/** While it deletes fewer users a second than this, it takes up to this share all the same. */
const usersPerSecondMin = 5_000;
export const shareOfSlow = 0.5;

/**
 * A job that is not alone doubles its speed up to here and then takes larger steps than later: what it does to others is seen a second
 * later, and another doubling would be felt.
 */
const doublesUpTo = 0.4;
const startsFasterBy = 0.1;

/** Below this degree it goes faster again; between it and 1 it stays as it is, so that it comes to rest. */
const comfortable = 0.85;
const fasterBy = 0.05;
const slowerAtMostBy = 0.5;
const slowerAtLeastBy = 0.9;

/**
 * Which share of its full speed a bulk deletion takes, so that those who use the system do not suffer: additive increase,
 * multiplicative decrease, and a slow start, as networks share a line (RFC 5681). Whoever is alone has all of it. Knows no clock but the
 * one it is told.
 */
export class Pace {
  #share: number;
  /** Until somebody suffers for the first time. */
  #isStarting: boolean;
  #why = 'while it finds out how much others can bear';
  #slowerSince: number;

  /** `share`: less than 1 for a job that is not alone. */
  constructor(nowMs: number, share = 1) {
    this.#share = share;
    this.#isStarting = share < 1;
    this.#slowerSince = nowMs;
  }

  /** From `shareMin` to 1. */
  get share(): number {
    return this.#share;
  }

  /** Told about once a second what others have to bear just now, and the job's own rate; undefined while it deletes nobody. */
  see(strains: readonly Strain[], nowMs: number, usersPerSecond?: number): void {
    const worst = strains.reduce<Strain | undefined>(
      (most, one) => (!most || one.degree > most.degree ? one : most),
      undefined,
    );
    const degree = worst?.degree ?? 0;
    const isSlow = usersPerSecond !== undefined && usersPerSecond < usersPerSecondMin && this.#share <= shareOfSlow;
    if (degree > 1 && isSlow) {
      this.#why = worst?.why ?? '';
      this.#isStarting = false;
      this.#share = Math.min(shareOfSlow, this.#share + fasterBy);
    } else if (degree > 1) {
      if (this.#share === 1) this.#slowerSince = nowMs;
      this.#why = worst?.why ?? '';
      this.#isStarting = false;
      this.#share = Math.max(shareMin, this.#share * Math.min(slowerAtLeastBy, Math.max(slowerAtMostBy, 1 / degree)));
    } else if (degree < comfortable) {
      const started = this.#share < doublesUpTo ? 2 * this.#share : this.#share + startsFasterBy;
      // Tenths add up to a little less than 1 otherwise.
      this.#share = Math.min(1, Math.round((this.#isStarting ? started : this.#share + fasterBy) * 1_000) / 1_000);
      if (this.#share === 1) this.#isStarting = false;
    }
  }

  /** What holds the job back and for how long; null at full speed. */
  slower(nowMs: number): string | null {
    if (this.#share === 1) return null;
    return `slower for ${Math.max(0, Math.round((nowMs - this.#slowerSince) / 1_000))} s, ${this.#why}`;
  }
}
