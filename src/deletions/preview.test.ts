import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/database.ts';
import { fillDataset } from '../../test/fill-dataset.ts';
import { systemActor } from '../access/system-actor.ts';
import { previewDeletion } from './preview.ts';
import { startDeletion } from './start.ts';

const startedAt = new Date('2026-11-22T18:00:00Z');
const secondsLater = (seconds: number) => new Date(startedAt.getTime() + seconds * 1_000);

let world: TestDatabase;
beforeAll(async () => {
  world = await createTestDatabase();
});
afterAll(() => world.close());

test('the expected duration comes from what deleting took before, without the scrubs', async () => {
  const { database, dataset, ds } = world;
  const users = await fillDataset(ds, { profiles: 200, eventsPerProfile: 1, share: 0.5 });
  const id = await startDeletion(database.starts, dataset, {
    segmentId: 'doomd',
    expectedUsers: users,
    erasure: 'scrub',
    actor: systemActor,
    now: () => startedAt,
  });
  const scrub = { startedAt: secondsLater(2), tables: 1, of: 1 };
  await sql`
    UPDATE ${ds.tables.deletion} SET completed_at = ${secondsLater(60)}, scrub = ${JSON.stringify(scrub)}::jsonb, receipt = 'of no matter here'
    WHERE id = ${id}`.execute(database.writes);
  const preview = await previewDeletion(database.reads, dataset, { segmentId: 'every', erasure: 'scrub' });
  expect(preview).toMatchObject({ estimateBasis: 'measured', erasure: 'scrub' });
  expect(preview.estimatedSeconds).toBe(Math.round((preview.users / users) * 2 * 10) / 10);
});
