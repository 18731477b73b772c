import { afterAll, beforeAll, describe, test } from 'vitest';
import { type HeldPhase, phases } from '../holds.ts';
import { LetheProcess, until } from '../lethe-process.ts';
import { faultRounds } from '../long-form.ts';
import { createDoomedDataset, expectExactEnd, startAndHold, untilCompleted } from './doomed-dataset.ts';

/**
 * A lock goes with the database that is killed, so each kill has a bulk deletion of its own. Every round has a server of its own, all at
 * the same time: most of it is waiting, since a database that dies again and again is started after longer and longer pauses.
 */
describe(`a bulk deletion whose embedded PostgreSQL is killed with SIGKILL (in ${faultRounds} servers)`, () => {
  // Alone, as in every other server, a worker takes several slices at once.
  const servers = Array.from(
    { length: faultRounds },
    (_, no) => new LetheProcess({ LETHE_DELETION_WORKERS: no % 2 === 0 ? '1' : '2' }),
  );

  beforeAll(() => Promise.all(servers.map((lethe) => lethe.start())));
  afterAll(() => Promise.all(servers.map((lethe) => lethe.remove())));

  test.each(phases)('goes on by itself and ends exactly: killed while in %s', async (phase) => {
    await Promise.all(servers.map((lethe) => expectToSurviveKill(lethe, phase)));
  });
});

async function expectToSurviveKill(lethe: LetheProcess, phase: HeldPhase): Promise<void> {
  const dataset = await createDoomedDataset(lethe, phase.toLowerCase());
  const release = await startAndHold(lethe, dataset, phase);
  const killed = lethe.databasePid;
  process.kill(killed, 'SIGKILL');
  await release();
  await until(() => lethe.databasePid !== killed, 'Lethe has started the database again');
  await untilCompleted(lethe, dataset);
  await expectExactEnd(lethe, dataset);
}
