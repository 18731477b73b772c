import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Rests } from './rests.ts';

/** A clock that only statements and rests move; whoever sleeps is woken late by `lateMs`, or early. */
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

/** Lets a worker take statements, and returns how long it has worked. */
async function work(rests: Rests, clock: { at: number }, took: readonly number[]): Promise<number> {
  for (const ms of took) {
    clock.at += ms;
    await rests.rest();
  }
  return took.reduce((sum, ms) => sum + ms, 0);
}

const short = fc.array(fc.double({ min: 0.1, max: 5, noNaN: true }), { minLength: 1, maxLength: 20 });
const anyShare = fc.double({ min: 0.1, max: 1, noNaN: true });

test('a worker rests in proportion to its work, but for what is too short for a rest, be it woken late or early', async () => {
  await fc.assert(
    fc.asyncProperty(
      short,
      fc.double({ min: 0.55, max: 1, noNaN: true }),
      fc.double({ min: -0.9, max: 3, noNaN: true }),
      async (took, workShare, lateMs) => {
        const clock = simulatedClock(lateMs);
        const rests = new Rests(workShare, clock);
        const worked = await work(rests, clock, took);
        const due = worked * (1 / workShare - 1);
        expect(rests.restedMs).toBeCloseTo(clock.at - worked, 6);
        expect(rests.restedMs).toBeGreaterThan(due - 2.001);
        expect(rests.restedMs).toBeLessThan(due + Math.max(0, lateMs) + 0.001);
      },
    ),
  );
});

test('a worker with all of its time never rests', async () => {
  const clock = simulatedClock();
  await work(new Rests(1, clock), clock, [10, 10_000]);
  expect(clock.rests).toEqual([]);
});

test('a step rests for 100 ms in all at most, whatever its statements took', async () => {
  const any = fc.array(fc.double({ min: 0.1, max: 60_000, noNaN: true }), { minLength: 1, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(any, anyShare, async (took, workShare) => {
      const clock = simulatedClock();
      const rests = new Rests(workShare, clock);
      await work(rests, clock, took);
      expect(rests.restedMs).toBeLessThanOrEqual(100.001);
    }),
  );
});
