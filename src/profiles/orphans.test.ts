import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/database.ts';
import { findOrphans, ownedPlaces } from './orphans.ts';
import type { PlaceName } from './places.ts';

let test_: TestDatabase;

beforeAll(async () => {
  test_ = await createTestDatabase();
});
afterAll(() => test_.close());

const at = new Date('2026-01-01T00:00:00Z');

/** Two users with a row in every place, one of them a member of set 7. */
beforeEach(async () => {
  const { ds } = test_;
  for (const table of [
    'profile',
    'identity',
    'event',
    'visit',
    'action_count',
    'membership',
    'membership_change',
    'clock',
    'deletion',
  ] as const)
    await sql`TRUNCATE ${ds.tables[table]}`.execute(ds.db);
  for (const id of [1, 2]) {
    await sql`INSERT INTO ${ds.tables.profile} (id, created_at, updated_at, named) VALUES (${id}, ${at}, ${at}, true)`.execute(
      ds.db,
    );
    await addRows(id);
  }
});

async function addRows(id: number, setNo = 7): Promise<void> {
  const { db, tables } = test_.ds;
  await sql`INSERT INTO ${tables.identity} VALUES (${id}, 'userId', ${`u${id}`})`.execute(db);
  await sql`INSERT INTO ${tables.event} VALUES (${id}, ${id}, ${at}, ${at}, 'Purchase')`.execute(db);
  await sql`INSERT INTO ${tables.visit} VALUES (${id}, ${at}, ${at}, 1)`.execute(db);
  await sql`INSERT INTO ${tables.action_count} VALUES (${id}, ${at}, ${at}, 1, 'Purchase')`.execute(db);
  await sql`INSERT INTO ${tables.membership} VALUES (${id}, ${at}, ${setNo})`.execute(db);
  await sql`INSERT INTO ${tables.membership_change} VALUES (${id}, 1, '1', ${at}, NULL, 1, true)`.execute(db);
  await sql`INSERT INTO ${tables.clock} VALUES (${id}, ${at})`.execute(db);
}

async function deleteProfile(id: number): Promise<void> {
  await sql`DELETE FROM ${test_.ds.tables.profile} WHERE id = ${id}`.execute(test_.ds.db);
}

async function startDeletion(setNo: number): Promise<void> {
  await sql`
    INSERT INTO ${test_.ds.tables.deletion}
      (id, segment_no, segment_id, segment_name, segment_kind, rule_digest, set_no, users, requested_by, started_at)
    VALUES ('del_1', 1, 'a1B2c', 'Gone', 'manual', 'f00d', ${setNo}, 2, '{}', ${at})`.execute(test_.ds.db);
}

const look = () => findOrphans(test_.dataset, test_.database.reads);

const everywhere = (rows: number) =>
  Object.fromEntries(ownedPlaces.map(({ name }) => [name, rows])) as Record<Exclude<PlaceName, 'profiles'>, number>;

test('a whole dataset is clean, in every place that holds profile data', async () => {
  expect(await look()).toEqual({
    dataset: 'shop',
    clean: true,
    rowsWithoutProfile: everywhere(0),
    profilesWithoutIdentity: 0,
    workList: null,
  });
});

test('rows that belong to no profile are found in every place', async () => {
  await deleteProfile(2);
  expect(await look()).toMatchObject({ clean: false, rowsWithoutProfile: everywhere(1), profilesWithoutIdentity: 0 });
});

test('a profile that nothing can name is found', async () => {
  await sql`DELETE FROM ${test_.ds.tables.identity} WHERE profile_id = 1`.execute(test_.ds.db);
  expect(await look()).toMatchObject({ clean: false, rowsWithoutProfile: everywhere(0), profilesWithoutIdentity: 1 });
});

test('the work list of a running bulk deletion is counted apart, other memberships are not', async () => {
  await startDeletion(7);
  await deleteProfile(2);
  for (const table of ['identity', 'event', 'visit', 'action_count', 'membership_change', 'clock'] as const)
    await sql`DELETE FROM ${test_.ds.tables[table]} WHERE profile_id = 2`.execute(test_.ds.db);
  const workList = { job: 'del_1', rows: 2, rowsWithoutProfile: 1 };
  expect(await look()).toMatchObject({ clean: true, rowsWithoutProfile: everywhere(0), workList });
  await sql`INSERT INTO ${test_.ds.tables.membership} VALUES (2, ${at}, 8)`.execute(test_.ds.db);
  expect(await look()).toMatchObject({ clean: false, rowsWithoutProfile: { memberships: 1 }, workList });
});

test('a doomed profile whose identity has gone to a fresh one is no fault', async () => {
  await startDeletion(7);
  await sql`DELETE FROM ${test_.ds.tables.identity} WHERE profile_id = 1`.execute(test_.ds.db);
  expect(await look()).toMatchObject({ clean: true, profilesWithoutIdentity: 0 });
});
