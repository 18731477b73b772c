import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/database.ts';
import { checkInvariants } from '../../test/invariants.ts';
import {
  clearDataset,
  contextOf,
  fromImport,
  fromPage,
  message,
  profileOf,
  showProfiles,
  testNow,
  write,
} from '../../test/messages.ts';
import { writeMessages } from './write.ts';

let world: TestDatabase;
beforeAll(async () => {
  world = await createTestDatabase();
});
afterAll(() => world.close());
beforeEach(() => clearDataset(world));

const count = async () => (await showProfiles(world.ds)).reduce((sum, profile) => sum + profile.events, 0);
const purchase = (properties: Record<string, string | number>) => ({ event: { action: 'Purchase', properties } });

describe('profiles', () => {
  test('an unknown identity starts a profile, a known one goes on with it', async () => {
    await write(world, [message('anna'), message('bert')]);
    await write(world, [message('anna'), message(['anna', 'anonymousId:browser-1'])]);
    expect(await showProfiles(world.ds)).toMatchObject([
      { identities: ['anonymousId:browser-1', 'userId:anna'], events: 3, named: true },
      { identities: ['userId:bert'], events: 1, named: true },
    ]);
    await checkInvariants(world.ds);
  });

  test('somebody comes back at the first and the last moment that there is', async () => {
    for (const at of [new Date('0001-01-01T00:00:00Z'), new Date('9999-12-31T23:59:59.999Z')]) {
      await write(world, [message('anna', { at })]);
      await write(world, [message('anna', { at })]);
    }
    expect(await profileOf(world.ds, 'anna')).toMatchObject({ events: 4, visits: 2 });
    await checkInvariants(world.ds);
  });

  test('a visitor stays anonymous until another identity than an anonymous id names the profile', async () => {
    await write(world, [message('anonymousId:browser-1')]);
    expect(await profileOf(world.ds, 'anonymousId:browser-1')).toMatchObject({ named: false });
    await write(world, [message(['anonymousId:browser-1', 'customerId:17'])]);
    expect(await profileOf(world.ds, 'anonymousId:browser-1')).toMatchObject({ named: true });
  });

  test('identities that messages of one batch connect are one profile from the beginning', async () => {
    await write(world, [message('anna'), message('customerId:1'), message('bert'), message(['anna', 'customerId:1'])]);
    expect((await showProfiles(world.ds)).map((profile) => profile.identities)).toEqual([
      ['customerId:1', 'userId:anna'],
      ['userId:bert'],
    ]);
    await checkInvariants(world.ds);
  });

  test('a message is answered with the profile that it was written to, whoever it was merged with', async () => {
    const first = await write(world, [message('anna'), message('anonymousId:browser-1'), message('anna')]);
    const ids = [await profileOf(world.ds, 'anna'), await profileOf(world.ds, 'anonymousId:browser-1')].map(
      (p) => p?.id,
    );
    expect(first.map((result) => result.accepted && result.profileId)).toEqual([ids[0], ids[1], ids[0]]);
    const merged = await write(world, [message(['anna', 'anonymousId:browser-1']), message('bert')]);
    expect(merged.map((result) => result.accepted && result.profileId)).toEqual([
      (await profileOf(world.ds, 'anna'))?.id,
      (await profileOf(world.ds, 'bert'))?.id,
    ]);
  });

  test('messages of several origins keep their own in one transaction', async () => {
    const later = new Date(testNow.getTime() + 60_000);
    const incoming = [
      { message: message('anna', { traits: { plan: 'crm' } }), origin: { ...fromImport, importNo: 7 } },
      { message: message('anna', { traits: { plan: 'page' }, at: later }), origin: fromPage },
      { message: message('bert'), origin: { ...fromPage, receivedAt: later } },
      {
        message: message('anna', { traits: { email: 'anna@x.org' }, event: { action: 'Hi' } }),
        origin: { ...fromImport, importNo: 8 },
      },
      { message: message('bert', { traits: { email: 'bert@x.org' } }), origin: fromPage },
    ];
    await writeMessages(world.dataset, world.database.writes, incoming, contextOf());
    expect(await profileOf(world.ds, 'anna')).toMatchObject({
      identities: ['email:anna@x.org', 'userId:anna'],
      attributes: { plan: { value: 'crm', from: 'import' } },
      createdByImport: 7,
      imports: [7, 8],
    });
    expect(await profileOf(world.ds, 'bert')).toMatchObject({
      identities: ['userId:bert'],
      createdByImport: null,
      imports: [],
    });
    const { rows } = await sql`SELECT received_at FROM ${world.ds.tables.event} ORDER BY received_at`.execute(
      world.ds.db,
    );
    expect(rows).toEqual([{ received_at: testNow }, { received_at: later }]);
    await checkInvariants(world.ds);
  });

  test('a value of one type is somebody else than the same value of another', async () => {
    await write(world, [message('userId:7'), message('customerId:7')]);
    expect(await showProfiles(world.ds)).toHaveLength(2);
  });

  test('an import is remembered with every profile that it made or touched', async () => {
    await write(world, [message('anna')], { origin: { ...fromImport, importNo: 1 } });
    await write(world, [message('anna'), message('bert')], { origin: { ...fromImport, importNo: 2 } });
    await write(world, [message('anna')], { origin: { ...fromImport, importNo: 2 } });
    expect(await profileOf(world.ds, 'anna')).toMatchObject({ createdByImport: 1, imports: [1, 2] });
    expect(await profileOf(world.ds, 'bert')).toMatchObject({ createdByImport: 2, imports: [2] });
  });
});

describe('orders', () => {
  test('are worth their revenue, or else total, or value, or nothing; in decimal', async () => {
    await write(world, [
      message('anna', purchase({ revenue: 0.1, total: 99 })),
      message('anna', purchase({ revenue: '0.20' })),
      message('anna', { event: { action: 'Order Completed', properties: { total: ' 1000000.01 ' } } }),
      message('anna', purchase({ revenue: 'free', value: 7 })),
      message('anna', { event: { action: 'Purchase' } }),
      message('anna', { event: { action: 'Refund', properties: { revenue: 5 } } }),
    ]);
    expect(await profileOf(world.ds, 'anna')).toMatchObject({ events: 6, orders: 5, revenue: '1000007.31' });
    await checkInvariants(world.ds);
  });
});

describe('a messageId', () => {
  const twice = [message('anna', { messageId: 'm1' }), message('anna', { messageId: 'm1' })];

  test('is taken once: within a batch, by later batches, and whoever sends it', async () => {
    expect(await write(world, twice)).toEqual([
      { accepted: true, profileId: expect.any(Number) },
      { accepted: true, duplicate: true },
    ]);
    expect(await write(world, [message('bert', { messageId: 'm1' })], { origin: fromPage })).toEqual([
      { accepted: true, duplicate: true },
    ]);
    expect(await count()).toBe(1);
    expect(await profileOf(world.ds, 'bert')).toBeUndefined();
  });

  test('brings nobody back: after its user was deleted it is still known', async () => {
    await write(world, twice);
    await sql`DELETE FROM ${world.ds.tables.identity}`.execute(world.ds.db);
    await sql`DELETE FROM ${world.ds.tables.profile}`.execute(world.ds.db);
    await write(world, twice);
    expect(await showProfiles(world.ds)).toEqual([]);
  });

  test('is forgotten after the hours of the setting, and then taken anew', async () => {
    await write(world, twice);
    const hours = (n: number) => contextOf({ now: new Date(testNow.getTime() + n * 3_600_000) });
    await write(world, twice, { context: hours(47) });
    expect(await count()).toBe(1);
    await write(world, twice, { context: hours(48) });
    expect(await count()).toBe(2);
    await write(world, twice, { context: hours(95) });
    expect(await count()).toBe(2);
  });

  test('leaves nothing behind but a keyed hash and a moment', async () => {
    await write(world, [message('anna', { messageId: 'order-4711-anna@example.com' })]);
    const { rows } = await sql<{ row: string }>`SELECT s::text AS row FROM ${world.ds.tables.seen_message} s`.execute(
      world.ds.db,
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.row).not.toMatch(/4711|anna/);
    const { rows: before } = await sql`SELECT key FROM ${world.ds.tables.seen_message}`.execute(world.ds.db);
    await clearDataset(world);
    await write(world, [message('anna', { messageId: 'order-4711-anna@example.com' })], {
      context: contextOf({ messageKey: Buffer.alloc(32, 8) }),
    });
    const { rows: after } = await sql`SELECT key FROM ${world.ds.tables.seen_message}`.execute(world.ds.db);
    expect(after).not.toEqual(before);
  });

  test('messages without one are events of their own, however alike', async () => {
    await write(world, [message('anna'), message('anna')]);
    await write(world, [message('anna')]);
    expect(await count()).toBe(3);
  });
});

describe('attributes', () => {
  const minutes = (n: number) => new Date(testNow.getTime() + n * 60_000);
  const set = (value: string | null, at: number) => [message('anna', { traits: { plan: value }, at: minutes(at) })];
  const plan = async () => (await profileOf(world.ds, 'anna'))?.attributes.plan?.value;

  test('of one rank: the newest wins, whatever order they arrive in; null removes', async () => {
    await write(world, set('gold', 5));
    await write(world, set('silver', 3));
    expect(await plan()).toBe('gold');
    await write(world, set(null, 4));
    expect(await plan()).toBe('gold');
    await write(world, set(null, 6));
    expect(await plan()).toBeUndefined();
  });

  test('from a trusted source win over those from a page, newer or not', async () => {
    await write(world, set('page', 9), { origin: fromPage });
    await write(world, set('crm', 1));
    expect(await plan()).toBe('crm');
    await write(world, set('page', 10), { origin: fromPage });
    await write(world, set(null, 11), { origin: fromPage });
    expect(await plan()).toBe('crm');
  });

  test('come without an event, and make no visit and no activity', async () => {
    await write(world, [message('anna', { traits: { country: 'DE', score: 0.5, tags: ['a'] } })]);
    expect(await profileOf(world.ds, 'anna')).toMatchObject({
      events: 0,
      visits: 0,
      attributes: { country: { value: 'DE', from: 'import' } },
    });
    await checkInvariants(world.ds);
  });

  test('may be called like a property of every object', async () => {
    const traits = JSON.parse('{"__proto__":"x","constructor":"y"}');
    await write(world, [message('anna', { traits })]);
    await write(world, [message('anna', { traits: { country: 'DE' } })]);
    const shown = await profileOf(world.ds, 'anna');
    expect(Object.keys(shown?.attributes ?? {}).sort()).toEqual(['__proto__', 'constructor', 'country']);
  });

  test('beyond the limit a message is refused as a whole, and leaves no trace', async () => {
    const context = contextOf({ limits: { attributesPerProfileMax: 2, messageIdHours: 48 } });
    await write(world, [message('anna', { traits: { a: 1 } }), message('bert', { traits: { a: 1 } })], { context });
    const tooMuch = message(['anna', 'bert', 'customerId:9'], {
      traits: { a: 1, b: 2, c: 3 },
      event: { action: 'View Item' },
      messageId: 'm1',
    });
    const results = await write(world, [message('cleo'), tooMuch, message('anna', { traits: { a: 2, b: 2 } })], {
      context,
    });
    expect(results).toMatchObject([
      { accepted: true },
      { accepted: false, code: 'profile.attributes', detail: expect.stringContaining('at most 2 attributes') },
      { accepted: true },
    ]);
    expect((await showProfiles(world.ds)).map(({ identities, events }) => ({ identities, events }))).toEqual([
      { identities: ['userId:anna'], events: 0 },
      { identities: ['userId:bert'], events: 0 },
      { identities: ['userId:cleo'], events: 1 },
    ]);
    const repeated = await write(world, [{ ...tooMuch, traits: { a: 3 } }], { context });
    expect(repeated).toMatchObject([{ accepted: true }]);
    await checkInvariants(world.ds);
  });

  test('at the limit those that are there may still change', async () => {
    const context = contextOf({ limits: { attributesPerProfileMax: 1, messageIdHours: 48 } });
    await write(world, set('gold', 1), { context });
    await write(world, [message('anna', { traits: { plan: 'silver', other: null } })], { context });
    expect(await plan()).toBe('gold');
    await write(world, set('silver', 2), { context });
    expect(await plan()).toBe('silver');
  });
});

describe('an e-mail address among the attributes', () => {
  const email = (value: string) => message('anna', { traits: { email: value } });

  test('identifies when its source is trusted, trimmed and in lower case', async () => {
    await write(world, [email('  Anna@Example.COM ')]);
    await write(world, [message('email:anna@example.com')]);
    expect(await showProfiles(world.ds)).toMatchObject([
      {
        identities: ['email:anna@example.com', 'userId:anna'],
        attributes: { email: { value: '  Anna@Example.COM ' } },
      },
    ]);
  });

  test('from a page is an attribute and nothing more: nobody becomes somebody else by typing', async () => {
    await write(world, [email('anna@example.com')]);
    await write(world, [message('mallory', { traits: { email: 'anna@example.com' } })], { origin: fromPage });
    expect(await showProfiles(world.ds)).toMatchObject([
      { identities: ['email:anna@example.com', 'userId:anna'] },
      { identities: ['userId:mallory'], attributes: { email: { value: 'anna@example.com' } } },
    ]);
  });

  test('that is none identifies nobody', async () => {
    await write(world, [email('none'), message('bert', { traits: { email: 'none' } })]);
    expect(await showProfiles(world.ds)).toHaveLength(2);
  });
});
