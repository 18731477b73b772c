import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { clearDataset } from '../../test/messages.ts';
import { createSegmentWorld, type SegmentWorld } from '../../test/segment-world.ts';
import { withSharedGate } from '../database/gate.ts';
import type { Dataset } from '../database/handle.ts';
import type { JobKind } from '../jobs/jobs.ts';
import { clockJob } from './clock-jobs.ts';
import { findClockRun, lockProfilesAtRest } from './clock-sql.ts';

let world: SegmentWorld;
let job: JobKind<Dataset>;
let announced: unknown[];
let active: string;

beforeAll(async () => {
  world = await createSegmentWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await clearDataset(world);
  world.now = new Date('2026-01-15T12:00:00Z');
  active = await world.rule('Active', { visits: 'lastActivity', is: 'inTheLast', days: 30 });
  await world.compute();
  await world.write({ user: 'anna', event: { action: 'View Item' } });
  announced = [];
  job = clockJob({ ...world.lethe, announce: (name, fields) => announced.push({ name, ...fields }) });
});

const openAt = async (moment: string) => {
  world.now = new Date(moment);
  return (await job.open()).map(({ id }) => id);
};

test('every LETHE_CLOCK_SECONDS, a minute unless told otherwise, it is asked who is due, and not in between', async () => {
  expect(await openAt('2026-02-14T11:59:50Z')).toEqual([]);
  expect(await openAt('2026-02-14T12:00:49.999Z')).toEqual([]);
  expect(await openAt('2026-02-14T12:00:50Z')).toEqual(['shop']);
  expect(await job.step(world.dataset)).toBe('finished');
  expect(await job.open()).toEqual([]);
  expect(await world.usersOf(active)).toEqual([]);
});

test('what came of the last run that found somebody is kept, and announced', async () => {
  await openAt('2026-02-14T12:00:00Z');
  await job.step(world.dataset);
  world.now = new Date('2026-02-14T12:01:00Z');
  await job.step(world.dataset);
  expect(await findClockRun(world.ds)).toEqual({ at: new Date('2026-02-14T12:00:00Z'), users: 1, joined: 0, left: 1 });
  expect(announced).toEqual([{ name: 'clock.looked', dataset: 'shop', users: 1, joined: 0, left: 1, lateSeconds: 0 }]);
});

test('a clock that is far behind says so', async () => {
  await openAt('2026-02-14T12:10:00Z');
  await job.step(world.dataset);
  expect(announced).toMatchObject([{ name: 'clock.looked', lateSeconds: 600 }]);
  await world.write({ user: 'anna', event: { action: 'View Item' } });
  await openAt('2026-03-16T12:20:01Z');
  await job.step(world.dataset);
  expect(announced.slice(1)).toMatchObject([
    { name: 'clock.looked', lateSeconds: 601 },
    { name: 'clock.late', dataset: 'shop', users: 1, lateSeconds: 601 },
  ]);
});

test('somebody who was being written to is looked at with the next poll, not a minute later', async () => {
  expect(await openAt('2026-02-14T12:00:00Z')).toEqual(['shop']);
  await withSharedGate(world.dataset, world.database.writes, async (tx) => {
    expect((await lockProfilesAtRest(tx, [1, 2, 3, 4, 5, 6, 7, 8, 9])).length).toBe(1);
    expect(await job.step(world.dataset)).toBe('idle');
  });
  expect(await openAt('2026-02-14T12:00:01Z')).toEqual(['shop']);
  expect(await job.step(world.dataset)).toBe('finished');
  expect(await world.usersOf(active)).toEqual([]);
});

test('after a failure it is asked anew who is due, so that a dataset that is gone is not tried for ever', async () => {
  expect(await openAt('2026-02-14T12:00:00Z')).toEqual(['shop']);
  const gone = { ...world.dataset, id: 'gone', no: 99 };
  await expect(job.step(gone)).rejects.toThrow('does not exist');
  await job.failed?.(gone, { error: new Error(), attempt: 1, nextTryAt: world.now });
  await clearDataset(world);
  expect(await job.open()).toEqual([]);
});
