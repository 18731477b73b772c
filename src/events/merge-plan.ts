import type { GatedTx } from '../database/gate.ts';
import { type MergeSize, readMergeSizes } from './merge-plan-sql.ts';

/** What one merge may move at once; a larger one is done in steps, by a job. */
export interface LiveMergeLimits {
  /** Of all merges of one transaction together: they hold the gate for as long. */
  events: number;
  /** Of one merge. */
  identities: number;
}

export const liveMergeLimits: LiveMergeLimits = { events: 10_000, identities: 50 };

/** Profiles that turned out to be one user. */
export interface Merging {
  /** The survivor, then those that become part of it. */
  profiles: number[];
  /** Whether it is done in this transaction. */
  live: boolean;
}

/**
 * Decides for each group of profiles which of them survives — the most recently active, of several the one with the smallest
 * number — and whether the others are small enough to be merged at once.
 */
export async function planMerges(
  tx: GatedTx,
  groups: readonly (readonly number[])[],
  limits: LiveMergeLimits,
): Promise<Merging[]> {
  const sizes = new Map(
    (await readMergeSizes(tx, groups.flat(), limits.identities + 1)).map((size) => [size.id, size]),
  );
  let events = 0;
  return groups.map((ids) => {
    // One that is gone by now is found missing when it is to be locked.
    const ranked = ids.map((id) => sizes.get(id) ?? { ...gone, id }).sort(byActivity);
    const losers = ranked.slice(1);
    const moved = sum(losers.map((loser) => loser.events));
    const live = events + moved <= limits.events && sum(losers.map((loser) => loser.identities)) <= limits.identities;
    if (live) events += moved;
    return { profiles: ranked.map(({ id }) => id), live };
  });
}

const gone = { lastActivity: null, events: 0, identities: 0 };

function byActivity(a: MergeSize, b: MergeSize): number {
  return momentOf(b) - momentOf(a) || a.id - b.id;
}

/** Before any moment for whoever was never active; not infinite, because the difference of two must be a number. */
function momentOf({ lastActivity }: MergeSize): number {
  return lastActivity?.getTime() ?? Number.MIN_SAFE_INTEGER;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
