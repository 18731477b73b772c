import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { checkInvariants } from '../../test/invariants.ts';
import { clearDataset } from '../../test/messages.ts';
import { ada, createSegmentWorld, type SegmentWorld } from '../../test/segment-world.ts';
import { on } from '../database/handle.ts';
import { deleteUser } from '../privacy/delete-user.ts';
import { lookAtDue } from './clock.ts';
import { findClockState } from './clock-sql.ts';
import { computeNext } from './compute.ts';
import { showHistory } from './history.ts';

let world: SegmentWorld;
beforeAll(async () => {
  world = await createSegmentWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await clearDataset(world);
  world.now = new Date('2026-01-15T12:00:00Z');
});
afterEach(async () => {
  await checkInvariants(world.ds);
  expect(await world.faults()).toEqual([]);
});

const steps = () => on(world.dataset, world.database.steps);

/** Moves the clock to this moment and looks at everybody who is due; answers at how many users. */
async function lookAt(moment: string): Promise<number> {
  world.now = new Date(moment);
  const step = await lookAtDue(steps(), { profilesMax: 20_000, now: world.now });
  expect(step).toMatchObject({ busy: 0, next: undefined });
  return step.users;
}

const dueMoments = async () => {
  const { rows } = await sql<{ at: Date }>`SELECT due_at AS at FROM ${world.ds.tables.clock} ORDER BY 1`.execute(
    world.ds.db,
  );
  return rows.map(({ at }) => at.toISOString());
};

const active = { visits: 'lastActivity', is: 'inTheLast', days: 30 };
const gone = { visits: 'lastActivity', is: 'moreThanDaysAgo', days: 30 };

test('time lets users out and in at the very moment, with that moment, counters and history', async () => {
  const inThere = await world.rule('Active', active);
  const outThere = await world.rule('Gone', gone);
  await world.compute();
  await world.write({ user: 'anna', event: { action: 'View Item' } });
  expect(await lookAt('2026-02-14T11:59:59.999Z')).toBe(0);
  expect(await world.usersOf(inThere)).toEqual(['anna']);
  expect(await lookAt('2026-02-14T12:00:00.000Z')).toBe(1);
  expect([await world.usersOf(inThere), await world.usersOf(outThere)]).toEqual([[], []]);
  // "More than 30 days ago" is a microsecond later.
  expect(await lookAt('2026-02-14T12:00:00.001Z')).toBe(1);
  expect(await world.usersOf(outThere)).toEqual(['anna']);
  expect(await dueMoments()).toEqual([]);

  const history = (id: string) => showHistory(world.ds, id, { from: '2026-02-14', to: '2026-02-14', now: world.now });
  expect(await history(inThere)).toMatchObject([{ joined: 0, left: 1 }]);
  expect(await history(outThere)).toMatchObject([{ joined: 1, left: 0 }]);
  const { rows } = await sql`SELECT joined_at AS at FROM ${world.ds.tables.membership}`.execute(world.ds.db);
  expect(rows).toEqual([{ at: world.now }]);
});

test('of 10,000 users of whom 10 are due, 10 are looked at, and then nobody', async () => {
  const { tables: t } = world.ds;
  const db = world.database.writes;
  await sql`
    INSERT INTO ${t.profile} (id, created_at, updated_at, named, events, visits, first_activity, last_activity)
    SELECT id, at, at, true, 1, 1, at, at
    FROM (SELECT id, timestamptz '2026-01-14Z' - CASE WHEN id % 1000 = 0 THEN interval '240 h' ELSE interval '0' END AS at
          FROM generate_series(1, 10000) AS id) AS u`.execute(db);
  await sql`INSERT INTO ${t.identity} SELECT id, 'userId', 'u' || id FROM ${t.profile}`.execute(db);
  await sql`INSERT INTO ${t.event} SELECT id, id, last_activity, last_activity, 'View Item' FROM ${t.profile}`.execute(
    db,
  );
  await sql`INSERT INTO ${t.visit} SELECT id, last_activity, last_activity, 1 FROM ${t.profile}`.execute(db);
  await sql`INSERT INTO ${t.action_count} SELECT id, last_activity, last_activity, 1, 'View Item' FROM ${t.profile}`.execute(
    db,
  );
  const id = await world.rule('Active', active);
  await world.rule('Everybody', { everyone: true });
  await world.compute();
  expect((await world.usersOf(id)).length).toBe(10_000);
  expect(await lookAt('2026-02-12T00:00:00Z')).toBe(10);
  expect((await world.usersOf(id)).length).toBe(9_990);
  expect(await lookAt('2026-02-12T23:59:59Z')).toBe(0);
});

test('what an active user does writes nothing on the clock: the look that was due schedules the next one', async () => {
  const id = await world.rule('Active', active);
  await world.compute();
  await world.write({ user: 'anna', event: { action: 'View Item' } });
  const versions = async () => {
    const { rows } = await sql`SELECT ctid::text, xmin::text, xmax::text, due_at FROM ${world.ds.tables.clock}`.execute(
      world.ds.db,
    );
    return rows;
  };
  const before = await versions();
  world.now = new Date('2026-02-01T00:00:00Z');
  await world.write({ user: 'anna', event: { action: 'View Item' } });
  expect(await versions()).toEqual(before);
  expect(await lookAt('2026-02-14T12:00:00Z')).toBe(1);
  expect(await world.usersOf(id)).toEqual(['anna']);
  expect(await dueMoments()).toEqual(['2026-03-03T00:00:00.000Z']);
});

test('an event of long ago moves a look forward, and one from a clock ahead of ours enters when it comes', async () => {
  const first = await world.rule('New', { visits: 'firstActivity', is: 'inTheLast', days: 30 });
  await world.compute();
  await world.write({ user: 'anna', event: { action: 'View Item' } });
  await world.write({ user: 'anna', at: new Date('2026-01-01T00:00:00Z'), event: { action: 'View Item' } });
  await world.write({ user: 'bert', at: new Date('2026-01-15T12:00:07Z'), event: { action: 'View Item' } });
  expect(await dueMoments()).toEqual(['2026-01-15T12:00:07.000Z', '2026-01-31T00:00:00.000Z']);
  await lookAt('2026-01-15T12:00:07Z');
  expect(await world.usersOf(first)).toEqual(['anna', 'bert']);
  await lookAt('2026-01-31T00:00:00Z');
  expect(await world.usersOf(first)).toEqual(['bert']);
});

test('segments that nest one which looks at the clock follow in the same look', async () => {
  const inner = await world.rule('Active', active);
  const outer = await world.rule('Sleepers', { all: [{ segment: inner, member: false }, { anonymous: false }] });
  await world.compute();
  await world.write({ user: 'anna', event: { action: 'View Item' } });
  await lookAt('2026-02-14T12:00:00Z');
  expect([await world.usersOf(inner), await world.usersOf(outer)]).toEqual([[], ['anna']]);
});

describe('the rules of a dataset', () => {
  beforeEach(async () => {
    await world.write(
      { user: 'anna', event: { action: 'View Item' } },
      { user: 'bert', event: { action: 'Purchase' } },
    );
  });

  test('without one that looks at the clock put nobody on it', async () => {
    await world.rule('Buyers', { action: 'Purchase', did: true });
    await world.compute();
    await world.write({ user: 'anna', event: { action: 'Purchase' } });
    expect(await dueMoments()).toEqual([]);
  });

  test('when changed put on the clock whom the new rule concerns; the entries of the old one cost one look', async () => {
    const id = await world.rule('Active', active);
    await world.compute();
    await world.edit(id, { rule: { lastAction: 'Purchase', lessThanDaysAgo: 60 } });
    await world.compute();
    expect(await lookAt('2026-02-14T12:00:00Z')).toBe(2);
    expect(await dueMoments()).toEqual(['2026-03-16T12:00:00.000Z']);
    expect(await lookAt('2026-03-16T12:00:00Z')).toBe(1);
    expect(await world.usersOf(id)).toEqual([]);
  });

  test('let nobody out of a disabled segment, and put everybody on the clock again when it is enabled', async () => {
    const id = await world.rule('Active', active);
    await world.compute();
    await world.edit(id, { enabled: false });
    expect(await lookAt('2026-02-14T12:00:00Z')).toBe(2);
    expect(await world.usersOf(id)).toEqual(['anna', 'bert']);
    world.now = new Date('2026-02-10T00:00:00Z');
    await world.edit(id, { enabled: true });
    await world.compute();
    expect(await lookAt('2026-02-14T12:00:00Z')).toBe(2);
    expect(await world.usersOf(id)).toEqual([]);
  });

  test('let nobody stay too long who is looked at in the middle of a computation', async () => {
    const id = await world.rule('Active', active);
    for (let slice = 0; slice < world.dataset.partitions; slice++)
      await computeNext(steps(), { profilesMax: 1_000, now: world.now });
    await lookAt('2026-02-14T12:00:00Z');
    world.now = new Date('2026-01-15T12:00:00Z');
    await world.compute();
    expect(await world.usersOf(id)).toEqual([]);
  });
});

test('a merged user is looked at once, and a deleted one not at all', async () => {
  const id = await world.rule('Active', active);
  await world.compute();
  await world.write(...['anna', 'bert', 'cleo'].map((user) => ({ user, event: { action: 'View Item' } })));
  await deleteUser(on(world.dataset, world.database.writes), 'cleo', { type: undefined, actor: ada, now: world.now });
  const both = ['anna', 'bert'].map((value) => ({ type: 'userId', value }));
  await world.write({ user: 'anna', identities: both });
  expect((await dueMoments()).length).toBe(1);
  expect(await lookAt('2026-02-14T12:00:00Z')).toBe(1);
  expect(await world.usersOf(id)).toEqual([]);
});

test('who is due is told: how many, since when, and when the next will be', async () => {
  await world.rule('Active', active);
  await world.compute();
  await world.write({ user: 'anna', event: { action: 'View Item' } });
  world.now = new Date('2026-01-16T00:00:00Z');
  await world.write({ user: 'bert', event: { action: 'View Item' } });
  const [first, second] = ['2026-02-14T12:00:00Z', '2026-02-15T00:00:00Z'].map((at) => new Date(at)) as [Date, Date];
  expect(await findClockState(world.ds, world.now)).toEqual({ due: 0, dueSince: null, nextAt: first });
  expect(await findClockState(world.ds, first)).toEqual({ due: 1, dueSince: first, nextAt: second });
});
