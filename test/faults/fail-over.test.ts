import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LetheProcess, until } from '../lethe-process.ts';
import { jobOf, type Served } from './doomed-dataset.ts';
import { Network } from './network.ts';
import { ReplicatedPostgres } from './replicated-postgres.ts';
import { Random, seedsOf } from './runs.ts';
import { expectToSurvive, struckTimeoutMs } from './struck.ts';

let database: ReplicatedPostgres;
let network: Network;
let lethe: LetheProcess;
let served: Served;

beforeAll(async () => {
  database = await ReplicatedPostgres.start();
  network = await Network.before(database.url);
  // The address stays; who answers there changes.
  lethe = new LetheProcess({ LETHE_DATABASE_URL: network.addressOf(database.url) });
  await lethe.start();
  served = {
    api: (...request) => lethe.api(...request),
    get databaseUrl() {
      return database.url;
    },
  };
});
afterAll(async () => {
  await lethe?.remove();
  await network?.close();
  await database?.stop();
});

test.each(seedsOf('fail-overs'))(
  'a bulk deletion ends exactly although its database fails over to a standby, and whatever commits are lost with it (seed %i)',
  async (seed) => {
    // Of its own, so that the seed decides the same of the deletion.
    const losesCommits = new Random(seed + 1).oneOf([true, false]);
    await database.replicate({ synchronous: !losesCommits });
    network.leadTo(database.port);
    await until(async () => (await lethe.api('GET', '/api/datasets')).status === 200, 'Lethe has its database again');
    await expectToSurvive(served, seed, {
      async strike({ random, dataset, release }) {
        if (losesCommits) {
          await database.untilCaughtUp();
          database.keepFromStandby();
        }
        await release();
        await sleep(random.oneOf([random.whole(0, 60), random.whole(0, 4_000)]));
        network.shut();
        await database.failOver();
        network.leadTo(database.port);
        network.open();
        if (losesCommits) {
          await until(async () => (await jobOf(served, dataset)) !== undefined, 'Lethe has its database again');
        }
      },
    });
    expect((await lethe.api('GET', '/health/ready')).status).toBe(200);
  },
  struckTimeoutMs,
);
