import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { withSharedGate } from '../src/database/gate.ts';
import { on } from '../src/database/handle.ts';
import { advance } from '../src/deletions/advance.ts';
import { ensureSigningKey } from '../src/deletions/receipt.ts';
import { startDeletion } from '../src/deletions/start.ts';
import { findRunning } from '../src/deletions/start-sql.ts';
import { stepSize } from '../src/deletions/step.ts';
import { eventJobs } from '../src/events/jobs.ts';
import { type LargeMergeStep, takeLargeMergeStep } from '../src/events/large-merge.ts';
import type { Message } from '../src/events/message.ts';
import { deleteNamedUsers } from '../src/privacy/delete-users.ts';
import { publicId } from '../src/profiles/profile.ts';
import { showUser } from '../src/profiles/show-user.ts';
import { changeUsers } from '../src/segments/change-users.ts';
import { checkInvariants } from './invariants.ts';
import { clearDataset, contextOf, message, profileOf, showProfiles, testNow, write as writeLive } from './messages.ts';
import { ada, createSegmentWorld, type SegmentWorld } from './segment-world.ts';

/** Merges that are too large to be done with the message that names both. Limits are small here, so that profiles can be. */
let world: SegmentWorld;
beforeAll(async () => {
  world = await createSegmentWorld();
  await ensureSigningKey(world.database.starts, testNow);
});
afterAll(() => world.close());
beforeEach(() => clearDataset(world));

const limits = { events: 3, identities: 2 };
const context = contextOf({ limits: { attributesPerProfileMax: 100, messageIdHours: 48, liveMerge: limits } });
const minutes = (n: number) => new Date(testNow.getTime() + n * 60_000);
const view = (who: string | string[], at: number) => message(who, { at: minutes(at) });
const buy = (who: string, at: number, revenue: number) =>
  message(who, { at: minutes(at), event: { action: 'Purchase', properties: { revenue } } });
const together = (...who: string[]) => message(who, { traits: { seen: true }, at: minutes(0) });

const write = (...messages: Message[]) => writeLive(world, messages, { context });
const idOf = async (who: string) => (await profileOf(world.ds, who))?.id as number;
const step = (eventsMax = 3): Promise<LargeMergeStep> =>
  takeLargeMergeStep(on(world.dataset, world.database.steps), { eventsMax, limits, now: testNow });

/** Takes steps until there is nothing more to do, with a look at everything after each. */
async function finish(eventsMax?: number): Promise<LargeMergeStep['did'][]> {
  const did: LargeMergeStep['did'][] = [];
  for (let last: string = ''; last !== 'nothing'; ) {
    last = (await step(eventsMax)).did;
    did.push(last as LargeMergeStep['did']);
    await checkInvariants(world.ds);
    if (did.length > 200) throw new Error(`It does not end: ${did.slice(-5)}`);
  }
  return did;
}

/** `anna` has more history than a live merge moves; `browser`, who was active last, is the survivor. */
async function meet(): Promise<{ anna: number; browser: number }> {
  await write(
    buy('anna', 0, 10),
    ...[5, 100, 104, 200, 300, 301].map((at) => view('anna', at)),
    buy('anna', 302, 2.5),
    view('anonymousId:browser', 320),
    message('anna', { at: minutes(1), traits: { plan: 'gold' } }),
  );
  const ids = { anna: await idOf('anna'), browser: await idOf('anonymousId:browser') };
  expect(await write(together('anna', 'anonymousId:browser'))).toEqual([{ accepted: true, profileId: ids.browser }]);
  return ids;
}

describe('a merge of more than a message may move', () => {
  test('is done in steps, after each of which both profiles are whole; the message is the survivor’s at once', async () => {
    const { anna, browser } = await meet();
    expect(await showProfiles(world.ds)).toMatchObject([
      { id: anna, events: 8, visits: 4, orders: 2 },
      { id: browser, events: 1, attributes: { seen: { value: true } }, named: false },
    ]);
    expect(await step()).toEqual({ did: 'moved', loser: anna, survivor: browser, events: 2, identities: 0 });
    expect(await showProfiles(world.ds)).toMatchObject([
      { id: anna, events: 6, visits: 3, orders: 1, revenue: '2.5', identities: ['userId:anna'] },
      { id: browser, events: 3, visits: 2, orders: 1, revenue: '10', identities: ['anonymousId:browser'] },
    ]);
    await checkInvariants(world.ds);
    expect(await finish()).toEqual(['moved', 'merged', 'nothing']);
    expect(await showProfiles(world.ds)).toMatchObject([
      {
        id: browser,
        identities: ['anonymousId:browser', 'userId:anna'],
        events: 9,
        orders: 2,
        revenue: '12.5',
        visits: 4,
        named: true,
        attributes: { plan: { value: 'gold' }, seen: { value: true } },
      },
    ]);
  });

  test('goes through a visit that is longer than a step', async () => {
    await write(...[0, 0, 0, 0, 0, 1, 2, 3, 3, 30, 90].map((at) => view('anna', at)));
    await write(view('anonymousId:browser', 91));
    await write(together('anna', 'anonymousId:browser'));
    expect(await finish(2)).toEqual(['moved', 'moved', 'moved', 'moved', 'merged', 'nothing']);
    expect(await showProfiles(world.ds)).toMatchObject([{ events: 12, visits: 2 }]);
  });

  test('gives identities away in portions, and says of both whether they are named', async () => {
    const names = [
      'userId:anna',
      'customerId:1',
      'anonymousId:a',
      'anonymousId:b',
      'anonymousId:c',
      'email:a@x.example',
    ];
    await write(view(names, 0), view('anonymousId:browser', 9));
    await write(together('userId:anna', 'anonymousId:browser'));
    expect(await step()).toMatchObject({ did: 'moved', events: 0, identities: 2 });
    expect(await showProfiles(world.ds)).toMatchObject([
      { identities: names.slice(0, 2).concat(names.slice(4)).sort() },
      {},
    ]);
    expect(await finish()).toEqual(['moved', 'merged', 'nothing']);
    expect(await showProfiles(world.ds)).toMatchObject([{ identities: { length: 7 }, named: true }]);
  });

  test('puts the survivor into the lists of both, and keeps segments and their counters exact on the way', async () => {
    const views = await world.rule('Views', { action: 'View Item', did: true, atLeast: 4 });
    const spent = await world.rule('Spent', { orders: 'value', is: 'atLeast', value: 10 });
    const list = await world.list('By hand');
    await world.compute();
    await write(view('anna', 0));
    const asked = { actor: ada, now: testNow };
    await changeUsers(on(world.dataset, world.database.writes), list, { change: 'add', ids: ['anna'] }, asked);
    const { browser } = await meet();
    for (let did = ''; did !== 'nothing'; ) {
      did = (await step()).did;
      expect(await world.faults()).toEqual([]);
    }
    expect((await profileOf(world.ds, 'anna'))?.id).toBe(browser);
    for (const segment of [views, spent, list]) expect(await world.usersOf(segment)).toEqual(['anna']);
  });

  test('begins at 10,000 events', async () => {
    await writeLive(world, [message('anna'), message('anonymousId:b', { at: minutes(1) })]);
    const { event, action_count, profile, visit } = world.ds.tables;
    const anna = await idOf('anna');
    // What 9,999 more events of one moment would have made.
    await sql`
      INSERT INTO ${event} (profile_id, id, at, received_at, action)
      SELECT ${anna}, -n, ${testNow}::timestamptz, ${testNow}::timestamptz, 'View Item' FROM generate_series(1, 9999) AS n`.execute(
      world.ds.db,
    );
    for (const table of [profile, visit]) {
      const key = table === profile ? sql`id` : sql`profile_id`;
      await sql`UPDATE ${table} SET events = 10000 WHERE ${key} = ${anna}`.execute(world.ds.db);
    }
    await sql`UPDATE ${action_count} SET count = 10000 WHERE profile_id = ${anna}`.execute(world.ds.db);
    await writeLive(world, [message('anna', { at: minutes(-1) })]);
    await writeLive(world, [together('anna', 'anonymousId:b')]);
    expect(await showProfiles(world.ds)).toMatchObject([{ events: 10_001 }, { events: 1 }]);

    const said: unknown[] = [];
    const announce = (name: string) => said.push(name);
    const [, merging] = eventJobs({ ...world.lethe, announce });
    for (const dataset of (await merging?.open()) ?? []) {
      while ((await merging?.step(dataset)) !== 'finished');
    }
    expect(said).toEqual(['user.merge_begun', 'user.merged']);
    expect(await showProfiles(world.ds)).toMatchObject([{ events: 10_002, visits: 1 }]);
    await checkInvariants(world.ds);
  });
});

describe('while it is under way', () => {
  test('new events go to the profile that they name, and to the survivor when they name both', async () => {
    const { anna, browser } = await meet();
    await step();
    const results = await write(
      view('anna', 400),
      message(['anna', 'customerId:new'], { at: minutes(401) }),
      view('anonymousId:browser', 402),
    );
    expect(results.map((result) => result.accepted && result.profileId)).toEqual([anna, anna, browser]);
    expect(await write(view(['anna', 'anonymousId:browser', 'email:a@x.example'], 403))).toMatchObject([
      { profileId: browser },
    ]);
    await checkInvariants(world.ds);
    await finish();
    expect(await showProfiles(world.ds)).toMatchObject([
      { id: browser, events: 13, identities: { length: 4 }, named: true },
    ]);
  });

  test('the look-up says into whom a user is being merged', async () => {
    const { anna, browser } = await meet();
    expect(await showUser(world.ds, 'anna', undefined)).toMatchObject({
      id: publicId(anna),
      mergingInto: publicId(browser),
    });
    expect(await showUser(world.ds, 'browser', undefined)).toMatchObject({ mergingInto: null });
  });

  test('a third profile joins them, whichever of the two it is named with', async () => {
    for (const who of ['anna', 'anonymousId:browser']) {
      await clearDataset(world);
      await meet();
      await write(...[1000, 1100, 1200, 1300].map((at) => view('customerId:third', at)));
      await write(together(who, 'customerId:third'));
      await step();
      await write(together(who, 'customerId:third'), together('anna', 'anonymousId:browser'));
      await finish();
      expect(await showProfiles(world.ds)).toMatchObject([{ events: 13, identities: { length: 3 } }]);
    }
  });

  test('two that are being merged into different ones become one with all four', async () => {
    await meet();
    await write(...[0, 40, 80, 120].map((at) => view('bert', at)), view('anonymousId:other', 500));
    await write(together('bert', 'anonymousId:other'));
    await step();
    await write(together('anna', 'bert'));
    await finish();
    expect(await showProfiles(world.ds)).toMatchObject([{ events: 14, identities: { length: 4 } }]);
  });

  test('whoever deletes one of the two deletes the user, with all that is left on either side', async () => {
    for (const who of ['anna', 'browser']) {
      await clearDataset(world);
      await meet();
      await step();
      await write(view('cleo', 0));
      const { rows } = await withSharedGate(world.dataset, world.database.writes, (tx) =>
        deleteNamedUsers(tx, [who], { type: undefined, now: testNow }),
      );
      expect(rows).toMatchObject({ profiles: 2, events: 9, identities: 2 });
      expect(await showProfiles(world.ds)).toMatchObject([{ identities: ['userId:cleo'] }]);
      expect(await finish()).toEqual(['nothing']);
    }
  });
});

describe('a bulk deletion', () => {
  async function doom(who: string): Promise<void> {
    const asked = { actor: ada, now: testNow };
    const list = await world.list('Doomed');
    await changeUsers(on(world.dataset, world.database.writes), list, { change: 'add', ids: [who] }, asked);
    const request = { segmentId: list, expectedUsers: 1, actor: ada, now: () => testNow };
    await startDeletion(world.database.starts, world.dataset, request);
  }

  async function complete(): Promise<void> {
    for (let result = 'more'; result !== 'finished'; ) {
      const job = await findRunning(world.ds);
      if (!job) throw new Error('no job');
      const how = { database: world.database, announce: () => {}, size: stepSize(2_000), now: testNow };
      result = await advance(world.dataset, job, how);
    }
  }

  test('of the survivor leaves the loser with its name and what it still has', async () => {
    const { anna, browser } = await meet();
    await step();
    await doom('browser');
    expect(await write(view(['anna', 'anonymousId:browser'], 500))).toMatchObject([{ profileId: anna }]);
    expect(await step()).toEqual({ did: 'dropped', loser: anna, survivor: browser });
    await complete();
    expect(await finish()).toEqual(['nothing']);
    expect(await showProfiles(world.ds)).toMatchObject([
      { id: anna, events: 7, identities: ['anonymousId:browser', 'userId:anna'] },
    ]);
  });

  test('of the loser takes what is left of it, and the request with it', async () => {
    const { browser } = await meet();
    await step();
    await doom('anna');
    expect(await step()).toEqual({ did: 'waiting' });
    expect(await write(view('anna', 500))).not.toMatchObject([{ profileId: browser }]);
    await complete();
    expect(await finish()).toEqual(['nothing']);
    expect(await showProfiles(world.ds)).toMatchObject([
      { id: browser, events: 3, identities: ['anonymousId:browser'] },
      { events: 1, identities: ['userId:anna'] },
    ]);
  });

  test('of the survivor, completed before anybody looks, frees the loser as well', async () => {
    const { anna } = await meet();
    await doom('browser');
    await complete();
    expect(await finish()).toEqual(['dropped', 'nothing']);
    expect(await showProfiles(world.ds)).toMatchObject([{ id: anna, events: 8 }]);
  });
});

describe('the same messages', () => {
  const who = fc.array(fc.constantFrom('userId:1', 'userId:2', 'anonymousId:1', 'anonymousId:2', 'customerId:1'), {
    minLength: 1,
    maxLength: 2,
  });
  const revenue = fc.integer({ min: 1, max: 99 });
  const sent = fc.record({
    who,
    minute: fc.integer({ min: 0, max: 240 }),
    revenue: fc.option(revenue, { nil: undefined }),
  });
  /** Each with the number of steps that are taken after it. */
  const order = fc.array(fc.tuple(fc.nat(99), fc.nat(2)), { minLength: 20, maxLength: 20 });

  /** What the profiles are in the end, whatever their numbers. */
  async function outcomeOf(messages: readonly Message[], stepsAfter: readonly number[]): Promise<unknown[]> {
    await clearDataset(world);
    for (const [index, one] of messages.entries()) {
      expect(await write(one)).toMatchObject([{ accepted: true }]);
      for (let left = stepsAfter[index] ?? 0; left > 0; left--) await step(2);
    }
    while ((await step(2)).did !== 'nothing');
    await checkInvariants(world.ds);
    const profiles = (await showProfiles(world.ds)).map(({ id, ...profile }) => profile);
    return profiles.sort((a, b) => ((a.identities[0] as string) < (b.identities[0] as string) ? -1 : 1));
  }

  test('make the same profiles in any order, however far the merging has come in between', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(sent, { minLength: 8, maxLength: 20 }), order, async (all, ranks) => {
        const messages = all.map((one, n) =>
          message(one.who, {
            at: new Date(minutes(one.minute).getTime() + n),
            event: { action: one.revenue ? 'Purchase' : 'View Item', properties: { revenue: one.revenue ?? 0 } },
            traits: { last: n },
          }),
        );
        const shuffled = messages
          .map((one, n) => ({ one, rank: ranks[n]?.[0] ?? 0 }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ one }) => one);
        const first = await outcomeOf(messages, []);
        expect(
          await outcomeOf(
            shuffled,
            ranks.map(([, steps]) => steps),
          ),
        ).toEqual(first);
      }),
      { numRuns: 5, endOnFailure: true },
    );
  });
});
