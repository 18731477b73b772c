import { afterAll, beforeAll, describe, test } from 'vitest';
import { hold, phases } from '../holds.ts';
import { LetheProcess, until } from '../lethe-process.ts';
import { faultRounds } from '../long-form.ts';
import { createDoomedDataset, expectExactEnd, jobOf, startDeletion } from './doomed-dataset.ts';
import { standsIn } from './stands.ts';

const rounds = Array.from({ length: faultRounds }, (_, round) => round + 1);

/** A lock goes with the database that is killed, so each kill has a bulk deletion of its own. */
describe.each(rounds)('a bulk deletion whose embedded PostgreSQL is killed with SIGKILL (round %i)', () => {
  const lethe = new LetheProcess();

  beforeAll(() => lethe.start());
  afterAll(() => lethe.remove());

  test.each(phases)('goes on by itself and ends exactly: killed while in %s', async (phase) => {
    const dataset = await createDoomedDataset(lethe, phase.toLowerCase());
    // Held at its beginning first: the gate, which holds the completion, would hold the start as well.
    const releaseStart = await hold(lethe.databaseUrl, dataset, 'start');
    await startDeletion(lethe, dataset);
    const release = phase === 'start' ? releaseStart : await hold(lethe.databaseUrl, dataset, phase);
    if (phase !== 'start') await releaseStart();
    await until(async () => standsIn(await jobOf(lethe, dataset), phase), `the job stands in ${phase}`);
    const killed = lethe.databasePid;
    process.kill(killed, 'SIGKILL');
    await release();
    await until(() => lethe.databasePid !== killed, 'Lethe has started the database again');
    await until(async () => (await jobOf(lethe, dataset))?.state === 'completed', 'the job is completed');
    await expectExactEnd(lethe, dataset);
  });
});
