import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ada, createSegmentWorld, type SegmentWorld } from '../../test/segment-world.ts';
import { on } from '../database/handle.ts';
import type { Message, Origin } from '../events/message.ts';
import { writeMessages } from '../events/write.ts';
import type { Identity } from '../identities/identity.ts';
import { changeUsers } from '../segments/change-users.ts';
import { countUsersIn, listUsers, summarize, type WantedUsers } from './list-users.ts';
import { lookUpUser, lookUpUsers } from './look-up.ts';
import { showEvents, showUser } from './show-user.ts';

let world: SegmentWorld;
beforeAll(async () => {
  world = await createSegmentWorld();
});
afterAll(() => world.close());

const noOf = async (text: string, type?: string) => (await lookUpUser(world.ds, text, type)).no;

const day = (n: number) => new Date(Date.UTC(2025, 0, 1 + n));

/** Somebody with these identities. */
async function known(...identities: Identity[]): Promise<void> {
  await send({ identities, at: world.now }, { trusted: true, from: 'import', receivedAt: world.now });
}

async function send(message: Message, origin: Origin): Promise<void> {
  const context = {
    limits: { attributesPerProfileMax: 100, messageIdHours: 48 },
    messageKey: Buffer.alloc(32),
    now: world.now,
  };
  await writeMessages(world.dataset, world.database.writes, [{ message, origin }], context);
}

describe('looking a user up', () => {
  test('tries the own id, then userId, customerId, email, anonymousId, then other types by name', async () => {
    const types = ['zebra', 'anonymousId', 'apple', 'email', 'customerId', 'userId'];
    for (const type of types) await known({ type, value: 'same@x.org' }, { type: 'marker', value: `only ${type}` });
    const order = ['userId', 'customerId', 'email', 'anonymousId', 'apple', 'zebra'];
    for (const type of order) {
      const no = await noOf(`only ${type}`);
      expect(await noOf('same@x.org', type)).toBe(no);
      expect(await noOf(`usr_${no}`)).toBe(no);
      expect(await noOf(`usr_${no}`, 'id')).toBe(no);
    }
    expect(await noOf('same@x.org')).toBe(await noOf('only userId'));
    const first = await noOf('only apple');
    await known({ type: 'userId', value: `usr_${first}` });
    expect(await noOf(`usr_${first}`)).toBe(first);
  });

  test('finds addresses in whatever case and with spaces around, everything else as written', async () => {
    await known({ type: 'userId', value: 'Mixed' }, { type: 'email', value: 'mixed@x.org' });
    const no = await noOf('Mixed');
    const found = await lookUpUsers(world.ds, [' MIXED@X.org ', 'mixed', 'Mixed ', 'usr_999999', 'a\0b']);
    expect([...found]).toEqual([
      [' MIXED@X.org ', no],
      ['Mixed ', no],
    ]);
    await expect(lookUpUser(world.ds, 'mixed@x.org', 'userId')).rejects.toMatchObject({ code: 'user.unknown' });
  });

  test('shows whoever the text names by then, when the user is merged into another one meanwhile', async () => {
    await known({ type: 'userId', value: 'both' });
    await known({ type: 'anonymousId', value: 'browser' });
    await world.write({ user: 'both', traits: { firstName: 'Grace' } });
    const merged = () => known({ type: 'userId', value: 'both' }, { type: 'anonymousId', value: 'browser' });
    let answers = 0;
    const db = world.database.reads.withPlugin({
      transformQuery: ({ node }) => node,
      // Between the statement that finds the user and the one that reads it.
      async transformResult({ result }) {
        if (++answers === 1) await merged();
        return result;
      },
    });
    const user = await showUser(on(world.dataset, db), 'browser', undefined);
    expect(user).toMatchObject({ namedUserId: 'both', displayName: 'Grace', anonAliases: ['browser'] });
    expect(answers).toBe(4);
  });

  test('shows everything that is kept: attributes, orders, visits, segments, and pages through the events', async () => {
    const vip = await world.list('VIP');
    const buy = (n: number, revenue: number) => ({
      user: 'shown',
      at: new Date(day(n).getTime() + revenue),
      event: { action: 'Purchase', properties: { revenue } },
    });
    await world.write(buy(3, 5), buy(1, 7), buy(1, 8), {
      user: 'shown',
      traits: { firstName: 'Grace', lastName: 'H.' },
    });
    await changeUsers(
      on(world.dataset, world.database.writes),
      vip,
      { change: 'add', ids: ['shown'] },
      { actor: ada, now: world.now },
    );
    const user = await showUser(world.ds, 'shown', undefined);
    expect(user).toMatchObject({
      displayName: 'Grace H.',
      namedUserId: 'shown',
      anonymous: false,
      firstActivity: '2025-01-02T00:00:00.007Z',
      lastActivity: '2025-01-04T00:00:00.005Z',
      figures: { events: 3, orders: 3, visits: 2, revenue: 20 },
      actions: [{ action: 'Purchase', count: 3, first: '2025-01-02T00:00:00.007Z', last: '2025-01-04T00:00:00.005Z' }],
      attributes: [
        { name: 'firstName', value: 'Grace', updated: world.now.toISOString(), source: 'import', trusted: true },
        { name: 'lastName', value: 'H.', source: 'import', trusted: true },
      ],
      visitHistory: [
        { start: '2025-01-04T00:00:00.005Z', index: 2 },
        { start: '2025-01-02T00:00:00.007Z', lastEvent: '2025-01-02T00:00:00.008Z', index: 1 },
      ],
      segmentMembership: [{ id: vip, joined: world.now.toISOString() }],
    });
    expect(user.orderHistory.map(({ value }) => value)).toEqual([5, 8, 7]);
    const seen: (number | null)[] = [];
    for (let before: Awaited<ReturnType<typeof showEvents>>['next'], more = true; more; more = before !== undefined) {
      const page = await showEvents(world.ds, 'shown', { type: undefined, limit: 1, before });
      seen.push(...page.items.map(({ orderValue }) => orderValue));
      before = page.next;
    }
    expect(seen).toEqual([5, 8, 7]);
  });
});

describe('what a user did', () => {
  test('is counted by action, most frequent first, and its events can be read action by action', async () => {
    const did = (action: string, n: number) => ({ user: 'busy', at: day(n), event: { action } });
    await world.write(did('View Item', 1), did('View Item', 2), did('View Item', 3), did('Search', 2), did('Buy', 4));
    const { actions, figures } = await showUser(world.ds, 'busy', undefined);
    expect(actions.map(({ action, count }) => [action, count])).toEqual([
      ['View Item', 3],
      ['Buy', 1],
      ['Search', 1],
    ]);
    expect(figures).toMatchObject({ events: 5, orders: 0, revenue: 0 });
    const seen: string[] = [];
    for (let before: Awaited<ReturnType<typeof showEvents>>['next'], more = true; more; more = before !== undefined) {
      const page = await showEvents(world.ds, 'busy', { type: undefined, action: 'View Item', limit: 2, before });
      seen.push(...page.items.map(({ action, at }) => `${action} ${at.slice(0, 10)}`));
      before = page.next;
    }
    expect(seen).toEqual(['View Item 2025-01-04', 'View Item 2025-01-03', 'View Item 2025-01-02']);
    const other = { type: undefined, action: 'view item', limit: 9, before: undefined };
    expect(await showEvents(world.ds, 'busy', other)).toEqual({ items: [], next: undefined });
  });

  test('keeps what a page says of somebody apart from what a trusted source says', async () => {
    const message = { identities: [{ type: 'userId', value: 'paged' }], at: world.now, traits: { plan: 'free' } };
    await send(message, { trusted: false, from: 'identify', receivedAt: world.now });
    await world.write({ user: 'paged', traits: { age: 3 } });
    expect((await showUser(world.ds, 'paged', undefined)).attributes).toMatchObject([
      { name: 'age', source: 'import', trusted: true },
      { name: 'plan', source: 'identify', trusted: false },
    ]);
  });
});

describe('the list of users', () => {
  let staff: string;
  beforeAll(async () => {
    staff = await world.rule('Staff', { action: 'Work', did: true });
    await world.compute();
    const events = Array.from({ length: 60 }, (_, n) => ({
      user: `list${String(n).padStart(2, '0')}`,
      // Some are active at the same moment, some never.
      ...(n % 3 === 0 ? {} : { at: day(n % 7), event: { action: n % 2 ? 'Work' : 'Rest' } }),
    }));
    await world.write(...events);
  });

  async function pages(wanted: Omit<WantedUsers, 'after'>) {
    const items = [];
    for (let after: WantedUsers['after'], more = true; more; more = after !== undefined) {
      const page = await listUsers(world.ds, { ...wanted, after });
      items.push(...page.items);
      after = page.next;
    }
    return items;
  }

  test('holds every user once, whatever the size of its pages, their order, and what is asked for', async () => {
    const wanted = fc.record({
      limit: fc.integer({ min: 1, max: 100 }),
      sort: fc.constantFrom(undefined, 'lastActivity' as const),
      segment: fc.constantFrom(undefined, staff),
      search: fc.constantFrom(undefined, 'list', 'LIST1', 'nobody at all'),
    });
    await fc.assert(
      fc.asyncProperty(wanted, async (asked) => {
        const ids = (await pages(asked)).map(({ id }) => id);
        const all = await listUsers(world.ds, { limit: 1_000, after: undefined });
        const expected = all.items
          .filter(({ segments }) => asked.segment === undefined || segments.includes(asked.segment))
          .filter(({ userId }) => asked.search === undefined || userId?.includes(asked.search.toLowerCase()));
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids.toSorted()).toEqual(expected.map(({ id }) => id).toSorted());
      }),
      { numRuns: 40 },
    );
  });

  test('by last activity begins with the newest and ends with those without events', async () => {
    const moments = (await pages({ limit: 7, sort: 'lastActivity' })).map(({ lastActivity }) => lastActivity ?? '');
    expect(moments).toEqual(moments.toSorted().reverse());
  });

  test('and its counts and the summary agree', async () => {
    const all = await listUsers(world.ds, { limit: 1_000, after: undefined });
    const inStaff = all.items.filter(({ segments }) => segments.includes(staff));
    expect(await countUsersIn(world.ds, undefined)).toBe(all.items.length);
    expect(await countUsersIn(world.ds, staff)).toBe(inStaff.length);
    expect(inStaff.length).toBe(20);
    expect(await summarize(world.ds)).toMatchObject({
      users: all.items.length,
      anonymous: all.items.filter(({ anonymous }) => anonymous).length,
      orders: 3,
      revenue: 20,
      segments: 2,
    });
    await expect(countUsersIn(world.ds, 'xxxxx')).rejects.toMatchObject({ code: 'segment.unknown' });
  });
});
