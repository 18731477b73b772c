import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hold } from '../holds.ts';
import { LetheProcess, until } from '../lethe-process.ts';
import { createDoomedDataset, expectExactEnd, jobOf, startDeletion } from './doomed-dataset.ts';
import { standsIn } from './stands.ts';

/** The product's own promise: told to stop, a server ends within this time, whatever it is at. */
const endsWithinMs = 10_000;

describe('a server that is told to stop while a step of a bulk deletion waits in the middle of its transaction', () => {
  const lethe = new LetheProcess();

  beforeAll(() => lethe.start());
  afterAll(() => lethe.remove());

  test.each(['start', 'lastStep', 'verifying'] as const)(
    'ends in good order and in time (%s), and the next one goes on to an exact end',
    async (phase) => {
      const dataset = await createDoomedDataset(lethe, phase.toLowerCase());
      const release = await hold(lethe.databaseUrl, dataset, phase);
      await startDeletion(lethe, dataset);
      await until(async () => standsIn(await jobOf(lethe, dataset), phase), `the job stands in ${phase}`);
      const told = Date.now();
      expect(await lethe.stop()).toBe(0);
      expect(Date.now()).toBeLessThan(told + endsWithinMs);
      await release();
      await lethe.start();
      await until(async () => (await jobOf(lethe, dataset))?.state === 'completed', 'the job is completed');
      await expectExactEnd(lethe, dataset);
    },
  );
});
