import { existsSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/database.ts';
import { until, untilWaiting } from '../../test/waiting.ts';
import { withSharedGate, withStep } from './gate.ts';
import { type Db, isAway, openDatabase } from './postgres.ts';

let world: TestDatabase;
beforeAll(async () => {
  world = await createTestDatabase();
});
afterAll(() => world.close());

test('a connection that breaks in the middle of a transaction is a database that is away, and the next one works', async () => {
  const blocker = await world.database.starts.startTransaction().execute();
  await sql`LOCK TABLE ${world.ds.tables.profile}`.execute(blocker);
  const broken = withSharedGate(world.dataset, world.database.writes, (tx) =>
    sql`SELECT FROM ${tx.tables.profile}`.execute(tx.db),
  ).catch((error: unknown) => error);
  await untilWaiting(world.database.reads);
  await sql`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(world.database.reads);
  expect(isAway(await broken)).toBe(true);
  await blocker.rollback().execute();
  const { rows } = await withSharedGate(world.dataset, world.database.writes, (tx) =>
    sql`SELECT 1 AS one`.execute(tx.db),
  );
  expect(rows).toEqual([{ one: 1 }]);
});

test('so is one that breaks between two statements', async () => {
  const broken = withSharedGate(world.dataset, world.database.writes, async (tx) => {
    const idle = sql`FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'`;
    await sql`SELECT pg_terminate_backend(pid) ${idle}`.execute(world.database.reads);
    await until(async () => (await sql`SELECT ${idle}`.execute(world.database.reads)).rows.length === 0, 'it is gone');
    await sql`SELECT FROM ${tx.tables.profile}`.execute(tx.db);
  });
  expect(isAway(await broken.catch((error: unknown) => error))).toBe(true);
});

test('the steps of jobs leave the processor of the embedded server to everybody else', async () => {
  const processOf = async (pool: Db) => {
    const { rows } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(pool);
    return rows[0]?.pid as number;
  };
  for (const embedded of [true, false]) {
    const database = openDatabase(world.url, 8, { embedded });
    try {
      const usual = prioritiesOf(await processOf(database.writes));
      const lower = usual.map((priority) => (embedded ? Math.max(priority, 10) : priority));
      const steps = await processOf(database.steps);
      await until(async () => `${prioritiesOf(steps)}` === `${lower}`, `they have the priorities ${lower}`);
    } finally {
      await database.close();
    }
  }
});

/** Of the process and, on a Linux that shares the processor out among sessions, of its session. */
function prioritiesOf(pid: number): number[] {
  const session = `/proc/${pid}/autogroup`;
  const ofSession = existsSync(session) ? /nice (-?\d+)/.exec(readFileSync(session, 'utf8'))?.slice(1) : [];
  return [getPriority(pid), ...(ofSession ?? []).map(Number)];
}

test('a statement time-out that somebody set for the database ends no statement of Lethe', async () => {
  const name = new URL(world.url).pathname.slice(1);
  await sql`ALTER DATABASE ${sql.id(name)} SET statement_timeout = '1ms'`.execute(world.database.starts);
  const database = openDatabase(world.url, 8);
  try {
    for (const pool of [database.reads, database.writes, database.steps, database.starts, database.heartbeat]) {
      await sql`SELECT pg_sleep(0.05)`.execute(pool);
    }
  } finally {
    await database.close();
    await sql`ALTER DATABASE ${sql.id(name)} RESET statement_timeout`.execute(world.database.starts);
  }
});

test('a connection that was made while the database was read-only is not kept: the next one writes', async () => {
  const name = sql.id(new URL(world.url).pathname.slice(1));
  await sql`ALTER DATABASE ${name} SET default_transaction_read_only = on`.execute(world.database.starts);
  const database = openDatabase(world.url, 8);
  const write = (pool: Db) =>
    withStep(world.dataset, pool, 'test', (tx) => sql`DELETE FROM ${tx.tables.profile} WHERE false`.execute(tx.db));
  try {
    for (const pool of [database.reads, database.writes, database.steps, database.starts, database.heartbeat]) {
      expect(isAway(await write(pool).catch((error: unknown) => error))).toBe(true);
    }
    // Connections that were made before do not hear of it.
    await sql`ALTER DATABASE ${name} RESET default_transaction_read_only`.execute(world.database.starts);
    for (const pool of [database.reads, database.writes, database.steps, database.starts, database.heartbeat]) {
      await write(pool);
    }
  } finally {
    await database.close();
    await sql`ALTER DATABASE ${name} RESET default_transaction_read_only`.execute(world.database.starts);
  }
});

/** When the kernel asks the other end of a connection for a sign of life, in seconds; undefined while it has something else to wait for. */
function signOfLifeIn(port: number): number | undefined {
  const address = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  // The port may have belonged to a connection that lingers.
  const established = new RegExp(`: ${address} \\S+ 01 `);
  const socket = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .find((line) => established.test(line));
  const keepAlive = socket?.match(/ 02:([0-9A-F]{8}) /)?.[1];
  return keepAlive === undefined ? undefined : Number.parseInt(keepAlive, 16) / 100;
}

test.skipIf(process.platform !== 'linux')(
  'a database whose machine vanished without a word is missed within seconds, not hours',
  async () => {
    await world.database.steps.connection().execute(async (connection) => {
      const { rows } = await sql<{ port: number }>`SELECT inet_client_port() AS port`.execute(connection);
      await expect.poll(() => signOfLifeIn(rows[0]?.port ?? 0)).toBeLessThanOrEqual(10);
    });
  },
);
