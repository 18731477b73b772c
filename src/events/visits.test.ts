import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addToVisits, joinRuns, runsOf, type Visit, visitGapMsMax } from './visits.ts';

const minutes = (n: number) => n * 60_000;

/** The rule as it is said: events in order, a new visit after every pause of more than 30 minutes. */
function naive(moments: readonly number[]): Visit[] {
  const visits: Visit[] = [];
  for (const at of [...moments].sort((a, b) => a - b)) {
    const last = visits.at(-1);
    if (!last || at - last.end > visitGapMsMax) visits.push({ start: at, end: at, events: 1 });
    else visits[visits.length - 1] = { start: last.start, end: at, events: last.events + 1 };
  }
  return visits;
}

describe('visits', () => {
  test('end after a pause of more than 30 minutes', () => {
    expect(runsOf([minutes(0), minutes(30), minutes(61)])).toEqual([
      { start: 0, end: minutes(30), events: 2 },
      { start: minutes(61), end: minutes(61), events: 1 },
    ]);
  });

  test('grow together when an event comes late between them', () => {
    const before = runsOf([minutes(0), minutes(50)]);
    expect(addToVisits(before, runsOf([minutes(25)]))).toEqual({
      removed: [minutes(50)],
      written: [{ start: 0, end: minutes(50), events: 3 }],
      added: -1,
    });
  });

  test('are the same whatever order and batches the events arrive in', () => {
    const batches = fc.array(fc.array(fc.integer({ min: 0, max: 300 }).map(minutes), { maxLength: 8 }), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(batches, (arriving) => {
        let kept: Visit[] = [];
        for (const moments of arriving) {
          const runs = runsOf(moments);
          const touches = (visit: Visit) =>
            runs.some((run) => visit.start <= run.end + visitGapMsMax && visit.end >= run.start - visitGapMsMax);
          const near = kept.filter(touches);
          const { removed, written, added } = addToVisits([...near, ...near], runs);
          const replaced = new Set([...removed, ...written.map((visit) => visit.start)]);
          const after = [...kept.filter((visit) => !replaced.has(visit.start)), ...written];
          expect(after.length - kept.length).toBe(added);
          kept = after.sort((a, b) => a.start - b.start);
        }
        expect(kept).toEqual(naive(arriving.flat()));
      }),
      { numRuns: 500 },
    );
  });

  test('of two profiles that become one join where they touch', () => {
    const moments = fc.array(fc.integer({ min: 0, max: 300 }).map(minutes), { maxLength: 12 });
    fc.assert(
      fc.property(moments, moments, (a, b) => {
        expect(joinRuns([...runsOf(a), ...runsOf(b)])).toEqual(naive([...a, ...b]));
      }),
    );
  });
});
