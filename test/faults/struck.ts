import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { type HeldPhase, phases } from '../holds.ts';
import {
  createDoomedDataset,
  type DoomedDataset,
  expectExactEnd,
  jobOf,
  type Served,
  startAndHold,
  untilCompleted,
} from './doomed-dataset.ts';
import { Random } from './runs.ts';

/** As long as a busy machine may need for what it has to start anew, in milliseconds. */
export const struckTimeoutMs = 240_000;

export interface Struck {
  random: Random;
  phase: HeldPhase;
  dataset: DoomedDataset;
  /** Of the hold that keeps the job in its phase; it is called in any case after the strike. */
  release: () => Promise<void>;
}

export interface Strike {
  /** Injects the fault while the job stands in a phase that the seed decides. */
  strike(at: Struck): Promise<void>;
  /** Phases that this fault can hit; all of them unless told otherwise. */
  among?: readonly HeldPhase[];
}

/** One bulk deletion that a fault hits in the middle of a phase; it has to go on by itself and end exactly. */
export async function expectToSurvive(lethe: Served, seed: number, { strike, among = phases }: Strike): Promise<void> {
  const random = new Random(seed);
  const phase = random.oneOf(among);
  const id = `seed${seed}`;
  const dataset = await createDoomedDataset(lethe, id);
  const release = await startAndHold(lethe, dataset, phase);
  // Steps wait in the middle of their transactions: at which moment of that, the seed decides.
  await sleep(random.whole(0, 300));
  expect((await jobOf(lethe, dataset))?.state).not.toBe('completed');
  try {
    await strike({ random, phase, dataset, release });
  } finally {
    await release();
  }
  await untilCompleted(lethe, dataset);
  await expectExactEnd(lethe, dataset);
  expect((await lethe.api('DELETE', `/api/datasets/${id}?confirm=${id}`)).status).toBe(204);
}
