import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/database.ts';
import { until } from '../../test/waiting.ts';
import type { Db } from '../database/postgres.ts';
import { seeLog, seeOthers } from './pace-sql.ts';

let world: TestDatabase;
beforeAll(async () => {
  world = await createTestDatabase();
});
afterAll(() => world.close());

const see = () => seeOthers(world.database.heartbeat, 'del_1');

/** A transaction of a program of that name. */
function as<T>(name: string, work: (tx: Db) => Promise<T>): Promise<T> {
  return world.database.starts.transaction().execute(async (tx) => {
    await sql`SELECT set_config('application_name', ${name}, true)`.execute(tx);
    return work(tx);
  });
}

test('a job sees who waits for its own locks, and not who waits for those of others', async () => {
  for (const [holder, count] of [
    ['lethe deletion del_1', 1],
    ['lethe deletion del_2', 0],
  ] as const) {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const lock = sql`SELECT pg_advisory_xact_lock(1, 2)`;
    let waiting: Promise<unknown> | undefined;
    await Promise.all([
      as(holder, async (tx) => {
        await lock.execute(tx);
        waiting = as('lethe writes', (other) => lock.execute(other));
        await released;
      }),
      (async () => {
        const waits = sql`SELECT FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock' AND query_start < clock_timestamp() - interval '0.3 s'`;
        await until(async () => (await waits.execute(world.database.reads)).rows.length > 0, 'somebody has waited');
        const { lockWaits } = await see();
        release();
        expect(lockWaits.count).toBe(count);
      })(),
    ]);
    await waiting;
  }
});

test('a job sees the longest query of another program, by its name', async () => {
  const query = as('report', (tx) => sql`SELECT pg_sleep(1.5)`.execute(tx));
  await until(async () => (await see()).longQuery?.who === 'report', 'the query is seen');
  await query;
  expect((await see()).longQuery).toBe(null);
});

test('a job sees no replica and no archive where there is none', async () => {
  expect(await seeLog(world.database.heartbeat)).toEqual({ replica: null, unarchivedBytes: null });
});
