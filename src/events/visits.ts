/** Longest pause within a visit, in milliseconds. */
export const visitGapMsMax = 30 * 60 * 1000;

/** A run of a profile's events, its ends as epoch milliseconds. */
export interface Visit {
  start: number;
  end: number;
  events: number;
}

export interface VisitChanges {
  /** Starts of visits that are no more. */
  removed: number[];
  /** Visits that are new or have changed; one that has kept its start replaces the visit of that start. */
  written: Visit[];
  /** By how many the profile's number of visits changes. */
  added: number;
}

/** The runs in which these moments fall. */
export function runsOf(moments: readonly number[]): Visit[] {
  return joinRuns(moments.map((moment) => ({ start: moment, end: moment, events: 1 })));
}

/** Joins runs that are no further apart than the longest pause. */
export function joinRuns(runs: readonly Visit[]): Visit[] {
  const joined: Visit[] = [];
  for (const run of [...runs].sort((a, b) => a.start - b.start)) {
    const last = joined.at(-1);
    if (last && run.start - last.end <= visitGapMsMax) {
      last.end = Math.max(last.end, run.end);
      last.events += run.events;
    } else {
      joined.push({ ...run });
    }
  }
  return joined;
}

/**
 * What new runs of one profile do to its visits, of which `near` has at least those within the longest pause of any new run,
 * perhaps more than once.
 * The result does not depend on the order in which events arrive.
 */
export function addToVisits(near: readonly Visit[], runs: readonly Visit[]): VisitChanges {
  if (near.length === 0) return { removed: [], written: [...runs], added: runs.length };
  const before = new Map(near.map((visit) => [visit.start, visit]));
  const after = joinRuns([...before.values(), ...runs]);
  const starts = new Set(after.map((visit) => visit.start));
  return {
    removed: [...before.keys()].filter((start) => !starts.has(start)),
    written: after.filter((visit) => before.get(visit.start)?.events !== visit.events),
    added: after.length - before.size,
  };
}
