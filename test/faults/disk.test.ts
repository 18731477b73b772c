import { afterAll, beforeAll, expect, test } from 'vitest';
import { LetheProcess, until } from '../lethe-process.ts';
import { createDoomedDataset, expectExactEnd, jobOf, startDeletion } from './doomed-dataset.ts';

const lethe = new LetheProcess();
// More than any disk has free.
const neverEnough = { LETHE_DISK_FREE_BYTES_MIN: String(2 ** 52) };

beforeAll(() => lethe.start(neverEnough));
afterAll(() => lethe.remove());

test('a bulk deletion takes no step while the disk is short of room, says so, and goes on when there is room', async () => {
  const dataset = await createDoomedDataset(lethe, 'shop');
  await startDeletion(lethe, dataset);
  await until(async () => (await jobOf(lethe, dataset))?.heldBackBy !== null, 'the job says what holds it back');
  expect(await jobOf(lethe, dataset)).toMatchObject({ state: 'running', deleted: 0, failure: null });
  expect((await jobOf(lethe, dataset))?.heldBackBy).toMatch(/MB of disk is free; it goes on when there is room/);

  expect(await lethe.stop()).toBe(0);
  await lethe.start();
  await until(async () => (await jobOf(lethe, dataset))?.state === 'completed', 'the job is completed');
  expect((await jobOf(lethe, dataset))?.heldBackBy).toBeNull();
  await expectExactEnd(lethe, dataset);
});
