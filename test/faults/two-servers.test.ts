import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { LetheProcess, until } from '../lethe-process.ts';
import { jobOf } from './doomed-dataset.ts';
import { type OwnPostgres, startOwnPostgres } from './own-postgres.ts';
import { Random, seedsOf } from './runs.ts';
import { expectToSurvive, struckTimeoutMs } from './struck.ts';

let database: OwnPostgres;
const servers: LetheProcess[] = [];

beforeAll(async () => {
  database = await startOwnPostgres();
  const settings = { LETHE_DATABASE_URL: database.url };
  for (let no = 0; no < 2; no++) servers.push(new LetheProcess(settings, { databaseUrl: database.url }));
  for (const server of servers) await server.start();
});
afterAll(async () => {
  for (const server of servers) await server.remove();
  await database?.stop();
});

/** Which of the two the fault hits, and the other one. */
function parts(seed: number): { victim: LetheProcess; other: LetheProcess } {
  const [victim, other] = new Random(seed).oneOf([servers, servers.toReversed()]);
  if (!victim || !other) throw new Error('there are no two servers');
  return { victim, other };
}

/** Waits until a step of the job, or its last transaction, is in the middle and waits for a lock. */
async function untilInTheMiddle(): Promise<void> {
  await until(async () => {
    const waiting = await database.administer(`
      SELECT FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock' AND application_name SIMILAR TO 'lethe (deletion|steps|starts)%'`);
    return waiting.length > 0;
  }, 'a step waits for a lock');
}

describe('a bulk deletion that two servers work on', { timeout: struckTimeoutMs }, () => {
  test.each(seedsOf('servers dying beside another'))(
    'is ended exactly by one when the other is killed (seed %i)',
    async (seed) => {
      const { victim, other } = parts(seed);
      await expectToSurvive(other, seed, {
        async strike({ random, release }) {
          if (random.oneOf([true, false])) {
            await release();
            await sleep(random.whole(0, 60));
          }
          await victim.kill();
        },
      });
      await victim.start();
    },
  );

  test.each(seedsOf('servers asleep'))(
    'is ended exactly by one while the other sleeps in the middle of a step, and is no worse for its waking (seed %i)',
    async (seed) => {
      const { victim, other } = parts(seed);
      // So that it is the victim's step.
      other.sleep();
      try {
        await expectToSurvive(victim, seed, {
          async strike({ dataset, release }) {
            await untilInTheMiddle();
            victim.sleep();
            other.wakeUp();
            await release();
            await until(async () => (await jobOf(other, dataset))?.state === 'completed', 'the other one has ended it');
            victim.wakeUp();
            await until(async () => (await jobOf(victim, dataset)) !== undefined, 'it is awake');
            // What it was in the middle of comes to its end now.
            await sleep(500);
          },
        });
      } finally {
        for (const server of servers) server.wakeUp();
      }
    },
  );
});
