import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Rests } from './rests.ts';

/** A clock that only statements and rests move; whoever sleeps is woken late by `lateMs`. */
function simulatedClock(lateMs = 0) {
  const clock = {
    at: 0,
    rests: [] as number[],
    now: () => clock.at,
    sleep: async (ms: number) => {
      clock.rests.push(ms);
      clock.at += ms + lateMs;
    },
  };
  return clock;
}

const statements = fc.array(fc.double({ min: 0.1, max: 20, noNaN: true }), { minLength: 1, maxLength: 60 });

test('a worker rests in proportion to its work, up to what is too short for a rest, also where it is woken late', async () => {
  await fc.assert(
    fc.asyncProperty(
      statements,
      fc.double({ min: 0.3, max: 0.95, noNaN: true }),
      fc.double({ min: 0, max: 3, noNaN: true }),
      async (took, workShare, lateMs) => {
        const clock = simulatedClock(lateMs);
        const rests = new Rests(workShare, clock);
        let worked = 0;
        for (const ms of took) {
          clock.at += ms;
          worked += ms;
          await rests.rest();
        }
        const due = worked * (1 / workShare - 1);
        expect(rests.restedMs).toBeGreaterThan(due - 2.001);
        expect(rests.restedMs).toBeLessThan(due + lateMs + 0.001);
        expect(rests.restedMs).toBeCloseTo(clock.at - worked, 6);
      },
    ),
  );
});

test('a worker with all of its time never rests', async () => {
  const clock = simulatedClock();
  const rests = new Rests(1, clock);
  clock.at = 10_000;
  await rests.rest();
  expect(clock.rests).toEqual([]);
});

test('a statement that took very long is not followed by a long rest, nor are those after it by longer ones', async () => {
  const clock = simulatedClock();
  const rests = new Rests(0.5, clock);
  for (const ms of [60_000, 10, 10]) {
    clock.at += ms;
    await rests.rest();
  }
  expect(clock.rests).toEqual([50, 10, 10]);
});
