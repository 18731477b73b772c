import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HeldPhase, hold, phases } from '../holds.ts';
import { LetheProcess, until } from '../lethe-process.ts';
import { faultRounds } from '../long-form.ts';
import { createDoomedDataset, expectExactEnd, jobOf, startDeletion } from './doomed-dataset.ts';
import { standsIn } from './stands.ts';

/** Each round is one bulk deletion whose server is killed in every phase. */
describe('a bulk deletion whose server is killed with SIGKILL in every phase', () => {
  // Alone, a worker takes several slices at once.
  const lethe = new LetheProcess({ LETHE_DELETION_WORKERS: '1' });
  const kills: { phase: HeldPhase; unfinished: boolean }[] = [];

  beforeAll(() => lethe.start());
  afterAll(() => lethe.remove());

  test.each(Array.from({ length: faultRounds }, (_, round) => round + 1))(
    'goes on by itself and ends exactly (round %i)',
    async (round) => {
      const dataset = await createDoomedDataset(lethe, `round${round}`);
      let release = await hold(lethe.databaseUrl, dataset, phases[0]);
      await startDeletion(lethe, dataset, 'scrub');
      for (const [index, phase] of phases.entries()) {
        await until(async () => standsIn(await jobOf(lethe, dataset), phase), `the job stands in ${phase}`);
        kills.push({ phase, unfinished: (await jobOf(lethe, dataset))?.state !== 'completed' });
        await lethe.kill();
        // Taken while nobody works, so that the job cannot run past the next phase.
        const next = phases[index + 1];
        const releaseNext = next && (await hold(lethe.databaseUrl, dataset, next));
        await release();
        release = releaseNext ?? release;
        await lethe.start();
      }
      await until(async () => (await jobOf(lethe, dataset))?.state === 'completed', 'the job is completed');
      await expectExactEnd(lethe, dataset);
    },
    // Six starts of the server.
    240_000,
  );

  test('was killed as often as it was to be in each phase, and never after its end', () => {
    for (const phase of phases) {
      const inPhase = kills.filter((kill) => kill.phase === phase);
      expect(inPhase.map((kill) => kill.unfinished)).toEqual(Array(faultRounds).fill(true));
    }
    expect(kills).toHaveLength(phases.length * faultRounds);
  });
});

describe('a start whose server is killed before it commits', () => {
  const lethe = new LetheProcess();

  beforeAll(() => lethe.start());
  afterAll(() => lethe.remove());

  test('leaves no job, an enabled segment and every user, and can be asked again', async () => {
    const dataset = await createDoomedDataset(lethe, 'shop');
    // The gate: the start asks for it alone and waits.
    const release = await hold(lethe.databaseUrl, dataset, 'completing');
    const answer = startDeletion(lethe, dataset).catch((error: unknown) => error);
    await until(async () => (await jobOf(lethe, dataset)) === undefined, 'the start waits');
    await lethe.kill();
    expect(await answer).toBeInstanceOf(Error);
    await release();
    await lethe.start();
    expect(await jobOf(lethe, dataset)).toBeUndefined();
    expect((await lethe.api('GET', '/api/dataset/shop/segments/doomd')).json).toMatchObject({
      enabled: true,
      users: dataset.users,
    });
    await startDeletion(lethe, dataset);
    await until(async () => (await jobOf(lethe, dataset))?.state === 'completed', 'the job is completed');
    await expectExactEnd(lethe, dataset);
  });
});
