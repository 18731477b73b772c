import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { restedMsMax } from './rests.ts';
import { type Allowance, type Turn, Turns } from './turns.ts';

interface Worker {
  /** When it asks, or when its step ends. */
  at: number;
  turn?: Turn;
  users?: number;
  restedMs?: number;
}

/**
 * Steps of a simulated job: `workers` of them, each user takes `userMs`, until `untilMs`, and with `rests` they rest within steps. Returns
 * when how many users were deleted.
 */
function simulate(
  {
    workers,
    userMs,
    stepUsers,
    rests = false,
  }: { workers: number; userMs: number; stepUsers: number; rests?: boolean },
  allowance: (now: number) => Allowance,
  untilMs: number,
): { at: number; users: number }[] {
  const turns = new Turns(workers);
  const all: Worker[] = Array.from({ length: workers }, () => ({ at: 0 }));
  const deleted: { at: number; users: number }[] = [];
  for (;;) {
    const next = all.reduce((first, one) => (one.at < first.at ? one : first));
    const now = next.at;
    if (now > untilMs) return deleted;
    if (next.turn) {
      deleted.push({ at: now, users: next.users ?? 0 });
      turns.end(next.turn, { users: next.users ?? 0, restedMs: next.restedMs ?? 0 }, now);
      delete next.turn;
    }
    const turn = turns.ask(now, allowance(now));
    if ('waitMs' in turn) {
      next.at = now + turn.waitMs;
    } else {
      next.turn = turn;
      next.users = Math.min(stepUsers, turn.usersMax);
      const workedMs = Math.max(1, next.users * userMs);
      next.restedMs = rests ? Math.min(restedMsMax, workedMs / turn.workShare - workedMs) : 0;
      next.at = now + workedMs + next.restedMs;
    }
  }
}

const total = (deleted: { users: number }[]) => deleted.reduce((sum, { users }) => sum + users, 0);
const longestGap = (deleted: { at: number }[]) =>
  Math.max(...deleted.map(({ at }, index) => at - (deleted[index - 1]?.at ?? 0)));
const fast = { workers: 2, userMs: 0.05, stepUsers: 20_000 };

describe('a limit of users a second', () => {
  test('holds within 5 % for any limit that the machine can reach, and progress moves every 2 seconds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30_000 }), fc.integer({ min: 1, max: 4 }), (rate, workers) => {
        const deleted = simulate(
          { ...fast, workers },
          () => ({ share: 1, rate: Math.min(rate, 15_000 * workers) }),
          30_000,
        );
        const limit = Math.min(rate, 15_000 * workers);
        expect(total(deleted)).toBeLessThanOrEqual(1.05 * limit * 30);
        expect(total(deleted)).toBeGreaterThanOrEqual(0.95 * limit * 30 - 1);
        expect(longestGap(deleted)).toBeLessThan(2_000);
      }),
      { numRuns: 50 },
    );
  });

  test('begins to hold at once when quiet hours begin, and ends with them', () => {
    const deleted = simulate(fast, (now) => ({ share: 1, rate: now < 10_000 ? 1_000 : undefined }), 20_000);
    const before = total(deleted.filter(({ at }) => at < 10_000));
    expect(before).toBeGreaterThan(9_500);
    expect(before).toBeLessThan(10_500);
    expect(total(deleted) - before).toBeGreaterThan(300_000);
  });

  test('counts what other servers delete of the same job', () => {
    const turns = new Turns(1);
    const limit = { share: 1, rate: 1_000 };
    const turn = turns.ask(0, limit) as Turn;
    turns.end(turn, { users: turn.usersMax, restedMs: 0 }, 10);
    turns.deletedByOthers(500, 1_000);
    const wait = turns.ask(10, limit) as { waitMs: number };
    expect(wait.waitMs).toBeGreaterThan(450);
    expect(turns.isLimited(10)).toBe(true);
  });

  test('is not made up for where the machine was slower for a while', () => {
    const turns = new Turns(1);
    const limit = { share: 1, rate: 1_000 };
    let users = 0;
    for (let now = 100_000; now < 101_000; now += 10) {
      const turn = turns.ask(now, limit);
      if ('waitMs' in turn) continue;
      users += turn.usersMax;
      turns.end(turn, { users: turn.usersMax, restedMs: 0 }, now);
    }
    expect(users).toBeLessThanOrEqual(1_250);
  });
});

describe('a share of the full speed', () => {
  const full = (workers: number) =>
    total(simulate({ ...fast, workers }, () => ({ share: 1, rate: undefined }), 30_000));

  test('leaves every worker time to rest, whatever the share, until it is nearly all', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 0.75, noNaN: true }), fc.integer({ min: 1, max: 8 }), (share, workers) => {
        const turn = new Turns(workers).ask(0, { share, rate: undefined }) as Turn;
        expect(turn.workShare).toBeLessThan(0.751);
      }),
    );
  });

  test('of 1 makes no worker wait', () => {
    expect(full(2)).toBeGreaterThan(0.95 * 30_000 * 2 * 20);
  });

  test('is about that share of the users, and progress still moves every 2 seconds', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 0.99, noNaN: true }),
        fc.integer({ min: 500, max: 5_000 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 4 }),
        (share, stepUsers, rests, workers) => {
          const deleted = simulate({ ...fast, stepUsers, rests, workers }, () => ({ share, rate: undefined }), 30_000);
          expect(total(deleted) / full(workers)).toBeGreaterThan(0.75 * share);
          expect(total(deleted) / full(workers)).toBeLessThan(1.25 * share + 0.02);
          expect(longestGap(deleted)).toBeLessThanOrEqual(2_000);
        },
      ),
      { numRuns: 50 },
    );
  });
});

test('a clock that is put back by an hour makes no worker wait for it', () => {
  const turns = new Turns(1);
  const slow = { share: 0.1, rate: 100 };
  const hour = 3_600_000;
  const turn = turns.ask(hour, slow) as Turn;
  turns.end(turn, { users: turn.usersMax, restedMs: 0 }, hour + 200);
  let now = 200;
  for (let asked = 0; asked < 5; asked++) {
    const next = turns.ask(now, slow);
    if (!('waitMs' in next)) return;
    now += next.waitMs;
  }
  expect.fail('it still waits');
});
