import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type ImportOptions, importEnd, runImport, sendImport } from '../../test/imports.ts';
import { checkInvariants } from '../../test/invariants.ts';
import { startTestServer, type TestServer } from '../../test/server.ts';
import { until } from '../../test/waiting.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());
afterEach(() => checkInvariants(server.database.ds));

const get = async (path: string) => (await server.api('GET', `/api/dataset/shop${path}`)).json;
const user = (id: string) => get(`/user/${encodeURIComponent(id)}`);
const attributesOf = async (id: string) =>
  Object.fromEntries(
    (await user(id)).attributes.map(({ name, value }: { name: string; value: unknown }) => [name, value]),
  );
const spooled = () => {
  const folder = join(server.dataDir, 'imports', 'shop');
  return existsSync(folder) ? readdirSync(folder) : [];
};
const unique = () => randomBytes(6).toString('hex');

describe('a file of events', () => {
  test('is imported exactly: users, events, revenue to the cent, repeated rows counted', async () => {
    const before = await get('/summary');
    const prefix = unique();
    // Customers 000 to 499 with 1 to 5 purchases each; every tenth row is there twice.
    const rows: string[] = [];
    let cents = 0;
    for (let customer = 0; customer < 500; customer++) {
      for (let purchase = 0; purchase <= customer % 5; purchase++) {
        const price = (customer * 7 + purchase * 13) % 10_000;
        const row = `${prefix}${String(customer).padStart(3, '0')},1997-0${1 + purchase}-15,${(price / 100).toFixed(2)}`;
        const times = rows.length % 10 === 0 ? 2 : 1;
        for (let time = 0; time < times; time++) rows.push(row);
        cents += price * times;
      }
    }
    const done = await runImport(server, `customer,date,dollars\n${rows.join('\r\n')}\r\n`, {
      map: { userId: 'customer', timestamp: 'date', 'properties.revenue': 'dollars' },
      values: { type: 'track', event: 'Purchase' },
    });
    expect(done).toMatchObject({
      state: 'completed',
      rows: rows.length,
      accepted: rows.length,
      rejected: 0,
      percent: 100,
    });
    const after = await get('/summary');
    expect(after.users - before.users).toBe(500);
    expect(after.events - before.events).toBe(rows.length);
    expect(Math.round((after.revenue - before.revenue) * 100)).toBe(cents);
    expect(await user(`${prefix}004`)).toMatchObject({
      namedUserId: `${prefix}004`,
      firstActivity: '1997-01-15T00:00:00.000Z',
    });
  });

  const cdnow = join(
    fileURLToPath(new URL('../..', import.meta.url)),
    '..',
    'shared',
    'data',
    'cdnow',
    'purchases.csv',
  );
  test.skipIf(!existsSync(cdnow))(
    `CDNOW is 23,570 users with 69,659 purchases worth $2,500,315.63 (skipped where ${join('shared', 'data', 'cdnow')} is not beside the repository)`,
    async () => {
      const own = await startTestServer();
      try {
        const done = await runImport(own, readFileSync(cdnow), {
          map: {
            userId: 'customer_id',
            timestamp: 'date',
            'properties.revenue': 'dollars',
            'properties.quantity': 'cds',
          },
          values: { type: 'track', event: 'Purchase' },
        });
        expect(done).toMatchObject({ state: 'completed', accepted: 69_659, rejected: 0, ignoredColumns: [] });
        const { json } = await own.api('GET', '/api/dataset/shop/summary');
        expect(json).toMatchObject({
          users: 23_570,
          named: 23_570,
          events: 69_659,
          orders: 69_659,
          revenue: 2_500_315.63,
        });
        expect((await own.api('GET', '/api/dataset/shop/user/00001')).json.namedUserId).toBe('00001');
        await checkInvariants(own.database.ds);
      } finally {
        await own.close();
      }
    },
  );

  test('is stored by the kinds of its rows: tracks, pages and screens are events, the others change the profile', async () => {
    const [id, other] = [unique(), unique()];
    const done = await runImport(
      server,
      [
        'type,userId,anonymousId,event,timestamp,properties.name,traits.plan,previousId,groupId,name',
        `track,${id},,Signed Up,2024-01-01T00:00:00Z,,free,,,`,
        `page,${id},,,2024-01-02T00:00:00Z,,,,,Home`,
        `screen,${id},${other},,2024-01-03,Cart,,,,`,
        `identify,${id},,,2024-01-04,,pro,,,`,
        `group,${id},,,2024-01-04,,,,acme,`,
        `alias,${id},,,2024-01-04,,,${other}x,,`,
      ].join('\n'),
    );
    expect(done).toMatchObject({ accepted: 6, rejected: 0 });
    const { items } = await get(`/user/${id}/events`);
    expect(
      items.map(({ action, properties }: { action: string; properties: unknown }) => [action, properties]),
    ).toEqual([
      ['Screen View', { name: 'Cart' }],
      ['Page View', { name: 'Home' }],
      ['Signed Up', {}],
    ]);
    expect(await attributesOf(`${other}x`)).toEqual({ plan: 'pro', groupId: 'acme' });
    expect((await user(id)).anonAliases).toEqual([other, `${other}x`].sort());
  });

  test('takes a repeated messageId once, and lines without one every time', async () => {
    const [id, message] = [unique(), unique()];
    const file = `userId,event,messageId\n${id},View,${message}\n${id},View,${message}\n${id},View,\n${id},View,\n`;
    expect(await runImport(server, file)).toMatchObject({ rows: 4, accepted: 4 });
    expect((await get(`/user/${id}/events`)).items).toHaveLength(3);
    await runImport(server, file);
    expect((await get(`/user/${id}/events`)).items).toHaveLength(5);
  });

  test('without timestamps happened when it was received', async () => {
    const id = unique();
    const done = await runImport(server, `userId,event\n${id},View\n`);
    const [event] = (await get(`/user/${id}/events`)).items;
    expect(event.at).toBe(event.receivedAt);
    expect(event.at >= done.createdAt).toBe(true);
  });

  test('may be NDJSON, one tracking message a line', async () => {
    const id = unique();
    const lines = [
      { type: 'track', userId: id, event: 'View', properties: { item: { sku: '007' } }, timestamp: 1_700_000_000_000 },
      {
        type: 'identify',
        userId: id,
        traits: { email: ` ${id}@Example.com `, tags: ['a', 'b'] },
        context: { traits: { plan: 'x' } },
      },
    ];
    const done = await runImport(server, lines.map((line) => JSON.stringify(line)).join('\n'), {
      type: 'application/x-ndjson',
    });
    expect(done).toMatchObject({ format: 'ndjson', accepted: 2 });
    expect((await get(`/user/${id}/events`)).items).toMatchObject([
      { action: 'View', at: '2023-11-14T22:13:20.000Z', properties: { item: { sku: '007' } } },
    ]);
    expect((await user(`${id}@example.com`)).namedUserId).toBe(id);
    expect(await attributesOf(id)).toMatchObject({ tags: ['a', 'b'], plan: 'x' });
  });

  test('keep in NDJSON a number that no number holds as the text that was written', async () => {
    const id = unique();
    const line = `{"type":"identify","userId":"${id}","traits":{"card":12345678901234567890,"age":41}}`;
    await runImport(server, line, { type: 'application/x-ndjson' });
    expect(await attributesOf(id)).toEqual({ card: '12345678901234567890', age: 41 });
  });
});

describe('a file of users', () => {
  test('brings identities and typed attributes; an empty cell says nothing', async () => {
    const id = unique();
    const header =
      'userId,identity:email,identity:customerId,attribute:age,attribute:zip!text,attribute:vip,attribute:code';
    await runImport(server, `${header}\n${id},${id}@Example.COM,00${id},42,01234,true,0042\n`, { kind: 'users' });
    await runImport(server, `${header}\n${id},,,,99,,\n`, { kind: 'users' });
    expect(await attributesOf(`${id}@example.com`)).toEqual({ age: 42, zip: '99', vip: true, code: '0042' });
    expect(await user(`00${id}`)).toMatchObject({ namedUserId: id, orderHistory: [], firstActivity: null });
  });

  test('may be NDJSON: userId, identities and attributes', async () => {
    const id = unique();
    const line = JSON.stringify({
      userId: id,
      identities: { email: `${id}@x.org` },
      attributes: { langs: ['de', 'fr'] },
    });
    const done = await runImport(server, `${line}\n`, { kind: 'users', type: 'application/x-ndjson' });
    expect(done).toMatchObject({ kind: 'users', accepted: 1 });
    expect(await attributesOf(`${id}@x.org`)).toEqual({ langs: ['de', 'fr'] });
  });
});

describe('an upload', () => {
  test('is answered when it is safely received, may be gzip, and its file goes when the import ends', async () => {
    const id = unique();
    const sent = await sendImport(server, gzipSync(`\uFEFFuserId,event,colour\n${id},View,red\n`), {
      headers: { 'content-encoding': 'GZIP' },
    });
    expect(sent).toMatchObject({ status: 202, json: { ignoredColumns: ['colour'] } });
    expect(sent.headers.get('location')).toBe(`/api/dataset/shop/imports/${sent.json.id}`);
    expect(await importEnd(server, sent.json.id)).toMatchObject({ state: 'completed', accepted: 1 });
    await until(async () => spooled().length === 0, 'the file is gone');
    expect((await get('/imports?limit=1')).items[0].id).toBe(sent.json.id);
    const { items } = (await server.api('GET', '/api/audit?dataset=shop&action=import')).json;
    const mine = items.filter(({ object }: { object: { id: string } }) => object.id === sent.json.id);
    expect(mine.map(({ action }: { action: string }) => action).sort()).toEqual(['import.completed', 'import.started']);
  });

  test('that is sent again with its Idempotency-Key is imported once', async () => {
    const id = unique();
    const headers = { 'idempotency-key': id };
    const file = `userId,event\n${id},View\n`;
    const [first, again] = [await sendImport(server, file, { headers }), await sendImport(server, file, { headers })];
    expect(again).toMatchObject({ status: 202, json: { id: first.json.id } });
    for (const other of [`${file}${id},View\n`, file.replace('View', 'Wave')]) {
      const refused = await sendImport(server, other, { headers });
      expect(refused).toMatchObject({ status: 422, json: { code: 'idempotency.mismatch' } });
    }
    await importEnd(server, first.json.id);
    expect((await get(`/user/${id}/events`)).items).toHaveLength(1);
  });

  test('that breaks off leaves nothing', async () => {
    const before = (await get('/imports')).items.length;
    const url = `${server.url}/api/dataset/shop/imports?kind=events`;
    const headers = { ...server.adminHeaders, 'content-type': 'text/csv', 'content-length': '1000000' };
    const upload = request(url, { method: 'POST', headers });
    upload.on('error', () => {});
    upload.write('userId,event\nbroken,View\n');
    await until(async () => spooled().length === 1, 'the upload has begun');
    expect(statSync(join(server.dataDir, 'imports', 'shop', spooled()[0] as string)).mode & 0o777).toBe(0o600);
    upload.destroy();
    await until(async () => spooled().length === 0 && (await get('/imports')).items.length === before, 'it is gone');
    expect((await server.api('GET', '/api/dataset/shop/user/broken')).status).toBe(404);
  });

  test('goes with its dataset, when it is deleted, and so does a file that waits', async () => {
    expect((await server.api('POST', '/api/datasets', { id: 'gone', name: 'Gone' })).status).toBe(201);
    const url = `${server.url}/api/dataset/gone/imports?kind=events`;
    const folder = join(server.dataDir, 'imports', 'gone');
    const headers = { ...server.adminHeaders, 'content-type': 'text/csv' };
    const answer = new Promise<number | undefined>((resolve) => {
      const upload = request(url, { method: 'POST', headers }, ({ statusCode }) => resolve(statusCode));
      upload.write('userId,event\nu,View\n');
      until(async () => existsSync(folder) && readdirSync(folder).length === 1, 'the upload has begun')
        .then(() => server.api('DELETE', '/api/datasets/gone?confirm=gone'))
        .then(() => upload.end());
    });
    expect(await answer).toBe(404);
    await until(async () => !existsSync(folder), 'its folder is gone');
  });

  const good = 'userId,event\nu,View\n';
  const gzip = { headers: { 'content-encoding': 'gzip' } };
  test.each<[string, string | Buffer, ImportOptions, number, string]>([
    ['an unknown kind', good, { kind: 'orders' as 'users' }, 400, 'request.unreadable'],
    ['JSON', '{}', { type: 'application/json' }, 415, 'request.media_type'],
    ['an unknown media type', good, { type: 'text/html' }, 415, 'request.media_type'],
    ['an unknown encoding', good, { headers: { 'content-encoding': 'br' } }, 415, 'request.encoding'],
    ['what is not gzip', good, gzip, 400, 'import.gzip'],
    ['gzip that ends too early', gzipSync(good.repeat(99)).subarray(0, 30), gzip, 400, 'import.gzip'],
    ['an empty file', '', {}, 422, 'import.empty'],
    ['UTF-16', Buffer.from(`\uFEFF${good}`, 'utf16le'), {}, 422, 'import.encoding'],
    ['a header with broken quotes', '"userId,event\nu,View\n', {}, 422, 'import.columns'],
    ['a header with a column twice', 'userId,event,event\nu,View,View\n', {}, 422, 'import.columns'],
    ['a header that names no user', 'event\nView\n', {}, 422, 'import.columns'],
    ['a map of a column that is not there', good, { map: { timestamp: 'date' } }, 422, 'import.map'],
    ['a map of an unknown target', good, { map: { weather: 'event' } }, 422, 'import.map'],
    ['a map for NDJSON', '{}', { type: 'application/x-ndjson', map: { a: 'b' } }, 422, 'import.map'],
    ['an unknown fixed target', good, { values: { weather: 'rain' } }, 422, 'import.values'],
    ['a fixed value that is an object', good, { values: { event: {} } }, 400, 'request.unreadable'],
  ])('is refused for %s, and leaves nothing', async (_, body, options, status, code) => {
    const before = (await get('/imports')).items.length;
    expect(await sendImport(server, body, options)).toMatchObject({ status, json: { status, code } });
    expect((await get('/imports')).items).toHaveLength(before);
    expect(spooled()).toEqual([]);
  });
});
