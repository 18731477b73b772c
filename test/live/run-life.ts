import {
  changeLists,
  changeSegments,
  createList,
  createRuleSegment,
  deleteInBulk,
  deleteSomeUsers,
} from './changers.ts';
import { findFaults } from './checks.ts';
import { letTimePass, moveClock, settle, workers, workOn } from './engine.ts';
import { Follower } from './follower.ts';
import { Life } from './life.ts';
import { clockRules } from './rules.ts';
import { clearLiveWorld, type LiveWorld } from './world.ts';
import { importMessages, sendMessages } from './writers.ts';

/**
 * One life of a dataset from empty to settled: everybody does their part, drawn from the seed, over connections of their own at the
 * same time. Who comes first is decided by the machine all the same. Throws an error that names the seed and every fault.
 */
export async function runLife(world: LiveWorld, seed: number): Promise<Life> {
  await clearLiveWorld(world);
  const life = new Life(world, seed);
  try {
    await begin(life);
    await live(life);
    const random = life.random(99);
    await settle(life, random);
    // From here on time alone changes anything.
    await createRuleSegment(life, random, random.of(clockRules));
    await settle(life, random);
    letTimePass(life, random);
    await settle(life, random);
    const faults = await findFaults(life);
    if (faults.length > 0) throw new Error(faults.join('\n'));
  } catch (error) {
    throw new Error(`Seed ${seed}: ${(error as Error).stack}`, { cause: error });
  }
  return life;
}

async function begin(life: Life): Promise<void> {
  const random = life.random(0);
  await createList(life, random);
  await createList(life, random);
  await sendMessages(life, random, 3);
  for (let n = 0; n < 4; n++) await createRuleSegment(life, random);
  for (const segment of [random.of(life.lists), random.of(life.ruleSegments)]) {
    const follower = new Follower(life.world, segment);
    await follower.begin(random);
    life.followers.push(follower);
  }
}

async function live(life: Life): Promise<void> {
  const callers = [
    sendMessages(life, life.random(1), 8),
    sendMessages(life, life.random(2), 8),
    sendMessages(life, life.random(3), 8),
    importMessages(life, life.random(4), 16),
    changeLists(life, life.random(5), 6),
    changeSegments(life, life.random(6), 6),
    deleteSomeUsers(life, life.random(7), 4),
    life.mergesInSteps ? undefined : deleteInBulk(life, life.random(8), 4),
    // Less than the 48 hours for which a message that is sent again is known again.
    moveClock(life, life.random(9), 3),
  ];
  const working = workers.map((work, no) => workOn(life, life.random(20 + no), work));
  try {
    await Promise.all(callers);
  } finally {
    life.isOver = true;
    await Promise.allSettled([...callers, ...working]);
  }
  await Promise.all(working);
}
