/** How fast a job may go just now. */
export interface Allowance {
  /** Of its full speed, above 0 and up to 1. */
  share: number;
  /** Most users a second; undefined for no limit. */
  rate: number | undefined;
}

/** A step that may begin. */
export interface Turn {
  begunAt: number;
  /** Most users of the step. */
  usersMax: number;
  /** Time that workers were kept waiting for this step, added up over them, in milliseconds. */
  pausedMs: number;
  /** Of the time that the step takes, the part in which the worker works; it rests for the others. */
  workShare: number;
  allowance: Allowance;
}

/** What became of a turn. */
export interface TurnDone {
  users: number;
  /** How long the worker rested within it, in milliseconds. */
  restedMs: number;
}

/** A worker asks again after so long at most, since the allowance may have grown meanwhile. */
const askAgainMsMax = 1_000;
/** Where fewer workers are allowed than there are, the others ask this often whether it is their turn. */
const askAgainMs = 100;
/** A worker that may work for more of its time than this would hardly rest, so there is another one. */
const workShareMax = 0.75;
/** Progress is seen at least this often: steps and pauses of a slowed job are shorter together. */
const progressEveryMs = 1_800;
/** A limit of users a second is kept by steps of this part of it; so much lateness is made up for. */
const limitedStepMs = 250;

/**
 * Decides when the next step of a job may begin, and how large it may be: fewer workers and pauses for a share of the full speed,
 * and a steady flow of users for a limit. Every worker of the job asks here. Knows no clock but the one it is told.
 */
export class Turns {
  readonly #workers: number;
  #active = 0;
  #now = 0;
  /** When the pause for the share ends. */
  #restedAt = 0;
  /** When the users that were begun so far may all have been deleted by the limit; undefined where there was none. */
  #usersDueAt: number | undefined;
  #pausedMs = 0;
  #limitedAt = Number.NEGATIVE_INFINITY;

  constructor(workers: number) {
    this.#workers = workers;
  }

  /** A turn, or how long this worker waits before it asks again, in milliseconds. */
  ask(nowMs: number, allowance: Allowance): Turn | { waitMs: number } {
    this.#setClock(nowMs);
    const { share, rate } = allowance;
    const waitMs = this.#wait(nowMs, allowance);
    if (waitMs > 0) {
      this.#pausedMs += waitMs;
      return { waitMs };
    }
    const usersMax =
      rate === undefined ? Number.POSITIVE_INFINITY : Math.max(1, Math.floor((rate * limitedStepMs) / 1_000));
    if (rate !== undefined) {
      // Lateness is made up for, but not that of a time before the limit.
      const from = Math.max(this.#usersDueAt ?? nowMs, nowMs - limitedStepMs);
      this.#usersDueAt = from + (usersMax * 1_000) / rate;
    } else {
      this.#usersDueAt = undefined;
    }
    if (share === 1) this.#restedAt = 0;
    this.#active++;
    const pausedMs = this.#pausedMs;
    this.#pausedMs = 0;
    const workShare = (share * this.#workers) / this.#workersOf(share);
    return { begunAt: nowMs, usersMax, pausedMs, workShare, allowance };
  }

  /** Ends a turn, of however many users it came to be. */
  end({ begunAt, usersMax, allowance: { share, rate } }: Turn, { users, restedMs }: TurnDone, nowMs: number): void {
    this.#setClock(nowMs);
    this.#active--;
    if (rate !== undefined) this.#usersDueAt = (this.#usersDueAt ?? nowMs) - ((usersMax - users) * 1_000) / rate;
    if (share === 1) return;
    const took = Math.max(0, nowMs - begunAt);
    const worked = Math.max(0, took - restedMs);
    const rested = Math.max(this.#restedAt, begunAt) + worked / (share * this.#workers);
    this.#restedAt = Math.min(rested, nowMs + Math.max(0, progressEveryMs - took));
  }

  /** Users whom other servers have deleted of the same job count towards its limit too. */
  deletedByOthers(users: number, rate: number): void {
    this.#usersDueAt = (this.#usersDueAt ?? this.#now) + (users * 1_000) / rate;
  }

  /** Whether the limit has kept a worker waiting within the last seconds. */
  isLimited(nowMs: number): boolean {
    return nowMs - this.#limitedAt < 3_000;
  }

  #wait(nowMs: number, { share, rate }: Allowance): number {
    if (rate !== undefined && this.#usersDueAt !== undefined && this.#usersDueAt > nowMs) {
      this.#limitedAt = nowMs;
      return Math.min(this.#usersDueAt - nowMs, askAgainMsMax);
    }
    if (share === 1) return 0;
    if (this.#active >= this.#workersOf(share)) return askAgainMs;
    return Math.min(Math.max(0, this.#restedAt - nowMs), askAgainMsMax);
  }

  #workersOf(share: number): number {
    return share === 1 ? this.#workers : Math.min(this.#workers, Math.ceil((share * this.#workers) / workShareMax));
  }

  /** A clock that is put back must not make the job wait for its old time. */
  #setClock(nowMs: number): void {
    const back = this.#now - nowMs;
    if (back > 0) {
      this.#restedAt -= back;
      if (this.#usersDueAt !== undefined) this.#usersDueAt -= back;
      this.#limitedAt -= back;
    }
    this.#now = nowMs;
  }
}
