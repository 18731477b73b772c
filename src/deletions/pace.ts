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

/**
 * It keeps about so many users a second whatever others have to bear, and takes up to this share of its speed for that: with up to three
 * quarters each of its workers still rests within its steps (turns.ts). A proof counts as a third of a deletion (brake.ts), so of users
 * who are deleted and proven these are 5,400; 6,700 came to 4,980 in a run.
 */
const usersPerSecondMin = 7_200;
export const shareOfSlow = 0.75;

/** A job that is not alone doubles its speed up to here: what it does to others is seen a second later, and another doubling would be felt. */
const doublesUpTo = 0.4;

/** Below this degree it goes faster again; between it and 1 it stays as it is, so that it comes to rest. */
const comfortable = 0.85;
const fasterBy = 0.05;
const slowerAtMostBy = 0.5;
const slowerAtLeastBy = 0.9;
/** How much the last second counts in what is known of its full speed. */
const speedLearntBy = 0.3;

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
  /** Users a second at full speed; undefined until some were deleted. */
  #fullSpeed: number | undefined;

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
    if (usersPerSecond !== undefined) this.#learnSpeed(usersPerSecond / this.#share);
    if (degree > 1) {
      if (this.#share === 1) this.#slowerSince = nowMs;
      this.#why = worst?.why ?? '';
      this.#isStarting = false;
      const less = this.#share * Math.min(slowerAtLeastBy, Math.max(slowerAtMostBy, 1 / degree));
      this.#share = Math.max(shareMin, less, Math.min(this.#leastShare(), this.#share + fasterBy));
    } else if (degree < comfortable) {
      const doubles = this.#isStarting && this.#share < doublesUpTo;
      // Tenths add up to a little less than 1 otherwise.
      const more = Math.round((doubles ? 2 * this.#share : this.#share + fasterBy) * 1_000) / 1_000;
      this.#share = Math.min(1, more);
      if (this.#share === 1) this.#isStarting = false;
    }
  }

  #learnSpeed(fullSpeed: number): void {
    this.#fullSpeed ??= fullSpeed;
    this.#fullSpeed += speedLearntBy * (fullSpeed - this.#fullSpeed);
  }

  /** The share with which it keeps `usersPerSecondMin`. */
  #leastShare(): number {
    return this.#fullSpeed === undefined ? shareMin : Math.min(shareOfSlow, usersPerSecondMin / this.#fullSpeed);
  }

  /** What holds the job back and for how long; null at full speed. */
  slower(nowMs: number): string | null {
    if (this.#share === 1) return null;
    return `slower for ${Math.max(0, Math.round((nowMs - this.#slowerSince) / 1_000))} s, ${this.#why}`;
  }
}
