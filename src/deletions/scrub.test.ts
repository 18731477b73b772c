import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/database.ts';
import { until } from '../../test/waiting.ts';
import { on } from '../database/handle.ts';
import { scrubNext } from './scrub.ts';
import { releaseScrub, takeScrub } from './scrub-sql.ts';

let world: TestDatabase;
beforeAll(async () => {
  world = await createTestDatabase();
});
afterAll(() => world.close());

test('a worker that falls silent in the middle of a scrub, as one whose server sleeps, loses it to another one', async () => {
  const { steps } = world.database;
  await steps.connection().execute(async (silent) => {
    expect(await takeScrub(on(world.dataset, silent))).toBe(true);
    await steps.connection().execute(async (other) => {
      const ds = on(world.dataset, other);
      expect(await takeScrub(ds)).toBe(false);
      await until(() => takeScrub(ds), 'another worker has the scrub');
      await releaseScrub(ds);
    });
  });
});

test('a worker that comes when the job has been completed writes no table anew, and leaves the result as it is', async () => {
  const { dataset, database } = world;
  const next = () => scrubNext(dataset, database.steps, 'del_gone', { renewLog: undefined, now: new Date() });
  expect(await next()).toBe('idle');
});
