import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Pace, shareMin, shareOfSlow } from './pace.ts';
import { type Sight, strainsOf } from './strains.ts';

const alone: Sight = {
  answers: [],
  commit: undefined,
  lockWaits: { count: 0, seconds: 0 },
  longQuery: undefined,
  replica: undefined,
  unarchivedBytes: undefined,
};
const visitors = { why: 'to keep answers fast for visitors', degree: 2 };

describe('the pace of a bulk deletion', () => {
  test('is full speed for a job that is alone', () => {
    const pace = new Pace(0);
    for (let second = 0; second < 10; second++) pace.see(strainsOf(alone, pace.share), second * 1_000);
    expect([pace.share, pace.slower(10_000)]).toEqual([1, null]);
  });

  test('falls as soon as others suffer, and says why and for how long', () => {
    const pace = new Pace(0);
    pace.see([visitors], 1_000);
    expect(pace.share).toBe(0.5);
    pace.see([visitors], 2_000);
    expect(pace.slower(13_000)).toBe('slower for 12 s, to keep answers fast for visitors');
  });

  test('begins gently where somebody else is served, and is full speed within a quarter of a minute when nobody suffers', () => {
    const pace = new Pace(0, shareMin);
    const shares = Array.from({ length: 15 }, (_, second) => {
      pace.see([{ ...visitors, degree: 0.5 }], second * 1_000);
      return pace.share;
    });
    expect([...shares.slice(0, 4), ...shares.slice(-3)]).toEqual([0.2, 0.4, 0.45, 0.5, 0.95, 1, 1]);
  });

  test('that began gently doubles no more once others have suffered, and says why it is slow until then', () => {
    const pace = new Pace(0, shareMin);
    expect(pace.slower(2_000)).toBe('slower for 2 s, while it finds out how much others can bear');
    pace.see([{ ...visitors, degree: 0.5 }], 1_000);
    pace.see([visitors], 2_000);
    pace.see([{ ...visitors, degree: 0.5 }], 3_000);
    expect(pace.share).toBeCloseTo(0.15);
    expect(pace.slower(3_000)).toBe('slower for 3 s, to keep answers fast for visitors');
  });

  test('keeps 7,200 users a second with up to three quarters of its speed, however much others suffer', () => {
    const shareOfJobThatDeletes = (usersPerSecond: number) => {
      const pace = new Pace(0, shareMin);
      for (let second = 1; second < 30; second++) pace.see([visitors], second * 1_000, usersPerSecond * pace.share);
      return pace.share;
    };
    const pace = new Pace(0);
    for (let second = 1; second < 30; second++) pace.see([visitors], second * 1_000);
    expect(pace.share, 'while it deletes nobody').toBe(shareMin);
    expect(shareOfJobThatDeletes(3_000)).toBe(shareOfSlow);
    expect(shareOfJobThatDeletes(28_800)).toBeCloseTo(0.25);
    expect(shareOfJobThatDeletes(100_000)).toBe(shareMin);
  });

  test('comes to rest at that although its speed is not the same every second', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.5, max: 1.5, noNaN: true }), { minLength: 60, maxLength: 60 }),
        (luck) => {
          const pace = new Pace(0, shareMin);
          const shares = luck.map((factor, second) => {
            pace.see([visitors], second * 1_000, 20_000 * factor * pace.share);
            return pace.share;
          });
          // Of 20,000 a third; of a job that is half as fast or half again as fast for long, more or less.
          expect(Math.min(...shares.slice(20))).toBeGreaterThan(0.22);
          expect(Math.max(...shares.slice(20))).toBeLessThanOrEqual(shareOfSlow);
        },
      ),
    );
  });

  test('is never 0 and never more than 1, whatever it sees', () => {
    const degrees = fc.array(fc.array(fc.double({ min: 0, noNaN: true }), { maxLength: 3 }), { maxLength: 100 });
    fc.assert(
      fc.property(degrees, (seconds) => {
        const pace = new Pace(0);
        seconds.forEach((strains, second) => {
          pace.see(
            strains.map((degree) => ({ why: 'because', degree })),
            second * 1_000,
          );
          expect(pace.share).toBeGreaterThanOrEqual(shareMin);
          expect(pace.share).toBeLessThanOrEqual(1);
          expect(pace.slower(second * 1_000) === null).toBe(pace.share === 1);
        });
      }),
    );
  });

  test('is full speed again within 20 seconds after others stopped suffering, from wherever it was', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 50, noNaN: true }), { maxLength: 50 }), (degrees) => {
        const pace = new Pace(0);
        for (const degree of degrees) pace.see([{ why: 'because', degree }], 0);
        for (let second = 0; second < 20; second++) pace.see([], second * 1_000);
        expect([pace.share, pace.slower(20_000)]).toEqual([1, null]);
      }),
    );
  });

  test('comes to rest near what others can bear', () => {
    // Others suffer in proportion to the share, and bear it up to `bearable`.
    fc.assert(
      fc.property(fc.double({ min: shareMin + 0.05, max: 0.95, noNaN: true }), (bearable) => {
        const pace = new Pace(0);
        const shares: number[] = [];
        for (let second = 0; second < 120; second++) {
          pace.see([{ why: 'because', degree: pace.share / bearable }], second * 1_000);
          if (second >= 60) shares.push(pace.share);
        }
        expect(Math.max(...shares)).toBeLessThanOrEqual(bearable + 0.05);
        expect(Math.min(...shares)).toBeGreaterThanOrEqual(0.75 * bearable);
      }),
    );
  });
});

describe('what makes a job slower', () => {
  const degreeOf = (sight: Partial<Sight>, share = 1) =>
    Math.max(0, ...strainsOf({ ...alone, ...sight }, share).map(({ degree }) => degree));

  test.each<[string, Partial<Sight>, Partial<Sight>]>([
    ['answers', { answers: [{ p95Ms: 45, usualMs: 20 }] }, { answers: [{ p95Ms: 21, usualMs: 20 }] }],
    [
      'answers that are fast all the same',
      { answers: [{ p95Ms: 30, usualMs: 1 }] },
      { answers: [{ p95Ms: 4, usualMs: 1 }] },
    ],
    [
      'slow answers beside those that are fast all the same',
      {
        answers: [
          { p95Ms: 4, usualMs: 1 },
          { p95Ms: 20, usualMs: 12 },
        ],
      },
      {
        answers: [
          { p95Ms: 4, usualMs: 1 },
          { p95Ms: 13, usualMs: 12 },
        ],
      },
    ],
    ['commits', { commit: { ms: 80, fastestMs: 2 } }, { commit: { ms: 8, fastestMs: 2 } }],
    ['commits of a slow disk', { commit: { ms: 400, fastestMs: 90 } }, { commit: { ms: 120, fastestMs: 90 } }],
    ['lock waits', { lockWaits: { count: 1, seconds: 0.8 } }, { lockWaits: { count: 1, seconds: 0.3 } }],
    ['long queries', { longQuery: { who: 'psql', seconds: 9 } }, { longQuery: { who: 'psql', seconds: 1 } }],
    ['replicas', { replica: { seconds: 9, bytes: 0 } }, { replica: { seconds: 1, bytes: 1_000_000 } }],
    ['archives', { unarchivedBytes: 2 ** 30 }, { unarchivedBytes: 2 ** 24 }],
  ])('%s: too much is told from what others can bear', (_what, tooMuch, bearable) => {
    expect(degreeOf(tooMuch)).toBeGreaterThan(1);
    expect(degreeOf(bearable)).toBeLessThan(1);
  });

  test('a query of hours takes half of the speed, not all', () => {
    const pace = new Pace(0);
    const sight = { ...alone, longQuery: { who: 'psql', seconds: 7_200 } };
    for (let second = 0; second < 100; second++) pace.see(strainsOf(sight, pace.share), second * 1_000);
    expect(pace.share).toBeGreaterThan(0.35);
    expect(pace.share).toBeLessThanOrEqual(0.5);
  });
});
