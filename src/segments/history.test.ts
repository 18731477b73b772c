import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ada, createSegmentWorld, type SegmentWorld } from '../../test/segment-world.ts';
import { on } from '../database/handle.ts';
import { deleteUser } from '../privacy/delete-user.ts';
import { changeUsers } from './change-users.ts';
import { compareSegments } from './compare.ts';
import { showHistory, showRecentChanges } from './history.ts';

let world: SegmentWorld;
beforeAll(async () => {
  world = await createSegmentWorld();
});
afterAll(() => world.close());

const asked = () => ({ actor: ada, now: world.now });
const writes = () => on(world.dataset, world.database.writes);
const change = (id: string, how: 'add' | 'remove', ...ids: string[]) =>
  changeUsers(writes(), id, { change: how, ids }, asked());
const nextDay = () => {
  world.now = new Date(world.now.getTime() + 86_400_000);
};

describe('the history of a segment', () => {
  let list: string;
  let buyers: string;
  beforeAll(async () => {
    world.now = new Date('2026-01-10T23:59:59Z');
    list = await world.list('Staff');
    buyers = await world.rule('Buyers', { action: 'Purchase', did: true });
    await world.list('Nobody ever');
    await world.compute();
    await world.write({ user: 'anna', event: { action: 'Purchase' } }, { user: 'bert' }, { user: 'cleo' });
    await change(list, 'add', 'anna', 'bert', 'cleo');
    nextDay();
    await change(list, 'remove', 'cleo');
    nextDay();
    nextDay();
    await deleteUser(writes(), 'anna', { type: undefined, ...asked() });
    await change(list, 'add', 'cleo');
  });

  test('has every day of the range with who joined, left and was deleted, and 90 days unless one asks for others', async () => {
    const none = { joined: 0, left: 0, deleted: 0 };
    expect(await showHistory(world.ds, list, { from: '2026-01-10', to: '2026-01-14', now: world.now })).toEqual([
      { day: '2026-01-10', ...none, joined: 3 },
      { day: '2026-01-11', ...none, left: 1 },
      { day: '2026-01-12', ...none },
      { day: '2026-01-13', joined: 1, left: 0, deleted: 1 },
      { day: '2026-01-14', ...none },
    ]);
    const days = await showHistory(world.ds, buyers, { now: world.now });
    expect(days).toHaveLength(90);
    expect(days.at(-1)).toEqual({ day: '2026-01-13', ...none, deleted: 1 });
    expect(days.at(-4)).toEqual({ day: '2026-01-10', ...none, joined: 1 });
    expect(await showHistory(world.ds, list, { to: '2026-01-10', now: world.now })).toHaveLength(90);
  });

  test('holds at most 1,000 days, and none that end before they begin', async () => {
    const ask = (from: string, to: string) => showHistory(world.ds, list, { from, to, now: world.now });
    expect(await ask('2020-01-01', '2022-09-26')).toHaveLength(1_000);
    await expect(ask('2020-01-01', '2022-09-27')).rejects.toMatchObject({ code: 'query.days' });
    await expect(ask('2026-01-02', '2026-01-01')).rejects.toMatchObject({ code: 'query.days' });
    const unknown = showHistory(world.ds, 'nope0', { now: world.now });
    await expect(unknown).rejects.toMatchObject({ code: 'segment.unknown' });
  });

  test('of the last days covers all segments at once, but those without a change', async () => {
    const { days, items } = await showRecentChanges(world.ds, 3, world.now);
    expect(days).toEqual(['2026-01-11', '2026-01-12', '2026-01-13']);
    expect(Object.fromEntries(items.map(({ segment, ...changes }) => [segment, changes]))).toEqual({
      [list]: { joined: [0, 0, 1], left: [1, 0, 0], deleted: [0, 0, 1] },
      [buyers]: { joined: [0, 0, 0], left: [0, 0, 0], deleted: [0, 0, 1] },
    });
    expect((await showRecentChanges(world.ds, 1, world.now)).items).toHaveLength(2);
  });
});

describe('a comparison of two segments', () => {
  test('says how many users each has and how many are in both', async () => {
    await world.write(...['dora', 'emil', 'fred'].map((user) => ({ user, event: { action: 'Rest' } })));
    const one = await world.list('One');
    const two = await world.list('Two');
    await change(one, 'add', 'dora', 'emil', 'fred');
    await change(two, 'add', 'emil', 'fred', 'bert', 'cleo');
    expect(await compareSegments(world.ds, one, two)).toEqual({ users: 3, otherUsers: 4, both: 2 });
    expect(await compareSegments(world.ds, two, one)).toEqual({ users: 4, otherUsers: 3, both: 2 });
    expect(await compareSegments(world.ds, one, one)).toEqual({ users: 3, otherUsers: 3, both: 3 });
  });

  test('waits for whichever is still being computed', async () => {
    const one = await world.list('Ready');
    const computing = await world.rule('Computing', { action: 'Rest', did: true });
    for (const [a, b] of [
      [one, computing],
      [computing, one],
    ] as const) {
      const compared = compareSegments(world.ds, a, b);
      await expect(compared).rejects.toMatchObject({ kind: 'conflict', code: 'segment.computing' });
    }
    await world.compute();
    expect(await compareSegments(world.ds, one, computing)).toEqual({ users: 0, otherUsers: 3, both: 0 });
    await expect(compareSegments(world.ds, one, 'nope0')).rejects.toMatchObject({ code: 'segment.unknown' });
  });
});
