import { afterAll, beforeAll, describe, test } from 'vitest';
import { phases } from '../holds.ts';
import { LetheProcess, until } from '../lethe-process.ts';
import { faultRounds } from '../long-form.ts';
import { createDoomedDataset, expectExactEnd, startAndHold, untilCompleted } from './doomed-dataset.ts';

const rounds = Array.from({ length: faultRounds }, (_, round) => round + 1);

/** A lock goes with the database that is killed, so each kill has a bulk deletion of its own. */
describe.each(rounds)('a bulk deletion whose embedded PostgreSQL is killed with SIGKILL (round %i)', () => {
  const lethe = new LetheProcess();

  beforeAll(() => lethe.start());
  afterAll(() => lethe.remove());

  test.each(phases)('goes on by itself and ends exactly: killed while in %s', async (phase) => {
    const dataset = await createDoomedDataset(lethe, phase.toLowerCase());
    const release = await startAndHold(lethe, dataset, phase);
    const killed = lethe.databasePid;
    process.kill(killed, 'SIGKILL');
    await release();
    await until(() => lethe.databasePid !== killed, 'Lethe has started the database again');
    await untilCompleted(lethe, dataset);
    await expectExactEnd(lethe, dataset);
  });
});
