import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { standsIn } from './faults/stands.ts';
import { type Held, type HeldPhase, hold } from './holds.ts';
import { runImport } from './imports.ts';
import { checkInvariants } from './invariants.ts';
import { ask, startTestServer, type TestServer } from './server.ts';
import { until, untilWaiting } from './waiting.ts';

/**
 * What is received before the start of a bulk deletion goes with the users, and what is received after it stays, on a fresh profile:
 * whichever way it comes in, and whatever the job is at.
 */
let server: TestServer;
const releases: (() => Promise<void>)[] = [];
beforeAll(async () => {
  server = await startTestServer({ LETHE_BOOTSTRAP_WRITE_KEY: 'shop:shop-key' });
  await server.api('PATCH', '/api/datasets/shop', { eventApi: true });
});
afterEach(async () => {
  for (const release of releases.splice(0)) await release();
});
afterAll(() => server.close());

const trackingHeaders = { authorization: `Basic ${Buffer.from('shop-key:').toString('base64')}` };

async function track(...messages: Record<string, unknown>[]): Promise<void> {
  const batch = messages.map((message) => ({ type: 'track', ...message }));
  const { status, json } = await ask(`${server.url}/v1/batch`, 'POST', { batch }, trackingHeaders);
  expect([status, json]).toMatchObject([200, { success: true }]);
}

/** Somebody whom the merge makes one with the person, and who is in no segment. */
const strangerOf = (person: string) => `stranger-of-${person}`;

/** Every way in: sends one event about a person, and answers when it is durable. */
const ways: Record<string, (person: string, event: string) => Promise<void>> = {
  'the tracking API': (userId, event) => track({ userId, event }),
  'the Event API': async (id, action) => {
    const { status } = await ask(`${server.url}/api2/event/shop`, 'POST', { action, user: { id } });
    expect(status).toBe(200);
  },
  'the Event API with a token': async (id, action) => {
    expect((await server.api('POST', '/api2/authevent/shop', { action, user: { id } })).status).toBe(200);
  },
  'an import': async (person, event) => {
    expect(await runImport(server, `userId,event\n${person},${event}\n`)).toMatchObject({ accepted: 1 });
  },
  'a message that names two': (userId, event) => track({ userId, anonymousId: strangerOf(userId), event }),
};
const wayNames = Object.keys(ways);
const isMerge = (way: string) => way === 'a message that names two';

async function eventsOf(name: string): Promise<string[] | 'nobody'> {
  const { status, json } = await server.api('GET', `/api/dataset/shop/user/${name}/events`);
  return status === 404 ? 'nobody' : json.items.map(({ action }: { action: string }) => action).sort();
}

const eventBefore = (userId: string) => ({ userId, event: 'Before', messageId: `before-${userId}` });

/** People with one event each, and a list of all of them. */
async function createDoomed(people: readonly string[]): Promise<string> {
  await track(...people.map(eventBefore));
  const segments = '/api/dataset/shop/segments';
  const { json } = await server.api('POST', segments, { name: 'Doomed', kind: 'manual' });
  const { status } = await server.api('POST', `${segments}/${json.id}/users`, { ids: people });
  expect(status).toBe(200);
  return json.id;
}

async function start(segment: string, expectedUsers: number): Promise<string> {
  const body = { consent: true, expectedUsers };
  const { status, json } = await server.api('POST', `/api/dataset/shop/segments/${segment}/deletions`, body);
  expect(status).toBe(202);
  return json.id;
}

const jobOf = async (id: string) => (await server.api('GET', `/api/dataset/shop/deletions/${id}`)).json;

async function completed(id: string): Promise<Record<string, unknown>> {
  await until(async () => (await jobOf(id)).state === 'completed', 'the job is complete');
  await checkInvariants(server.database.ds);
  return jobOf(id);
}

describe('after the start', () => {
  /** The last of the holds is that of the moment; those before it are let go of once it is there. */
  const moments: [when: string, holds: [Held] | [HeldPhase, Held], stands: HeldPhase][] = [
    ['before the first step', ['beforeSteps'], 'start'],
    ['between two steps', ['betweenSteps'], 'deleting'],
    ['in the middle of the last step', ['lastStep'], 'lastStep'],
    ['during the proof', ['verifying'], 'verifying'],
    ['before the last transaction', ['verifying', 'completing'], 'completing'],
  ];

  test.each(moments)(
    'what comes %s is on a fresh profile at once, and there when all is over',
    async (_when, [first, next], stands) => {
      const { url, dataset } = server.database;
      const person = (way: string) => `${stands}-p-${way}`;
      // Enough for every slice; their names are the first that a step locks.
      const others = Array.from({ length: 24 }, (_, n) => `${stands}-a-${n}`);
      const people = [...others, ...wayNames.map(person)];
      const segment = await createDoomed(people);
      const stranger = strangerOf(person('a message that names two'));
      await track({ anonymousId: stranger, event: 'Before' });
      releases.push(await hold(url, dataset, first, segment));
      const id = await start(segment, people.length);
      if (next) {
        await until(async () => standsIn(await jobOf(id), first as HeldPhase), `the job stands in ${first}`);
        releases.push(await hold(url, dataset, next, segment));
        await releases.shift()?.();
      }
      await until(async () => standsIn(await jobOf(id), stands), `the job stands in ${stands}`);

      await Promise.all(Object.entries(ways).map(([way, send]) => send(person(way), 'After')));
      const expectAfter = async () => {
        for (const way of wayNames)
          expect(await eventsOf(person(way)), way).toEqual(isMerge(way) ? ['After', 'Before'] : ['After']);
        expect(await eventsOf(stranger)).toEqual(['After', 'Before']);
      };
      await expectAfter();
      // What is sent again was received before.
      for (const userId of people) await track({ userId, event: 'Before', messageId: `before-${userId}` });
      expect((await jobOf(id)).state).not.toBe('completed');

      await releases.pop()?.();
      expect(await completed(id)).toMatchObject({ users: people.length, deleted: people.length });
      await expectAfter();
      for (const other of others) expect(await eventsOf(other)).toBe('nobody');
    },
  );
});

describe('what is under way when the start comes', () => {
  /** Locks the row of a person, which whoever writes to them waits for. */
  async function holdPerson(person: string): Promise<void> {
    const client = new pg.Client({ connectionString: server.database.url });
    await client.connect();
    releases.push(() => client.end());
    await client.query('BEGIN');
    await client.query(
      `SELECT FROM ds_shop.profile WHERE id = (SELECT profile_id FROM ds_shop.identity WHERE value = $1) FOR UPDATE`,
      [person],
    );
  }

  test.each(wayNames)('by %s, and is written first, goes with everything that the user had', async (way) => {
    const person = `first-${way}`;
    const segment = await createDoomed([person]);
    if (isMerge(way)) await track({ anonymousId: strangerOf(person), event: 'Before' });
    await holdPerson(person);
    const sending = ways[way]?.(person, 'Meanwhile');
    await untilWaiting(server.database.database.reads);
    const starting = start(segment, 1);
    await untilWaiting(server.database.database.reads, 2);
    await releases.pop()?.();
    await sending;
    const job = await completed(await starting);
    expect(job).toMatchObject({ deleted: 1, rowsDeleted: { profiles: 1, events: isMerge(way) ? 3 : 2 } });
    expect(await eventsOf(person)).toBe('nobody');
    expect(await eventsOf(strangerOf(person))).toBe('nobody');
  });
});

describe('what waits for the start', () => {
  /** A start that holds the gate until somebody waits behind it, but long enough to be seen: a job of the server may be the first. */
  beforeAll(async () => {
    const { starts } = server.database.database;
    await sql`
      CREATE FUNCTION public.wait_for_somebody() RETURNS trigger LANGUAGE plpgsql AS $body$
      BEGIN
        FOR n IN 1..2000 LOOP
          EXIT WHEN n > 50 AND EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
                                           AND database = (SELECT oid FROM pg_database WHERE datname = current_database()));
          PERFORM pg_sleep(0.005);
        END LOOP;
        RETURN NEW;
      END $body$`.execute(starts);
    await sql`
      CREATE TRIGGER hold BEFORE INSERT ON ds_shop.deletion FOR EACH ROW EXECUTE FUNCTION public.wait_for_somebody()`.execute(
      starts,
    );
  });

  const untilStarting = () =>
    until(async () => {
      const { rows } = await sql`
        SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`.execute(
        server.database.database.reads,
      );
      return rows.length > 0;
    }, 'the start holds the gate');

  test.each(wayNames)('by %s is on a fresh profile', async (way) => {
    const person = `behind-${way}`;
    const segment = await createDoomed([person]);
    if (isMerge(way)) await track({ anonymousId: strangerOf(person), event: 'Before' });
    const starting = start(segment, 1);
    await untilStarting();
    await ways[way]?.(person, 'Meanwhile');
    const job = await completed(await starting);
    expect(job).toMatchObject({ deleted: 1, rowsDeleted: { profiles: 1, events: 1 } });
    expect(await eventsOf(person)).toEqual(isMerge(way) ? ['Before', 'Meanwhile'] : ['Meanwhile']);
  });
});
