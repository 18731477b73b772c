import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ChangeReader, followSegment } from '../../test/change-reader.ts';
import { checkInvariants } from '../../test/invariants.ts';
import { clearDataset, contextOf, message, profileOf, testNow, write as writeMessages } from '../../test/messages.ts';
import { startTestServer, type TestServer } from '../../test/server.ts';
import { door, until } from '../../test/waiting.ts';
import { withSharedGate } from '../database/gate.ts';
import { on } from '../database/handle.ts';
import type { Message } from '../events/message.ts';
import { publicId } from '../profiles/profile.ts';
import { insertChanges } from './changes-sql.ts';
import { lookAtDue } from './clock.ts';
import { clearOldChanges } from './following.ts';

/** A program that follows a segment over HTTP, while users join it and leave it in every way. */
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());
beforeEach(() => clearDataset(server.database));

const readers: ChangeReader[] = [];
afterEach(async () => {
  for (const reader of readers.splice(0)) await reader.close();
});

const follow = async (segment: string, from: { after?: string; headers?: Record<string, string> } = {}) => {
  const reader = await followSegment(server, segment, from);
  readers.push(reader);
  return reader;
};
const write = (...messages: Message[]) => writeMessages(server.database, messages);
const idOf = async (who: string) => publicId((await profileOf(server.database.ds, who))?.id as number);
const path = '/api/dataset/shop/segments';

async function create(body: object): Promise<string> {
  const { json } = await server.api('POST', path, body);
  await isReady(json.id);
  return json.id;
}
const isReady = (id: string) =>
  until(async () => (await server.api('GET', `${path}/${id}`)).json.state === 'ready', `${id} is ready`);
const list = (name = 'A list') => create({ name, kind: 'manual' });
const twice = () => create({ name: 'Twice', kind: 'rule', rule: { action: 'View Item', did: true, atLeast: 2 } });
const change = (method: 'POST' | 'DELETE' | 'PUT', segment: string, ...ids: string[]) =>
  server.api(method, `${path}/${segment}/users`, { ids });

describe('whoever follows a segment', () => {
  test('is told who joins and leaves a list, in order', async () => {
    const segment = await list();
    await write(message('anna'), message('bert'));
    const [anna, bert] = [await idOf('anna'), await idOf('bert')];
    const reader = await follow(segment);
    await change('POST', segment, 'anna');
    await change('POST', segment, 'anna', 'bert');
    await change('DELETE', segment, 'anna');
    await change('POST', segment, 'anna');
    expect(await reader.hears(4)).toEqual([`joined ${anna}`, `joined ${bert}`, `left ${anna}`, `joined ${anna}`]);
    await checkInvariants(server.database.ds);
  });

  test('is told of an event that lets a user in, and of time that lets one out', async () => {
    const now = () => new Date();
    const segment = await create({
      name: 'Just now',
      kind: 'rule',
      rule: { action: 'View Item', did: true, within: { days: 1 } },
    });
    const reader = await follow(segment);
    await writeMessages(server.database, [message('anna', { at: now() })], { context: contextOf({ now: now() }) });
    const anna = await idOf('anna');
    expect(await reader.hears(1)).toEqual([`joined ${anna}`]);
    const later = new Date(Date.now() + 2 * 86_400_000);
    const { dataset, database } = server.database;
    await lookAtDue(on(dataset, database.steps), { profilesMax: 10, now: later });
    expect(await reader.hears(2)).toEqual([`joined ${anna}`, `left ${anna}`]);
  });

  test('is told into whom a user went by a merge, of rules and lists alike', async () => {
    const segment = await list();
    const rule = await twice();
    await write(message('anna'), message('anna'), message('anonymousId:b', { at: new Date(testNow.getTime() + 1) }));
    const [anna, browser] = [await idOf('anna'), await idOf('anonymousId:b')];
    await change('POST', segment, 'anna');
    const [ofList, ofRule] = [await follow(segment), await follow(rule)];
    await write(message(['anna', 'anonymousId:b'], { traits: { a: 1 } }));
    for (const reader of [ofList, ofRule]) {
      expect(await reader.hears(2)).toEqual(
        expect.arrayContaining([`left ${anna} into ${browser}`, `joined ${browser}`]),
      );
    }
    await checkInvariants(server.database.ds);
  });

  test('goes on where the last event was, without a gap and without hearing anything twice', async () => {
    const segment = await list();
    const names = Array.from({ length: 9 }, (_, n) => `user-${n}`);
    await write(...names.map((name) => message(name)));
    const first = await follow(segment);
    await change('POST', segment, ...names.slice(0, 3));
    await first.hears(3);
    await first.close();
    await change('POST', segment, ...names.slice(3, 6));
    const second = await follow(segment, { after: first.lastId() });
    await second.hears(3);
    await change('POST', segment, ...names.slice(6));
    expect(new Set([...first.told, ...(await second.hears(6))]).size).toBe(9);
    expect(second.told).toHaveLength(6);
  });

  test('may have read any part of what one moment brought', async () => {
    const segment = await list();
    const names = Array.from({ length: 5 }, (_, n) => `user-${n}`);
    await write(...names.map((name) => message(name)));
    const start = await follow(segment);
    const before = start.lastId();
    await change('POST', segment, ...names);
    const all = await start.hears(5);
    // Each id on the way, told anew from before, must go on with exactly the rest.
    const url = `${server.url}${path}/${segment}/changes?after=${encodeURIComponent(before)}`;
    const response = await fetch(url, { headers: server.adminHeaders });
    const ids: string[] = [];
    for await (const chunk of response.body ?? []) {
      for (const [, id] of Buffer.from(chunk)
        .toString()
        .matchAll(/^event: joined\nid: (.+)$/gm))
        ids.push(id as string);
      if (ids.length >= 5) break;
    }
    for (const [index, id] of ids.entries()) {
      const rest = await follow(segment, { after: id });
      await rest.hears(all.length - index - 1);
      expect(rest.told).toEqual(all.slice(index + 1));
    }
  });

  test('hears of a transaction that took its numbers first and committed last', async () => {
    const segment = await list();
    await write(message('anna'), message('bert'));
    const [anna, bert] = [await idOf('anna'), await idOf('bert')];
    const reader = await follow(segment);
    const { dataset, database, ds } = server.database;
    const { rows } = await sql<{ setNo: number }>`
      SELECT set_no AS "setNo" FROM ${ds.tables.segment} WHERE id = ${segment}`.execute(ds.db);
    const [kept, released] = [door(), door()];
    const late = withSharedGate(dataset, database.writes, async (tx) => {
      const profileId = Number(anna.slice(4));
      await insertChanges(tx, { joined: [{ profileId, setNo: rows[0]?.setNo as number }], left: [] }, testNow);
      kept.open();
      await released.opened;
    });
    await kept.opened;
    await change('POST', segment, 'bert');
    expect(await reader.hears(1)).toEqual([`joined ${bert}`]);
    // Whoever goes on from here has not seen the other one either.
    const position = reader.lastId();
    released.open();
    await late;
    expect(await reader.hears(2)).toEqual([`joined ${bert}`, `joined ${anna}`]);
    expect(await (await follow(segment, { after: position })).hears(1)).toEqual([`joined ${anna}`]);
  });

  test('is told of a list that was replaced as a whole, and of a rule that was computed anew', async () => {
    const segment = await list();
    await write(message('anna'), message('bert'), message('bert'));
    const reader = await follow(segment);
    await change('PUT', segment, 'anna', 'bert');
    expect(await reader.hears(1)).toEqual(['recomputed 2']);

    const rule = await twice();
    const other = await follow(rule);
    await server.api('PATCH', `${path}/${rule}`, { rule: { everyone: true } });
    expect(await other.hears(1)).toEqual(['recomputed 2']);
  });

  test('hears nothing of users who are deleted, one by one or in bulk, nor of their joining if he had not read it', async () => {
    const segment = await list();
    const doomed = await list('Doomed');
    await write(...['anna', 'bert', 'cleo', 'dora'].map((name) => message(name)));
    const [cleo, dora] = [await idOf('cleo'), await idOf('dora')];
    const first = await follow(segment);
    const position = first.lastId();
    await change('POST', segment, 'anna', 'bert', 'cleo');
    await first.hears(3);
    await change('POST', doomed, 'anna');
    const consent = { consent: true, expectedUsers: 1 };
    const { json } = await server.api('POST', `${path}/${doomed}/deletions`, consent);
    await until(async () => {
      const job = await server.api('GET', `/api/dataset/shop/deletions/${json.id}`);
      return job.json.state === 'completed';
    }, 'the deletion is complete');
    await server.api('DELETE', '/api/dataset/shop/user/bert');
    await change('POST', segment, 'dora');
    expect((await first.hears(4)).at(-1)).toBe(`joined ${dora}`);
    expect(await (await follow(segment, { after: position })).hears(2)).toEqual([`joined ${cleo}`, `joined ${dora}`]);
    await checkInvariants(server.database.ds);
  });
});

/** All changes are older than what is kept: those that everybody sees go. Returns how many are left. */
async function clearSeen(): Promise<number> {
  const { dataset, ds, database } = server.database;
  await sql`UPDATE ${ds.tables.membership_change} SET at = '2020-01-01'`.execute(ds.db);
  await clearOldChanges(on(dataset, database.steps), new Date('2021-01-01'));
  const { rows } = await sql<{ left: number }>`SELECT count(*) AS left FROM ${ds.tables.membership_change}`.execute(
    ds.db,
  );
  return rows[0]?.left ?? 0;
}
const clearEveryChange = () => until(async () => (await clearSeen()) === 0, 'everybody sees every change');

describe('a position', () => {
  test('of a following that has ended in between is answered with a reset', async () => {
    const segment = await list();
    await write(message('anna'), message('bert'));
    const before = await follow(segment);
    await before.close();
    // Nobody has read for as long as the setting says.
    await clearOldChanges(on(server.database.dataset, server.database.database.steps), new Date(Date.now() + 1_000));
    await change('POST', segment, 'anna');
    const after = await follow(segment, { after: before.lastId() });
    expect(await after.hears(1)).toEqual(['reset']);
    await change('POST', segment, 'bert');
    expect(await after.hears(2)).toEqual(['reset', `joined ${await idOf('bert')}`]);
  });

  test('from before what is still kept is answered with a reset, a newer one is not', async () => {
    const segment = await list();
    await write(message('anna'), message('bert'));
    const reader = await follow(segment);
    const early = reader.lastId();
    await change('POST', segment, 'anna');
    await reader.hears(1);
    await clearEveryChange();
    expect(await (await follow(segment, { after: early })).hears(1)).toEqual(['reset']);
    await change('POST', segment, 'bert');
    const bert = await idOf('bert');
    expect(await (await follow(segment, { after: reader.lastId() })).hears(1)).toEqual([`joined ${bert}`]);
    expect(reader.told.at(-1)).toBe(`joined ${bert}`);
  });

  test('is good for as long as somebody may still not see what came behind it, and is reset once', async () => {
    const segment = await list();
    await write(message('anna'));
    const reader = await follow(segment);
    const early = reader.lastId();
    const { opened, open } = door();
    const begun = door();
    const older = server.database.database.heartbeat.transaction().execute(async (tx) => {
      await sql`SELECT pg_current_xact_id()`.execute(tx);
      begun.open();
      await opened;
    });
    await begun.opened;
    await change('POST', segment, 'anna');
    await reader.hears(1);
    await clearSeen();
    const anna = await idOf('anna');
    expect(await (await follow(segment, { after: early })).hears(1)).toEqual([`joined ${anna}`]);
    open();
    await older;
    await clearEveryChange();
    expect(await (await follow(segment, { after: early })).hears(1)).toEqual(['reset']);
  });

  test('that is none is refused', async () => {
    const segment = await list();
    for (const after of ['17', 'eyJhIjoxfQ', `${'x'.repeat(300)}`]) {
      const { status, json } = await server.api('GET', `${path}/${segment}/changes?after=${after}`);
      expect([status, json.code]).toEqual([400, 'query.cursor']);
    }
  });
});

describe('the stream', () => {
  test('asks for a role in the dataset, and for a segment that is there', async () => {
    const segment = await list();
    const headers = { authorization: 'Basic bm9ib2R5OndyaXRlcw==' };
    expect((await follow(segment, { headers })).status).toBe(401);
    await server.api('POST', '/api/datasets', { id: 'blog', name: 'Blog', type: 'qa' });
    const strangers = await server.tokenHeaders({ roles: { blog: 'viewer' } });
    expect((await follow(segment, { headers: strangers })).status).toBe(404);
    expect((await follow('zzzzz')).status).toBe(404);
    const viewers = await server.tokenHeaders({ roles: { shop: 'viewer' } });
    expect((await follow(segment, { headers: viewers })).status).toBe(200);
  });

  test('ends with the segment', async () => {
    const segment = await list();
    const reader = await follow(segment);
    await server.api('DELETE', `${path}/${segment}`);
    await reader.ended;
    expect((await follow(segment, { after: reader.lastId() })).status).toBe(404);
  });

  test('of a segment that nobody follows keeps nothing', async () => {
    const segment = await list();
    await write(message('anna'));
    await change('POST', segment, 'anna');
    const { ds } = server.database;
    expect((await sql`SELECT FROM ${ds.tables.membership_change}`.execute(ds.db)).rows).toEqual([]);
  });
});
