import { afterAll, beforeAll, expect, test } from 'vitest';
import { deletionJobs } from '../../src/deletions/jobs.ts';
import { until } from '../lethe-process.ts';
import { startTestServer, type TestServer } from '../server.ts';
import type { Served } from './doomed-dataset.ts';
import { Random, seedsOf } from './runs.ts';
import { expectToSurvive, struckTimeoutMs } from './struck.ts';

let server: TestServer;
let served: Served;
beforeAll(async () => {
  server = await startTestServer();
  served = { api: server.api, databaseUrl: server.database.url };
});
afterAll(() => server?.close());

const hourMs = 3_600_000;

/** A clock that is put forward or back by up to two days, when somebody looks at it for the first time and every few times after. */
function jumpingClock(random: Random): { now(): Date; jumps(): number } {
  let offset = 0;
  let jumps = 0;
  const now = () => {
    if (jumps === 0 || random.whole(0, 3) === 0) {
      offset = random.whole(-48 * hourMs, 48 * hourMs);
      jumps++;
    }
    return new Date(Date.now() + offset);
  };
  return { now, jumps: () => jumps };
}

test.each(seedsOf('clocks that jump'))(
  'a bulk deletion ends exactly although the clock of its server jumps by hours, forth and back, between its steps (seed %i)',
  async (seed) => {
    const { lethe } = server;
    const { now } = lethe;
    const clock = jumpingClock(new Random(seed + 1));
    try {
      await expectToSurvive(served, seed, {
        async strike() {
          lethe.now = clock.now;
        },
      });
    } finally {
      lethe.now = now;
    }
    expect(clock.jumps()).toBeGreaterThan(0);
  },
  struckTimeoutMs,
);

test('the files of the ledger are written on although the clock is put back', async () => {
  let now = new Date();
  const kinds = deletionJobs({ ...server.lethe, now: () => now });
  const copies = kinds.find(({ name }) => name === 'ledger');
  expect(await copies?.open()).toHaveLength(1);
  now = new Date(now.getTime() - hourMs);
  await until(async () => (await copies?.open())?.length === 1, 'the ledger is copied again');
});
