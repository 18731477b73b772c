import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/database.ts';
import { checkInvariants } from '../../test/invariants.ts';
import { clearDataset, fromImport, fromPage, message, showProfiles, testNow, write } from '../../test/messages.ts';

let world: TestDatabase;
beforeAll(async () => {
  world = await createTestDatabase();
});
afterAll(() => world.close());
beforeEach(() => clearDataset(world));

const minutes = (n: number) => new Date(testNow.getTime() + n * 60_000);
const purchase = (revenue: number, at: number) => ({
  event: { action: 'Purchase', properties: { revenue } },
  at: minutes(at),
});
const together = message(['anna', 'anonymousId:browser-1'], { traits: { seen: true } });

test('two profiles that one message names become one, with all the history of both', async () => {
  await write(world, [
    message('anna', purchase(10, 0)),
    message('anna', purchase(5, 200)),
    message('anna', { at: minutes(0) }),
  ]);
  await write(world, [
    message('anonymousId:browser-1', purchase(2.5, 20)),
    message('anonymousId:browser-1', { at: minutes(100) }),
  ]);
  await write(world, [together]);
  expect(await showProfiles(world.ds)).toMatchObject([
    {
      identities: ['anonymousId:browser-1', 'userId:anna'],
      events: 5,
      orders: 3,
      revenue: '17.5',
      visits: 3,
      named: true,
    },
  ]);
  await checkInvariants(world.ds);
});

test('the most recently active survives; of two alike the one that came first', async () => {
  await write(world, [message('anna', { at: minutes(0) }), message('anonymousId:browser-1', { at: minutes(5) })]);
  await write(world, [message('bert', { at: minutes(7) }), message('customerId:1', { at: minutes(7) })]);
  await write(world, [message('cleo', { traits: { a: 1 } }), message('dora', { at: minutes(-9999) })]);
  const before = new Map(
    (await showProfiles(world.ds)).flatMap(({ id, identities }) => identities.map((one) => [one, id])),
  );
  await write(world, [together, message(['customerId:1', 'bert']), message(['cleo', 'dora'])]);
  expect((await showProfiles(world.ds)).map(({ id, identities }) => [id, ...identities])).toEqual(
    [
      [before.get('anonymousId:browser-1'), 'anonymousId:browser-1', 'userId:anna'],
      [before.get('userId:bert'), 'customerId:1', 'userId:bert'],
      [before.get('userId:dora'), 'userId:cleo', 'userId:dora'],
    ].sort((a, b) => Number(a[0]) - Number(b[0])),
  );
  await checkInvariants(world.ds);
});

test('attributes: a trusted source wins over a page, and within a rank the newest', async () => {
  const traits = (value: string, at: number) => ({ traits: { plan: value, [value]: 1 }, at: minutes(at) });
  await write(world, [message('anna', traits('import', 1))]);
  await write(world, [message('anonymousId:browser-1', traits('page', 9))], { origin: fromPage });
  await write(world, [together]);
  const [merged] = await showProfiles(world.ds);
  expect(merged?.attributes).toMatchObject({
    plan: { value: 'import' },
    import: { value: 1 },
    page: { value: 1 },
    seen: { value: true },
  });
  await write(world, [message('bert', traits('newer', 20))]);
  await write(world, [message(['bert', 'anna'])]);
  expect((await showProfiles(world.ds))[0]?.attributes.plan?.value).toBe('newer');
});

test('may give a profile more attributes than the limit', async () => {
  const many = (prefix: string) => Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`${prefix}${n}`, n]));
  await write(world, [message('anna', { traits: many('a') }), message('anonymousId:browser-1', { traits: many('b') })]);
  expect(await write(world, [message(['anna', 'anonymousId:browser-1'])])).toMatchObject([{ accepted: true }]);
  expect(Object.keys((await showProfiles(world.ds))[0]?.attributes ?? {})).toHaveLength(120);
});

test('it is as old as the oldest, keeps its own origin, and remembers the imports of both', async () => {
  const origin = (importNo: number) => ({ origin: { ...fromImport, importNo } });
  await write(world, [message('anna', { at: minutes(0) })], origin(1));
  await write(world, [message('anonymousId:browser-1', { at: minutes(5) })], origin(2));
  await sql`UPDATE ${world.ds.tables.profile} SET created_at = '2020-01-01' WHERE created_by_import = 1`.execute(
    world.ds.db,
  );
  await write(world, [together], origin(3));
  expect(await showProfiles(world.ds)).toMatchObject([{ createdByImport: 2, imports: [1, 2, 3] }]);
  const { rows } = await sql<{
    created: string;
  }>`SELECT created_at::date::text AS created FROM ${world.ds.tables.profile}`.execute(world.ds.db);
  expect(rows).toEqual([{ created: '2020-01-01' }]);
});

test('many profiles merge in one batch, in chains and in any order', async () => {
  const names = Array.from({ length: 40 }, (_, n) => `user-${n}`);
  for (const name of names) await write(world, [message(name, { at: minutes(names.indexOf(name) % 7) })]);
  await write(
    world,
    names
      .slice(1)
      .map((name, n) => message([name, names[n] as string]))
      .reverse(),
  );
  expect(await showProfiles(world.ds)).toMatchObject([
    { events: 79, identities: expect.objectContaining({ length: 40 }) },
  ]);
  await checkInvariants(world.ds);
});
