import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StepSize } from './step-size.ts';

const limits = { first: 1_000, min: 100, max: 50_000, msMax: 2_000 };

test('a step that took half its time makes the next larger, one that took too long makes it smaller', () => {
  const size = new StepSize(limits);
  size.learn(1_000, 1_000);
  expect(size.current).toBe(1_600);
  size.learn(1_600, 3_200);
  expect(size.current).toBe(800);
});

test('a step grows at most eightfold, however fast the last one was', () => {
  const size = new StepSize(limits);
  size.learn(1_000, 0);
  expect(size.current).toBe(8_000);
});

test('the end of a slice, which may be a single user, says nothing unless even that took too long', () => {
  const size = new StepSize(limits);
  size.learn(1, 1);
  expect(size.current).toBe(1_000);
  size.learn(1, 4_000);
  expect(size.current).toBe(100);
});

test('half of a step, and more, says how large the next may be', () => {
  const size = new StepSize(limits);
  size.learn(499, 100);
  expect(size.current).toBe(1_000);
  size.learn(500, 100);
  expect(size.current).toBe(8_000);
});

test('it always stays within its limits', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(100_000), fc.nat(100_000))), (steps) => {
      const size = new StepSize(limits);
      for (const [done, ms] of steps) size.learn(done, ms);
      return size.current >= limits.min && size.current <= limits.max;
    }),
  );
});
