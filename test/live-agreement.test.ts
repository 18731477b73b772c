import { afterAll, beforeAll, expect, test } from 'vitest';
import { runLife } from './live/run-life.ts';
import { type LiveWorld, openLiveWorld } from './live/world.ts';

/**
 * LIVE_AGREEMENT_SEED repeats a run, as far as the machine lets the same ones be first; LIVE_AGREEMENT_RUNS makes it more of them.
 * `node test/live/run.ts --runs 1000` does the same without the rest of the tests.
 */
const firstSeed = Number(process.env.LIVE_AGREEMENT_SEED ?? Math.floor(Math.random() * 1_000_000_000));
const runs = Number(process.env.LIVE_AGREEMENT_RUNS ?? (process.env.LIVE_AGREEMENT_SEED ? 1 : 60));

let world: LiveWorld;
beforeAll(async () => {
  world = await openLiveWorld();
});
afterAll(() => world.close());

test(`${runs} times everything at once: what is there, who is in which segment and every number are as a model has it (seeds from ${firstSeed})`, {
  timeout: 600_000,
}, async () => {
  const deeds = new Set<string>();
  for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
    for (const what of (await runLife(world, seed)).ledger.counts.keys()) deeds.add(what);
  }
  // Nothing of what is to meet was missing.
  if (runs >= 60) {
    expect([...deeds]).toEqual(
      expect.arrayContaining(['write', 'changeList', 'createSegment', 'editSegment', 'deleteUsers', 'startDeletion']),
    );
  }
});
