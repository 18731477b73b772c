/** How long those who wait for answers of one kind have waited just now, and how long they usually do, in milliseconds. */
export interface AnswerTime {
  p95Ms: number;
  usualMs: number;
}

const windowMs = 1_000;
const samplesMin = 5;
const samplesMax = 1_000;
/** What counts as usual until enough answers were seen. */
const usualMsAtFirst = 25;
/** Whoever slows answers down has gone slower within so many seconds, so the fastest of them is about what is usual. */
const secondsToKnow = 10;
/** How much of the usual time each new second is: the first ones after a start are slow, and say little. */
const learntOfSlower = 0.1;
const learntOfFaster = 0.3;
/** Whoever looks does so for as long as something may slow answers down; meanwhile the usual time is not learnt anew. */
const watchedForMs = 10_000;

interface Kind {
  since: number;
  samples: number[];
  /** Of the last whole second in which there were enough. */
  last: { at: number; p95Ms: number } | undefined;
  usualMs: number | undefined;
  /** The fastest second while somebody looked, and how many there were: all that is known where nothing was seen before. */
  least: { p95Ms: number; seconds: number };
}

/**
 * Times of this process's answers, by kind, in memory: what is usual while nobody looks, and what they are while somebody does. So
 * large jobs can see whether they make others wait, without asking the database anything.
 */
export class AnswerTimes {
  readonly #kinds = new Map<string, Kind>();
  readonly #clock: () => number;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
  }

  /** An answer of a route, but for those about deletions: a job gives way to those who use the system, not to who looks how far it is. */
  addAnswer({ method, route, seconds }: { method: string; route: string; seconds: number }): void {
    if (!route.includes('/deletions')) this.add(`${method} ${route}`, seconds * 1_000);
  }

  /** `kind`: answers that take about as long as each other, such as those of one route. */
  add(kind: string, ms: number): void {
    const now = this.#clock();
    const least = { p95Ms: Number.POSITIVE_INFINITY, seconds: 0 };
    const known = this.#kinds.get(kind) ?? { since: now, samples: [], last: undefined, usualMs: undefined, least };
    this.#kinds.set(kind, known);
    this.#closeWindow(known, now);
    if (known.samples.length < samplesMax) known.samples.push(ms);
  }

  /** Of every kind of which there were enough answers within the last two seconds. */
  look(): AnswerTime[] {
    const now = this.#clock();
    this.#lookedAt = now;
    const seen: AnswerTime[] = [];
    for (const kind of this.#kinds.values()) {
      this.#closeWindow(kind, now);
      if (!kind.last || now - kind.last.at > 2 * windowMs) continue;
      seen.push({ p95Ms: kind.last.p95Ms, usualMs: usualOf(kind) });
    }
    return seen;
  }

  #closeWindow(kind: Kind, now: number): void {
    if (now - kind.since < windowMs) return;
    if (kind.samples.length >= samplesMin) {
      const sorted = kind.samples.sort((a, b) => a - b);
      const p95Ms = sorted[Math.floor(0.95 * (sorted.length - 1))] as number;
      kind.last = { at: now, p95Ms };
      // Faster than usual is learnt also while somebody looks: a job makes nobody faster.
      const watched = now - this.#lookedAt < watchedForMs;
      const { usualMs = p95Ms } = kind;
      if (watched) kind.least = { p95Ms: Math.min(kind.least.p95Ms, p95Ms), seconds: kind.least.seconds + 1 };
      if (!watched || (kind.usualMs !== undefined && p95Ms < usualMs))
        kind.usualMs = usualMs + (p95Ms < usualMs ? learntOfFaster : learntOfSlower) * (p95Ms - usualMs);
    }
    kind.since = now;
    kind.samples = [];
  }
}

function usualOf({ usualMs, least }: Kind): number {
  if (usualMs !== undefined) return usualMs;
  return least.seconds < secondsToKnow ? usualMsAtFirst : Math.max(usualMsAtFirst, least.p95Ms);
}
