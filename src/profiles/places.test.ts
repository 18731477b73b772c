import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/database.ts';
import type { PartitionedTable } from '../database/handle.ts';
import { places } from './places.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

test('every table of a dataset that refers to a profile is a place', async () => {
  // A table refers to a profile when it has a column named for it; lists of ids would be named profile_ids.
  const { rows } = await sql<{ name: string }>`
    SELECT DISTINCT c.table_name AS name
    FROM information_schema.columns c
    JOIN pg_class t ON t.relname = c.table_name AND t.relnamespace = c.table_schema::regnamespace AND NOT t.relispartition
    WHERE c.table_schema = ${`ds_${database.dataset.id}`} AND c.column_name LIKE '%profile%' AND t.relkind IN ('r', 'p')
      -- How many there were, not which.
      AND c.column_name <> 'profiles_deleted'
    UNION SELECT 'profile' ORDER BY name`.execute(database.ds.db);
  expect(places.map((place) => place.table).sort()).toEqual(rows.map((row) => row.name));
});

test('partition k of every partitioned place holds the same profiles', async () => {
  const ids = Array.from({ length: 200 }, (_, index) => index + 1);
  const t = database.ds.tables;
  const db = database.database.writes;
  await sql`INSERT INTO ${t.profile} (id, created_at, updated_at, named) SELECT id, now(), now(), false FROM unnest(${ids}::bigint[]) AS id`.execute(
    db,
  );
  await sql`INSERT INTO ${t.event} (profile_id, id, at, received_at, action) SELECT id, id, now(), now(), 'a' FROM unnest(${ids}::bigint[]) AS id`.execute(
    db,
  );
  await sql`INSERT INTO ${t.visit} (profile_id, started_at, last_event_at, events) SELECT id, now(), now(), 1 FROM unnest(${ids}::bigint[]) AS id`.execute(
    db,
  );
  await sql`INSERT INTO ${t.action_count} (profile_id, first_at, last_at, count, action) SELECT id, now(), now(), 1, 'a' FROM unnest(${ids}::bigint[]) AS id`.execute(
    db,
  );
  await sql`INSERT INTO ${t.membership} (profile_id, joined_at, set_no) SELECT id, now(), 1 FROM unnest(${ids}::bigint[]) AS id`.execute(
    db,
  );
  await sql`INSERT INTO ${t.membership_change} (profile_id, seq, xid, at, segment_no, joined) SELECT id, id, '1', now(), 1, true FROM unnest(${ids}::bigint[]) AS id`.execute(
    db,
  );
  await sql`INSERT INTO ${t.clock} (profile_id, due_at) SELECT id, now() FROM unnest(${ids}::bigint[]) AS id`.execute(
    db,
  );
  for (let slice = 0; slice < database.dataset.partitions; slice++) {
    const idsIn = async (table: PartitionedTable, key: string) => {
      const { rows } = await sql<{
        id: number;
      }>`SELECT ${sql.id(key)} AS id FROM ${database.ds.partition(table, slice)} ORDER BY 1`.execute(db);
      return rows.map((row) => row.id);
    };
    const profiles = await idsIn('profile', 'id');
    expect(profiles.length).toBeGreaterThan(0);
    for (const table of ['event', 'visit', 'action_count', 'membership', 'membership_change', 'clock'] as const)
      expect(await idsIn(table, 'profile_id')).toEqual(profiles);
  }
});
