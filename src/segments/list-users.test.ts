import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ada, createSegmentWorld, type SegmentWorld } from '../../test/segment-world.ts';
import { withSharedGate } from '../database/gate.ts';
import { on } from '../database/handle.ts';
import { publicId } from '../profiles/profile.ts';
import { changeUsers } from './change-users.ts';
import { countMembershipChanges, mergeMemberships, removeAllMemberships } from './evaluate.ts';
import { replaceUsers } from './replace-users.ts';
import { findSegmentWithUsers } from './segment-sql.ts';

let world: SegmentWorld;
beforeAll(async () => {
  world = await createSegmentWorld();
  await world.write(...['anna', 'bert', 'cleo', 'dirk', 'emil', 'frieda', 'gerd', 'hanna'].map((user) => ({ user })), {
    user: 'ida',
    identities: [
      { type: 'email', value: 'ida@example.com' },
      { type: 'userId', value: 'ida' },
    ],
  });
});
afterAll(() => world.close());

const asked = () => ({ actor: ada, now: world.now });
const add = (id: string, ...ids: string[]) =>
  changeUsers(on(world.dataset, world.database.writes), id, { change: 'add', ids }, asked());
const remove = (id: string, ...ids: string[]) =>
  changeUsers(on(world.dataset, world.database.writes), id, { change: 'remove', ids }, asked());
const replace = (id: string, ...ids: string[]) =>
  replaceUsers(on(world.dataset, world.database.starts), id, ids, asked());

async function profileOf(user: string): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    SELECT profile_id AS id FROM ${world.ds.tables.identity} WHERE type = 'userId' AND value = ${user}`.execute(
    world.ds.db,
  );
  return (rows[0] as { id: number }).id;
}

async function setState(id: string, state: 'ready' | 'deleting', enabled = true): Promise<void> {
  await sql`UPDATE ${world.ds.tables.segment} SET state = ${state}, enabled = ${enabled} WHERE id = ${id}`.execute(
    world.database.starts,
  );
}

describe('the users of a list', () => {
  test('are added and taken out by name, each with its outcome, and nobody is created', async () => {
    const id = await world.list('Staff');
    expect(await add(id, 'anna', 'bert', 'nobody', 'anna')).toEqual({
      items: [
        { id: 'anna', outcome: 'added' },
        { id: 'bert', outcome: 'added' },
        { id: 'nobody', outcome: 'unknown' },
        { id: 'anna', outcome: 'alreadyIn' },
      ],
      users: 2,
    });
    expect(await add(id, 'bert', 'cleo')).toMatchObject({
      items: [{ outcome: 'alreadyIn' }, { outcome: 'added' }],
      users: 3,
    });
    expect(await remove(id, 'anna', 'dirk', 'nobody')).toEqual({
      items: [
        { id: 'anna', outcome: 'removed' },
        { id: 'dirk', outcome: 'notIn' },
        { id: 'nobody', outcome: 'unknown' },
      ],
      users: 2,
    });
    expect(await world.usersOf(id)).toEqual(['bert', 'cleo']);
    expect(await world.faults()).toEqual([]);
  });

  test("are named by Lethe's own id or any identity, addresses in whatever case", async () => {
    const id = await world.list('By any name', 'subscriberList');
    const ids = [publicId(await profileOf('anna')), 'IDA@example.com', 'usr_999999'];
    expect((await add(id, ...ids)).items.map((item) => item.outcome)).toEqual(['added', 'added', 'unknown']);
    expect(await world.usersOf(id)).toEqual(['anna', 'ida']);
  });

  test('are replaced as a whole, and who stays keeps the moment of joining', async () => {
    const id = await world.list('Replaced');
    await add(id, 'anna', 'bert');
    const joined = world.now;
    world.now = new Date(joined.getTime() + 60_000);
    expect(await replace(id, 'bert', 'cleo', 'nobody')).toEqual({
      items: [
        { id: 'bert', outcome: 'alreadyIn' },
        { id: 'cleo', outcome: 'added' },
        { id: 'nobody', outcome: 'unknown' },
      ],
      users: 2,
    });
    expect(await world.usersOf(id)).toEqual(['bert', 'cleo']);
    const { rows } = await sql<{ joinedAt: Date }>`
      SELECT joined_at AS "joinedAt" FROM ${world.ds.tables.membership} m JOIN ${world.ds.tables.segment} s USING (set_no)
      WHERE s.id = ${id} ORDER BY joined_at`.execute(world.ds.db);
    expect(rows.map((row) => row.joinedAt)).toEqual([joined, world.now]);
    expect(await replace(id)).toEqual({ items: [], users: 0 });
    await world.compute();
    expect(await world.faults()).toEqual([]);
  });

  test('decide at once who is in the segments that nest the list', async () => {
    const list = await world.list('Nested list');
    const outside = await world.rule('Outside', { segment: list, member: false });
    const outer = await world.rule('Outer', { not: { segment: outside, member: true } });
    await world.compute();
    await add(list, 'anna', 'bert');
    expect(await world.usersOf(outer)).toEqual(['anna', 'bert']);
    await remove(list, 'anna');
    expect(await world.usersOf(outer)).toEqual(['bert']);
    await replace(list, 'cleo');
    await world.compute();
    expect(await world.usersOf(outer)).toEqual(['cleo']);
    expect(await world.faults()).toEqual([]);
  });

  test('are not named for a segment of rules, and nobody is added to a list that is disabled or being emptied', async () => {
    const rule = await world.rule('Rule', { everyone: true });
    await expect(add(rule, 'anna')).rejects.toMatchObject({ kind: 'conflict', code: 'segment.not_a_list' });
    await expect(replace(rule, 'anna')).rejects.toMatchObject({ code: 'segment.not_a_list' });
    await expect(add('nope0', 'anna')).rejects.toMatchObject({ kind: 'notFound', code: 'segment.unknown' });

    const list = await world.list('Disabled');
    await add(list, 'anna', 'bert');
    await world.edit(list, { enabled: false });
    const disabled = { kind: 'conflict', code: 'segment.disabled' };
    await expect(add(list, 'cleo')).rejects.toMatchObject(disabled);
    await expect(replace(list, 'cleo')).rejects.toMatchObject(disabled);
    expect(await remove(list, 'anna')).toMatchObject({ users: 1 });

    await setState(list, 'deleting', false);
    const deleting = { kind: 'conflict', code: 'segment.deleting' };
    await expect(add(list, 'cleo')).rejects.toMatchObject(deleting);
    await expect(remove(list, 'bert')).rejects.toMatchObject(deleting);
    await expect(replace(list)).rejects.toMatchObject(deleting);
    expect(await world.usersOf(list)).toEqual(['bert']);
    await setState(list, 'ready', false);
  });

  test('stay as they were in a list that is disabled and enabled again', async () => {
    const list = await world.list('On and off');
    await add(list, 'anna');
    await world.edit(list, { enabled: false });
    await world.edit(list, { enabled: true });
    expect(await findSegmentWithUsers(world.ds, list)).toMatchObject({ enabled: true, state: 'ready', users: 1 });
  });
});

describe('a user who', () => {
  test('is merged is in every list and disabled segment that either was in', async () => {
    const [list, other] = [await world.list('One'), await world.list('Other')];
    const everybody = await world.rule('Disabled everybody', { everyone: true });
    await world.compute();
    await world.edit(everybody, { enabled: false });
    await add(list, 'emil', 'frieda');
    await add(other, 'emil');
    const [survivor, loser] = [await profileOf('frieda'), await profileOf('emil')];
    await withSharedGate(world.dataset, world.database.writes, async (tx) => {
      const changes = await mergeMemberships(tx, survivor, [loser], world.now);
      await countMembershipChanges(tx, changes, world.now);
    });
    expect(await world.usersOf(list)).toEqual(['frieda']);
    expect(await world.usersOf(other)).toEqual(['frieda']);
    expect(await world.usersOf(everybody)).not.toContain('emil');
    expect(await world.faults()).toEqual([]);
  });

  test('is merged stays in what a segment held before its rule was edited, until the new users are known', async () => {
    const segment = await world.rule('Only Cleo', { identity: 'userId', is: 'equals', value: 'cleo' });
    await world.compute();
    await world.edit(segment, { rule: { identity: 'userId', is: 'equals', value: 'nobody' } });
    const [survivor, loser] = [await profileOf('dirk'), await profileOf('cleo')];
    await withSharedGate(world.dataset, world.database.writes, async (tx) => {
      await countMembershipChanges(tx, await mergeMemberships(tx, survivor, [loser], world.now), world.now);
    });
    expect(await world.usersOf(segment)).toEqual(['dirk']);
    await world.compute();
    expect(await world.usersOf(segment)).toEqual([]);
    expect(await world.faults()).toEqual([]);
  });

  test('is deleted leaves every segment, and the history says so', async () => {
    const list = await world.list('With history');
    await add(list, 'gerd', 'hanna');
    const gone = await profileOf('gerd');
    await withSharedGate(world.dataset, world.database.writes, async (tx) => {
      await countMembershipChanges(tx, await removeAllMemberships(tx, [gone]), world.now);
    });
    expect(await world.usersOf(list)).toEqual(['hanna']);
    const { rows } = await sql`
      SELECT sum(joined) AS joined, sum("left") AS gone, sum(deleted) AS deleted
      FROM ${world.ds.tables.segment_history} h JOIN ${world.ds.tables.segment} s ON s.no = h.segment_no
      WHERE s.id = ${list}`.execute(world.ds.db);
    expect(rows).toEqual([{ joined: '2', gone: '0', deleted: '1' }]);
    expect(await world.faults()).toEqual([]);
  });
});
