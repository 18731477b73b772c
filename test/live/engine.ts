import { setTimeout as sleep } from 'node:timers/promises';
import { sqlState } from '../../src/database/postgres.ts';
import { advance } from '../../src/deletions/advance.ts';
import { findRunning } from '../../src/deletions/start-sql.ts';
import { stepSize } from '../../src/deletions/step.ts';
import { takeLargeMergeStep } from '../../src/events/large-merge.ts';
import { clearDiscardedSets } from '../../src/segments/clear.ts';
import { type ClockStep, lookAtDue } from '../../src/segments/clock.ts';
import { computeNext, finishComputation } from '../../src/segments/compute.ts';
import type { Random } from '../story/random.ts';
import type { Life } from './life.ts';
import { onServer } from './world.ts';

/** What goes on by itself, one transaction at a time. Each answers whether there is more to do just now. */
type Work = (life: Life, random: Random) => Promise<boolean>;

const everyKind: readonly Work[] = [deleteUsers, mergeUsers, compute, look, clear];

/** Who works while everybody else lives, each on connections of whichever server: two at a deletion and at computations. */
export const workers: readonly Work[] = [deleteUsers, deleteUsers, mergeUsers, compute, compute, look, clear, readOn];

/** Works until life is over. */
export async function workOn(life: Life, random: Random, work: Work): Promise<void> {
  while (!life.isOver) {
    const more = await work(life, random);
    await sleep(more ? random.below(3) : 8 + random.below(16));
  }
}

/** Finishes everything that is under way. */
export async function settle(life: Life, random: Random): Promise<void> {
  for (let more = true; more; ) {
    more = false;
    for (const work of everyKind) while (await work(life, random)) more = true;
  }
  await readOn(life, random);
}

async function deleteUsers(life: Life, random: Random): Promise<boolean> {
  const { world } = life;
  const job = await findRunning(world.ds);
  if (!job) return false;
  const { database, announce } = random.of(world.servers);
  const size = stepSize(2_000);
  size.current = 1 + random.below(random.of([6, 30]));
  const plan = Object.assign(size, { isAlone: random.below(2) === 0 });
  const proofSize = { current: 1 + random.below(random.of([6, 30])), learn: () => {} };
  const provesAtOnce = random.below(2) === 0;
  // Whoever is alone takes several slices at once.
  const workers = random.of([1, 4]);
  try {
    const how = { database, announce, size: plan, proofSize, workers, provesAtOnce, now: world.clock.now };
    const did = await advance(world.dataset, job, how);
    return did === 'more';
  } catch (error) {
    // A step that waited too long is taken again; one that was in a deadlock with anybody is a fault.
    if (sqlState(error) !== '55P03') throw error;
    life.ledger.note('step: waited too long');
    return true;
  }
}

/** One step of a merge that is too large to be done with the message that named both. */
async function mergeUsers(life: Life, random: Random): Promise<boolean> {
  if (!life.mergesInSteps) return false;
  const context = { eventsMax: 1 + random.below(4), limits: life.liveMerge, now: life.world.clock.now };
  const step = await life.attempt('merge', () => takeLargeMergeStep(onServer(life.world, random, 'steps'), context));
  if (step?.did === 'nothing' || step?.did === 'waiting') return false;
  life.ledger.note(`merge: ${step?.did}`);
  return true;
}

async function compute(life: Life, random: Random): Promise<boolean> {
  const steps = onServer(life.world, random, 'steps');
  const now = life.world.clock.now;
  const step = await life.attempt('computation', () => computeNext(steps, { profilesMax: 1 + random.below(25), now }));
  if (step?.did === 'filled') {
    const starts = onServer(life.world, random, 'starts');
    await life.attempt('finish', () => finishComputation(starts, step.segmentId, life.world.clock.now));
  }
  return step === undefined || step.did === 'filled' || step.did === 'profiles';
}

async function clear(life: Life, random: Random): Promise<boolean> {
  return (await life.attempt('clear', () => clearDiscardedSets(onServer(life.world, random, 'steps')))) !== false;
}

/** One run of the clock through everybody at whom time may have changed something. */
async function look(life: Life, random: Random): Promise<boolean> {
  let after: ClockStep['next'];
  let looked = false;
  do {
    const steps = onServer(life.world, random, 'steps');
    const how = { profilesMax: 1 + random.below(10), now: life.world.clock.now, after };
    const step = await life.attempt('look', () => lookAtDue(steps, how));
    if (!step) return true;
    looked ||= step.users > 0 || step.busy > 0;
    after = step.next;
  } while (after);
  return looked;
}

/** What other programs read meanwhile. */
async function readOn(life: Life, random: Random): Promise<boolean> {
  for (const follower of life.followers) await follower.look(random);
  return false;
}

/** Moves the clock on: by so little that one moment passes, or to the other side of a day; at most 12 hours each time. */
export async function moveClock({ world: { clock } }: Life, random: Random, times: number): Promise<void> {
  for (let n = 0; n < times; n++) {
    await sleep(random.below(60));
    const ms = random.of([1, 1, 60_000, 1_800_000, 3_600_000, 43_200_000]);
    clock.now = new Date(clock.now.getTime() + ms);
  }
}

/** Lets half a day or more pass at once. */
export function letTimePass({ world: { clock } }: Life, random: Random): void {
  clock.now = new Date(clock.now.getTime() + random.of([43_200_000, 43_200_001, 86_400_000]));
}
