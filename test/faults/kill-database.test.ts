import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hold, phases } from '../holds.ts';
import { LetheProcess, until } from '../lethe-process.ts';
import { createDoomedDataset, expectExactEnd, jobOf, startDeletion } from './doomed-dataset.ts';
import { standsIn } from './stands.ts';

/** A lock goes with the database that is killed, so each kill has a bulk deletion of its own: five in each of five phases. */
const rounds = [1, 2, 3, 4, 5];

describe('a bulk deletion whose embedded PostgreSQL is killed with SIGKILL', () => {
  const lethe = new LetheProcess({ LETHE_DATASETS_MAX: '100' });

  beforeAll(() => lethe.start());
  afterAll(() => lethe.remove());

  const kills = rounds.flatMap((round) => phases.map((phase) => ({ phase, round })));

  test.each(kills)('goes on by itself and ends exactly: killed while in $phase ($round)', async ({ phase, round }) => {
    const dataset = await createDoomedDataset(lethe, `${phase.toLowerCase()}${round}`);
    const release = await hold(lethe.databaseUrl, dataset, phase);
    await startDeletion(lethe, dataset);
    await until(async () => standsIn(await jobOf(lethe, dataset), phase), `the job stands in ${phase}`);
    const killed = lethe.databasePid;
    process.kill(killed, 'SIGKILL');
    await release();
    await until(() => lethe.databasePid !== killed, 'Lethe has started the database again');
    await until(async () => (await jobOf(lethe, dataset))?.state === 'completed', 'the job is completed');
    await expectExactEnd(lethe, dataset);
    // Idle datasets cost the next rounds time.
    expect((await lethe.api('DELETE', `/api/datasets/${dataset.id}?confirm=${dataset.id}`)).status).toBe(204);
  });
});
