import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/database.ts';
import { readSettings } from '../settings.ts';
import { eventJobs } from './jobs.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

test('message ids are forgotten after the hours of the setting, not before, once an hour', async () => {
  const now = new Date('2026-11-22T12:00:00Z');
  const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000);
  const { seen_message } = database.ds.tables;
  await sql`
    INSERT INTO ${seen_message} (key, seen_at)
    SELECT gen_random_uuid(), at FROM unnest(${[hoursAgo(49), hoursAgo(100), hoursAgo(47), now]}::timestamptz[]) AS at`.execute(
    database.database.writes,
  );
  const lethe = {
    settings: readSettings({}),
    database: database.database,
    announce: () => {},
    now: () => now,
    wakeJobs: () => {},
  };
  const [kind] = eventJobs(lethe);
  const datasets = (await kind?.open()) ?? [];
  for (const dataset of datasets) expect(await kind?.step(dataset)).toBe('finished');
  const { rows } = await sql<{ at: Date }>`SELECT seen_at AS at FROM ${seen_message} ORDER BY seen_at`.execute(
    database.ds.db,
  );
  expect(rows.map((row) => row.at)).toEqual([hoursAgo(47), now]);
  expect(await kind?.open()).toEqual([]);
});
