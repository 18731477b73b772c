import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/database.ts';
import { withStep } from '../database/gate.ts';
import { type Place, type PlaceName, places } from '../profiles/places.ts';
import { isInRange, nextRange } from './work-list-sql.ts';

const setNo = 7;
const slice = 0;
const profiles = 1_200;
let world: TestDatabase;
/** The ids of all profiles of the slice, in order. */
let ids: string[];

beforeAll(async () => {
  world = await createTestDatabase();
  const { rows } = await sql<{ id: string }>`
    WITH made AS (
      INSERT INTO ${world.ds.tables.profile} (id, created_at, updated_at, named)
      SELECT n, now(), now(), false FROM generate_series(1, ${profiles * 5}::bigint) AS n
      WHERE satisfies_hash_partition(${`ds_shop.profile`}::regclass, ${world.dataset.partitions}, ${slice}, n) LIMIT ${profiles}
      RETURNING id)
    SELECT id::text FROM made ORDER BY made.id`.execute(world.ds.db);
  ids = rows.map(({ id }) => id);
  expect(ids).toHaveLength(profiles);
});
afterAll(() => world.close());

/** Puts these on the list, and nobody else. */
async function list(users: readonly string[]): Promise<void> {
  const { membership } = world.ds.tables;
  await sql`DELETE FROM ${membership} WHERE set_no = ${setNo}`.execute(world.ds.db);
  await sql`
    INSERT INTO ${membership} (profile_id, joined_at, set_no)
    SELECT id, now(), ${setNo} FROM unnest(${users}::bigint[]) AS n (id)`.execute(world.ds.db);
}

const range = (usersMax: number, afterId = '0') =>
  withStep(world.dataset, world.database.steps, 'test', (tx) => nextRange(tx, { slice, setNo, afterId }, usersMax));
const all = Number.POSITIVE_INFINITY;

test('ranges follow one another in the order of the ids, to the last, and name everybody once', async () => {
  const listed = ids.slice(0, 10);
  await list([...listed].reverse());
  expect(await range(4)).toMatchObject({ ids: `{${listed.slice(0, 4)}}`, lastId: listed[3], isLast: false });
  expect(await range(4, listed[3])).toMatchObject({ ids: `{${listed.slice(4, 8)}}`, lastId: listed[7], isLast: false });
  expect(await range(4, listed[7])).toMatchObject({ ids: `{${listed.slice(8)}}`, lastId: listed[9], isLast: true });
  expect(await range(all)).toMatchObject({ ids: `{${listed}}`, lastId: listed[9], isLast: true });
});

test('after a range that was just full comes an empty one, which is the last', async () => {
  await list(ids.slice(0, 4));
  expect(await range(4)).toMatchObject({ lastId: ids[3], isLast: false });
  expect(await range(4, ids[3])).toMatchObject({ ids: '{}', lastId: null, isLast: true });
});

test('a range knows its share of the profiles that the pages of their table have room for', async () => {
  const table = world.ds.partition('profile', slice);
  await list(ids);
  expect((await range(all)).share, 'while nobody knows how large the table is').toBe(0);
  await sql`ANALYZE ${table}`.execute(world.ds.db);
  expect((await range(all)).share).toBeCloseTo(1, 1);
  expect((await range(profiles / 12)).share).toBeCloseTo(1 / 12, 2);
  // What was deleted leaves its pages behind, and to read them whole takes as long as before.
  await sql`DELETE FROM ${table} WHERE id <> ALL (${ids.filter((_, at) => at % 40 === 0)}::bigint[])`.execute(
    world.ds.db,
  );
  await sql`VACUUM ANALYZE ${table}`.execute(world.ds.db);
  expect((await range(30)).share).toBeLessThan(1 / 12);
});

test('of a large range a table is read whole, the later the more rows a profile has in it', () => {
  const condition = (share: number, name: PlaceName) => {
    const place = places.find((one) => one.name === name) as Place;
    const of = { slice, setNo, afterId: '0', ids: '{1}', users: 1, lastId: '1', isLast: true, share };
    return isInRange(of, place).compile(world.ds.db).sql;
  };
  const whole = /^coalesce\(/;
  for (const name of ['profiles', 'memberships', 'actionCounts'] as const) {
    expect(condition(0.08, name)).not.toMatch(whole);
    expect(condition(0.09, name)).toMatch(whole);
  }
  for (const name of ['events', 'visits'] as const) {
    expect(condition(0.16, name)).not.toMatch(whole);
    expect(condition(0.17, name)).toMatch(whole);
  }
});
