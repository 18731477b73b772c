import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, ask, startTestServer, type TestServer } from '../../test/server.ts';
import { until } from '../../test/waiting.ts';
import { startLethe } from '../main.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    LETHE_BOOTSTRAP_DATASETS: 'blog',
    LETHE_BOOTSTRAP_WRITE_KEY: 'shop:shop-key,blog:blog-key',
  });
});
afterAll(() => server.close());

const basic = (name: string) => ({ authorization: `Basic ${Buffer.from(name).toString('base64')}` });
const shopKey = basic('shop-key:');

function send(path: string, body: unknown, headers: Record<string, string> = shopKey): Promise<Answer> {
  return ask(`${server.url}/v1/${path}`, 'POST', body, headers);
}

async function userOf(value: string, dataset = 'shop') {
  return (await server.api('GET', `/api/dataset/${dataset}/user/${value}`)).json;
}

async function eventsOf(value: string) {
  return (await server.api('GET', `/api/dataset/shop/user/${value}/events`)).json.items;
}

async function attributesOf(value: string): Promise<Record<string, unknown>> {
  const { attributes } = await userOf(value);
  return Object.fromEntries(attributes.map((one: { name: string; value: unknown }) => [one.name, one.value]));
}

function expectProblem(answer: Answer, status: number, code: string): void {
  expect(answer.json).toMatchObject({ status, code, title: expect.any(String), detail: expect.any(String) });
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.headers.get('access-control-allow-origin')).toBe('*');
}

/** What is answered when only the head of a request comes. */
async function answerToHead(header: string): Promise<string> {
  const { port } = new URL(server.url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.write(`POST /v1/track HTTP/1.1\r\nhost: x\r\nauthorization: ${shopKey.authorization}\r\n${header}\r\n\r\n`);
  let text = '';
  for await (const chunk of socket) text += chunk;
  return text;
}

describe('messages', () => {
  test.each([
    ['', ['identify', 'track', 'page', 'screen', 'group', 'alias']],
    [' by its short form', ['i', 't', 'p', 's', 'g', 'a']],
  ])(
    'of each type are taken by a call of their own%s',
    async (_title, [identify, track, page, screen, group, alias]) => {
      const userId = `each-${identify}`;
      const sent = [
        await send(`${identify}`, { userId, traits: { plan: 'gold' } }),
        await send(`${track}`, { userId, event: 'View Item', properties: { sku: 'a1' } }),
        await send(`${page}`, { userId, name: 'Home', category: 'Shop', properties: { path: '/' } }),
        await send(`${screen}`, { userId, name: 'Start' }),
        await send(`${group}`, { userId, groupId: 'acme', traits: { employees: 9 } }),
        await send(`${alias}`, { userId, previousId: `anonymous-${identify}` }),
      ];
      expect(sent.map(({ status, json }) => [status, json])).toEqual(sent.map(() => [200, { success: true }]));
      const events = (await eventsOf(userId)).map(({ action, properties }: Record<string, unknown>) => [
        action,
        properties,
      ]);
      expect(Object.fromEntries(events)).toEqual({
        'View Item': { sku: 'a1' },
        'Page View': { name: 'Home', category: 'Shop', path: '/' },
        'Screen View': { name: 'Start' },
      });
      expect(await attributesOf(userId)).toEqual({ plan: 'gold', groupId: 'acme' });
      expect((await userOf(userId)).anonAliases).toEqual([`anonymous-${identify}`]);
    },
  );

  test.each(['batch', 'b', 'import'])('of all types come together by /v1/%s', async (path) => {
    const userId = `together-${path}`;
    const batch = [
      { type: 'identify', userId, traits: { tier: 2 } },
      { type: 'track', userId, event: 'Purchase', properties: { revenue: 19.9 } },
      { event: 'Wave', userId },
    ];
    expect((await send(path, { batch, sentAt: new Date() })).json).toEqual({ success: true });
    expect((await userOf(userId)).figures).toEqual({ events: 2, orders: 1, visits: 1, revenue: 19.9 });
  });

  test('bring traits with their types; null takes one away, and a date stays the text that it is', async () => {
    const traits = {
      age: 42,
      vip: true,
      tags: ['a', 'b'],
      since: '2024-05-01',
      gone: 'soon',
      address: { city: 'Köln' },
    };
    await send('identify', { userId: 'typed', traits });
    await send('identify', { userId: 'typed', traits: { gone: null }, context: { traits: { locale: 'de', age: 1 } } });
    const { gone, ...kept } = traits;
    expect(await attributesOf('typed')).toEqual({ ...kept, locale: 'de', age: 1 });
  });

  test('keep numbers exactly: what no number holds becomes the text that was written', async () => {
    const body =
      '{"userId":"exact","event":"Purchase","properties":{"revenue":12345678901234567.89,"order":98765432109876543210,"rate":0.1,"zero":0.0}}';
    await send('track', body);
    const [{ properties }] = await eventsOf('exact');
    expect(properties).toEqual({ revenue: '12345678901234567.89', order: '98765432109876543210', rate: 0.1, zero: 0 });
    const { rows } = await sql`
      SELECT sum(order_value)::text AS revenue FROM ${server.database.ds.tables.event} WHERE order_value > 1e6`.execute(
      server.database.database.reads,
    );
    expect(rows).toEqual([{ revenue: '12345678901234567.89' }]);
  });

  test('keep of the context what a rule may ask for, and a rule reaches it', async () => {
    const context = {
      page: { url: 'https://shop.example/sale/shoes', referrer: '' },
      campaign: { source: 'newsletter' },
      userAgent: 'Mozilla/5.0',
      library: { name: 'analytics.js' },
      ip: '203.0.113.9',
      traits: { fromContext: 1 },
    };
    await send('track', { userId: 'contextual', event: 'Look', context, properties: { colour: 'red' } });
    const [{ properties }] = await eventsOf('contextual');
    const { library, ip, traits, ...kept } = context;
    expect(properties).toEqual({ colour: 'red', context: kept });
    expect(await attributesOf('contextual')).toEqual(traits);
    const where = [
      { property: 'context.page.url', is: 'contains', value: '/sale/' },
      { property: 'context.campaign.source', is: 'equals', value: 'newsletter' },
    ];
    const rule = { action: 'Look', did: true, where };
    expect((await server.api('POST', '/api/dataset/shop/segments/preview', { rule })).json.users).toBe(1);
  });

  test.each([
    ['originalTimestamp', {}],
    ['timestamp', {}],
    ['timestamp', { originalTimestamp: '1999-01-01T00:00:00Z' }],
  ])('happened by our clock, however wrong that of the sender is: %s, %o', async (field, besides) => {
    const userId = `skewed-${field}-${Object.keys(besides).length}`;
    const times = { [field]: '2001-01-01T10:00:00Z', sentAt: '2001-01-01T10:00:07Z' };
    await send('track', { userId, event: 'Tick', ...times, ...besides });
    const [{ at, receivedAt }] = await eventsOf(userId);
    expect(Date.parse(receivedAt) - Date.parse(at)).toBe(7_000);
  });

  test('happened when they say, where they do not say when they were sent', async () => {
    await send('batch', { batch: [{ userId: 'dated', event: 'Tick', timestamp: '2001-01-01T10:00:00Z' }] });
    expect((await eventsOf('dated'))[0].at).toBe('2001-01-01T10:00:00.000Z');
  });

  test('are taken once under one messageId, also by a server that was not there the first time', async () => {
    const batch = ['m1', 'm2', 'm1'].map((messageId) => ({ type: 'page', userId: 'once', messageId }));
    expect((await send('batch', { batch })).json).toEqual({ success: true });
    await send('page', batch[0]);
    const env = { LETHE_DATABASE_URL: server.database.url, LETHE_PORT: '0', LETHE_LOG_LEVEL: 'silent' };
    const other = await startLethe({ env: { ...env, LETHE_DATA_DIR: `${server.dataDir}/other` } });
    try {
      expect((await ask(`${other.url}/v1/batch`, 'POST', { batch }, shopKey)).json).toEqual({ success: true });
    } finally {
      await other.stop();
    }
    expect((await userOf('once')).figures.events).toBe(2);
  });

  test('make an anonymous user known: by identify, and by alias', async () => {
    await send('page', { anonymousId: 'a-first' });
    await send('identify', { anonymousId: 'a-first', userId: 'known', traits: { email: 'Known@Example.com' } });
    await send('page', { anonymousId: 'a-second' });
    await send('alias', { previousId: 'a-second', userId: 'known' });
    const user = await userOf('known');
    expect(user.anonAliases.sort()).toEqual(['a-first', 'a-second']);
    expect(user.figures.events).toBe(2);
    // A page may say any address: it is an attribute, and names nobody.
    expect(user.identities.map(({ type }: { type: string }) => type).sort()).toEqual([
      'anonymousId',
      'anonymousId',
      'userId',
    ]);
  });
});

describe('refusals', () => {
  test('of a batch name the bad messages; the good ones are stored', async () => {
    const secret = 'someone@example.com';
    const batch = [
      { type: 'track', userId: 'mixed', event: 'Good' },
      { type: 'track', userId: secret, messageId: 'no-event' },
      { type: 'page', anonymousId: 'null' },
      { type: 'page' },
      7,
      { type: 'jump', userId: secret },
      { type: 'page', userId: secret, timestamp: 'soon' },
      { type: 'page', userId: secret, properties: 'none' },
      { type: 'page', userId: secret, properties: { text: 'x'.repeat(33_000) } },
      { type: 'page', userId: secret, properties: { text: '\0' } },
      { type: 'page', userId: { id: secret } },
      {
        type: 'identify',
        userId: secret,
        traits: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`t${i}`, i])),
      },
    ];
    const answer = await send('batch', { batch });
    expect(answer.status).toBe(200);
    expect(answer.json.rejected.map(({ index, code, field }: Record<string, unknown>) => [index, code, field])).toEqual(
      [
        [1, 'message.event', 'event'],
        [2, 'identity.refused', 'anonymousId'],
        [3, 'message.identity', 'userId'],
        [4, 'message.not_an_object', null],
        [5, 'message.type', 'type'],
        [6, 'message.timestamp', 'timestamp'],
        [7, 'message.properties', 'properties'],
        [8, 'message.too_large', null],
        [9, 'message.text', null],
        [10, 'message.userId', 'userId'],
        [11, 'profile.attributes', 'traits'],
      ],
    );
    expect(answer.json.rejected[0]).toMatchObject({ messageId: 'no-event', detail: expect.any(String) });
    expect(answer.text).not.toContain(secret);
    expect((await userOf('mixed')).figures.events).toBe(1);
    expect((await userOf(secret)).code).toBe('user.unknown');
  });

  test('are 400 where no message is good, and name each of them', async () => {
    const answer = await send('batch', { batch: [{ type: 'page' }, { type: 'track', userId: 'x' }] });
    expectProblem(answer, 400, 'batch.rejected');
    expect(answer.json.rejected).toHaveLength(2);
    const single = await send('track', { userId: 'someone@example.com' });
    expectProblem(single, 400, 'message.event');
    expect(single.json.errors).toMatchObject([{ field: 'event', code: 'message.event' }]);
    expect(single.text).not.toContain('someone');
  });

  test('are none for a batch without messages', async () => {
    expect((await send('batch', { batch: [] })).json).toEqual({ success: true });
  });

  test('say why a body cannot be read', async () => {
    expectProblem(await send('batch', '{"batch":'), 400, 'request.unreadable');
    expectProblem(await send('batch', ''), 400, 'request.unreadable');
    expectProblem(await send('batch', undefined), 400, 'request.unreadable');
    expectProblem(await send('batch', new Uint8Array([0x22, 0xff, 0x22])), 400, 'request.unreadable');
    expectProblem(await send('batch', {}), 400, 'batch.missing');
    expectProblem(await send('track', []), 400, 'message.not_an_object');
    expectProblem(await send('track', `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`), 400, 'message.depth');
    expectProblem(await send('batch', `{"batch":[${'['.repeat(20_000)}${']'.repeat(20_000)}]}`), 400, 'batch.rejected');
    const broken = { ...shopKey, 'content-encoding': 'gzip' };
    expectProblem(await send('batch', 'no gzip at all', broken), 400, 'request.unreadable');
    expectProblem(await send('batch', '{}', { ...shopKey, 'content-encoding': 'zstd' }), 415, 'request.encoding');
    expectProblem(await send('batch', '{}', { ...shopKey, 'content-type': 'text/html' }), 415, 'request.media_type');
  });

  test('are 413 for what is too large, packed or not', async () => {
    expectProblem(
      await send('track', { userId: 'big', event: 'E', text: 'x'.repeat(32_768) }),
      413,
      'message.too_large',
    );
    expectProblem(await send('batch', `"${'x'.repeat(512_000)}"`), 413, 'request.too_large');
    const bomb = gzipSync(Buffer.alloc(50_000_000, ' '));
    expect(bomb.length).toBeLessThan(100_000);
    const packed = await send('batch', bomb, { ...shopKey, 'content-encoding': 'gzip' });
    expectProblem(packed, 413, 'request.too_large');
    expectProblem(await send('batch', `{"batch":[${'1,'.repeat(10_000)}1]}`), 413, 'batch.too_many');
    expect(await answerToHead('content-length: 999999999')).toMatch(/^HTTP\/1.1 413 .*request\.too_large/s);
  });

  test('at addresses that are none, and for methods that are none, can be read by a page', async () => {
    expectProblem(await send('nothing', {}), 404, 'route.unknown');
    expectProblem(await ask(`${server.url}/v1/track`, 'GET'), 405, 'route.method');
    expectProblem(await ask(`${server.url}/v1/projects/shop-key/settings`, 'POST'), 405, 'route.method');
  });
});

describe('bodies', () => {
  const body = (userId: string) => JSON.stringify({ batch: [{ type: 'page', userId }] });
  test.each([
    ['application/json', 'gzip', gzipSync],
    ['application/x-www-form-urlencoded', 'gzip', gzipSync],
    ['application/json; charset=utf-8', 'deflate', deflateSync],
    ['text/plain', 'br', brotliCompressSync],
    ['text/plain;charset=UTF-8', 'identity', Buffer.from],
  ])('are read as %s with %s', async (type, encoding, pack) => {
    const userId = `packed-${type}-${encoding}`.replace(/\W/g, '-');
    const headers = { ...shopKey, 'content-type': type, 'content-encoding': encoding };
    expect((await send('batch', pack(body(userId) as never), headers)).json).toEqual({ success: true });
    expect((await userOf(userId)).figures.events).toBe(1);
  });

  test('are read without a type, as a beacon may send them', async () => {
    const sent = new TextEncoder().encode(JSON.stringify({ userId: 'beacon', writeKey: 'shop-key' }));
    expect((await send('p', sent, {})).json).toEqual({ success: true });
    expect((await userOf('beacon')).figures.events).toBe(1);
  });
});

describe('pages of any origin', () => {
  test('may send, with whatever headers their library has', async () => {
    const asked = { origin: 'https://shop.example', 'access-control-request-method': 'POST' };
    const preflight = await ask(`${server.url}/v1/t`, 'OPTIONS', undefined, {
      ...asked,
      'access-control-request-headers': 'authorization,content-type,x-retry-count',
    });
    expect(preflight.status).toBe(204);
    expect(Object.fromEntries(preflight.headers)).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'authorization,content-type,x-retry-count',
    });
    const sent = await send('t', { userId: 'page', event: 'E' }, { ...shopKey, origin: 'https://shop.example' });
    expect(sent.headers.get('access-control-allow-origin')).toBe('*');
    expect(sent.headers.get('access-control-expose-headers')).toBe('retry-after');
  });

  test('get the settings of their library: this server and nothing else', async () => {
    const { status, json } = await ask(`${server.url}/v1/projects/shop-key/settings`, 'GET');
    expect(status).toBe(200);
    const host = new URL(server.url).host;
    expect(json.integrations).toEqual({
      'Segment.io': expect.objectContaining({ apiKey: 'shop-key', apiHost: `${host}/v1`, protocol: 'http' }),
    });
    expectProblem(await ask(`${server.url}/v1/projects/no-key/settings`, 'GET'), 404, 'write_key.unknown');
    expect((await send('m', { series: [] }, {})).json).toEqual({ success: true });
  });
});

describe('write keys', () => {
  test('come as Basic user name or in the body, and lead to their dataset', async () => {
    await send('page', { userId: 'reader' }, basic('blog-key:'));
    await send('page', { userId: 'reader', writeKey: 'blog-key' }, {});
    await send('batch', { batch: [{ type: 'page', userId: 'reader' }], writeKey: 'blog-key' }, basic('blog-key'));
    expect((await userOf('reader', 'blog')).figures.events).toBe(3);
    expect((await userOf('reader')).code).toBe('user.unknown');
  });

  test('that are none are refused', async () => {
    for (const headers of [
      basic('other:'),
      basic('testkey:testsecret-0123456789abcdef'),
      { authorization: 'Bearer x' },
      {},
    ])
      expectProblem(await send('page', { userId: 'x' }, headers), 401, 'access.write_key');
    expectProblem(await send('page', { userId: 'x', writeKey: 'a\0b' }, {}), 401, 'access.write_key');
  });

  test('say when they were last used, and stop working within two seconds after they are withdrawn', async () => {
    const { key } = (await server.api('POST', '/api/dataset/shop/write-keys', { name: 'Short-lived' })).json;
    expect((await send('page', { userId: 'short' }, basic(key))).status).toBe(200);
    await until(async () => {
      const { items } = (await server.api('GET', '/api/dataset/shop/write-keys')).json;
      return items.find((one: { key: string }) => one.key === key).lastUsedAt !== null;
    }, 'the key says when it was used');
    await server.api('DELETE', `/api/dataset/shop/write-keys/${key}`);
    await sleep(1_500);
    expectProblem(await send('page', { userId: 'short' }, basic(key)), 401, 'access.write_key');
  });
});

test('figures say what was taken and refused, and how long it took', async () => {
  const { text } = await server.api('GET', '/metrics');
  expect(text).toMatch(/lethe_messages_accepted_total\{dataset="shop"\} [1-9]/);
  expect(text).toMatch(/lethe_messages_rejected_total\{dataset="shop",code="message.event"\} [1-9]/);
  expect(text).toMatch(/lethe_messages_waiting 0\n/);
  expect(text).toMatch(/lethe_message_batch_seconds_count [1-9]/);
});

test('senders who go away in the middle of a body leave no bytes behind, and are no trouble with the database', async () => {
  const own = await startTestServer({ LETHE_BOOTSTRAP_WRITE_KEY: 'shop:shop-key', LETHE_QUEUE_BYTES_MAX: '2000' });
  const head = `POST /v1/track HTTP/1.1\r\nhost: x\r\nauthorization: ${shopKey.authorization}\r\ncontent-length: 1800`;
  const socket = connect(Number(new URL(own.url).port), '127.0.0.1');
  await new Promise((resolve) => socket.write(`${head}\r\n\r\n${' '.repeat(1_500)}`, resolve));
  const message = `{"userId":"u1","event":"View"${' '.repeat(1_000)}}`;
  const status = async () => (await ask(`${own.url}/v1/track`, 'POST', message, shopKey)).status;
  await until(async () => (await status()) === 429, 'the bytes of a body under way are counted');
  socket.destroy();
  await until(async () => (await status()) === 200, 'they are no longer');
  expect((await own.api('GET', '/metrics')).text).not.toMatch(/announcements_total\{[^}]*"database\.away"/);
  await own.close();
});
