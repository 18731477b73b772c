import { expect, test } from 'vitest';
import { memoryMax, runFuzz } from './run-fuzz.ts';

const seed = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 1_000_000));

test(`10,000 malformed and hostile requests are each answered rightly, and leave what was promised and nothing else (seed ${seed})`, async () => {
  const { failures, classes, events, requests, memory } = await runFuzz({ seed, requests: 10_000 });
  expect(failures).toEqual([]);
  expect(requests).toBeGreaterThanOrEqual(10_000);
  // Or else most of it was refused for another reason than the one that was meant.
  expect(events).toBeGreaterThan(3_000);
  expect(classes.size).toBeGreaterThan(140);
  expect(memory.peak).toBeLessThan(memoryMax);
}, 600_000);
