import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/database.ts';
import { LetheError } from '../errors.ts';
import { type DatasetDb, on } from './handle.ts';
import { withLimitedSnapshot } from './snapshot.ts';

let world: TestDatabase;
beforeAll(async () => {
  world = await createTestDatabase();
});
afterAll(() => world.close());

const tooSlow = (cause: unknown) => new LetheError('busy', 'test.too_slow', 'It took too long.', { cause });
const sleep = (seconds: number) => (ds: DatasetDb) => sql`SELECT pg_sleep(${seconds})`.execute(ds.db);

test('a scan that takes longer than it may is cancelled and says so, and its connection is as good as before', async () => {
  const one = world.database.heartbeat;
  const ds = on(world.dataset, one);
  const slow = withLimitedSnapshot(ds, { msMax: 50, tooSlow }, sleep(20));
  await expect(slow).rejects.toMatchObject({ kind: 'busy', code: 'test.too_slow' });
  await sql`SELECT pg_sleep(0.1)`.execute(one);
  const { rows } = await sql`SELECT current_setting('statement_timeout') AS timeout`.execute(one);
  expect(rows).toEqual([{ timeout: '0' }]);
});

test('whatever else goes wrong within a scan is passed on as it is', async () => {
  const broken = withLimitedSnapshot(world.ds, { tooSlow }, (ds) => sql`SELECT 1 / 0`.execute(ds.db));
  await expect(broken).rejects.toMatchObject({ code: '22012' });
});
