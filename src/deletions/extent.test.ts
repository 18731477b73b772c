import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { createTestDatabase } from '../../test/database.ts';
import { fillDataset } from '../../test/fill-dataset.ts';
import { systemActor } from '../access/system-actor.ts';
import { on } from '../database/handle.ts';
import { firstStepUsers, logBytesOf, outgrowsCheckpoint } from './extent.ts';
import { type Extent, extentOf } from './extent-sql.ts';
import { startDeletion } from './start.ts';

const extent: Extent = {
  users: 50_000,
  deleted: 0,
  rows: 2_000_000,
  profiles: 100_000,
  pages: 20_000,
  figuresOfFirst: 12,
};
const unknown: Extent = { ...extent, rows: 0, profiles: 0, pages: 0, figuresOfFirst: 0 };

test('a job writes a record for each row and, once, each page that holds one', () => {
  expect(logBytesOf(extent)).toBe(1_000_000 * 64 + 20_000 * 8_192);
  expect(logBytesOf(unknown)).toBe(50_000 * 6_400);
});

test('a job that writes more than half of what may be between two checkpoints outgrows them', () => {
  const half = logBytesOf(extent);
  expect(outgrowsCheckpoint(extent, 2 * half)).toBe(false);
  expect(outgrowsCheckpoint(extent, 2 * half - 1)).toBe(true);
});

test('the first steps take fewer users where each has more rows, and where a step may take less time', () => {
  const first = (of: Partial<Extent>, stepMsMax = 2_000) => firstStepUsers({ ...extent, ...of }, stepMsMax);
  expect(first({})).toBe(7_500);
  expect(first({ rows: 20_000_000 })).toBe(750);
  expect(first({ rows: 2_000_000_000 })).toBe(100);
  expect(first({ rows: 100_000, figuresOfFirst: 0 })).toBe(20_000);
  expect(first({}, 200)).toBe(750);
  expect(first({}, 60_000)).toBe(7_500);
  expect(firstStepUsers(unknown, 2_000)).toBe(7_500);
});

test('the first steps take fewer users where those of the job own more than others do', () => {
  expect(firstStepUsers({ ...extent, figuresOfFirst: 1_000 }, 2_000)).toBe(150);
});

test('what a job amounts to is read from the statistics and from its first users', async () => {
  const world = await createTestDatabase();
  onTestFinished(() => world.close());
  const filling = { profiles: 2_000, eventsPerProfile: 6, share: 0.5 };
  const users = await fillDataset(on(world.dataset, world.database.writes), filling);
  await sql`ANALYZE`.execute(world.database.writes);
  const asked = { segmentId: 'doomd', expectedUsers: users, actor: systemActor, now: () => new Date() };
  const id = await startDeletion(world.database.starts, world.dataset, asked);
  const seen = await extentOf(world.ds, id);
  const { rows } = await sql<{ rows: number; pages: number }>`
    SELECT (SELECT count(*) FROM ${world.ds.tables.event}) + (SELECT count(*) FROM ${world.ds.tables.visit})
         + (SELECT count(*) FROM ${world.ds.tables.action_count}) + (SELECT count(*) FROM ${world.ds.tables.identity})
         + (SELECT count(*) FROM ${world.ds.tables.membership}) + 2000 AS rows,
           (SELECT sum(relpages)::bigint FROM pg_class
            WHERE relnamespace = ${`ds_${world.dataset.id}`}::regnamespace AND relkind = 'r'
              AND relname ~ '^(event|visit|action_count|identity|membership|profile)(_[0-9]+)?$') AS pages`.execute(
    world.ds.db,
  );
  expect(seen).toEqual({ users, deleted: 0, profiles: 2_000, ...rows[0], figuresOfFirst: 6 + 2 });

  // Of a single user no more pages than rows.
  await sql`UPDATE ${world.ds.tables.deletion} SET users = 1`.execute(world.database.writes);
  expect((await extentOf(world.ds, id)).pages).toBeLessThan(100);
});
