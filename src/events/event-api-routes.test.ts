import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ask, startTestServer, type TestServer } from '../../test/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ LETHE_BOOTSTRAP_DATASETS: 'blog', LETHE_ATTRIBUTES_PER_PROFILE_MAX: '3' });
  await server.api('PATCH', '/api/datasets/shop', { eventApi: true });
});
afterAll(() => server.close());

const open = '/api2/event/shop';
const trusted = '/api2/authevent/shop';
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const base64 = (event: unknown) => Buffer.from(JSON.stringify(event)).toString('base64');
/** As anybody: without credentials. */
const send = (body: unknown, headers: Record<string, string> = {}, path = open) =>
  ask(`${server.url}${path}`, 'POST', body, headers);
const userOf = async (id: string) => (await server.api('GET', `/api/dataset/shop/user/${id}`)).json;
const eventsOf = async (id: string) => (await server.api('GET', `/api/dataset/shop/user/${id}/events`)).json.items;

describe('an event for /api2/event', () => {
  test('is taken from anybody, is durable when it is answered, and names the user it went to', async () => {
    const source = { channel: 'Web', url: 'https://shop.example/1', time: 1_700_000_000_000 };
    const user = { id: 'u1', anonId: 'a1', attributes: { city: 'Bern' } };
    const { status, json } = await send({ action: 'View Item', user, source, flags: { noCampaigns: true } });
    const { id, identities, attributes } = await userOf('u1');
    expect([status, json]).toEqual([
      200,
      { errorCode: 0, resolvedUserId: 'u1', persistedUserId: id, campaignResponses: [] },
    ]);
    expect(identities).toEqual([
      { type: 'anonymousId', value: 'a1' },
      { type: 'userId', value: 'u1' },
    ]);
    expect(attributes).toMatchObject([{ name: 'city', value: 'Bern', source: 'event', trusted: false }]);
    expect(await eventsOf('u1')).toMatchObject([
      { action: 'View Item', at: '2023-11-14T22:13:20.000Z', properties: { source } },
    ]);
  });

  test('of somebody known by an anonymous id only resolves to that id, and later to the userId', async () => {
    const first = (await send({ action: 'Look', user: { anonId: 'a2' } })).json;
    expect(first).toMatchObject({
      errorCode: 0,
      resolvedUserId: 'a2',
      persistedUserId: expect.stringMatching(/^usr_/),
    });
    await send({ action: 'Sign In', user: { id: 'u2', anonId: 'a2' } });
    expect((await send({ action: 'Look', user: { anonId: 'a2' } })).json).toMatchObject({
      resolvedUserId: 'u2',
      persistedUserId: first.persistedUserId,
    });
  });

  test('is the same as JSON, as a form, in an address, as what beacons send, and packed', async () => {
    const event = (n: number) => ({ action: `Way ${n}`, user: { id: 'ways?>~ö' } });
    const answers = [
      await send(event(1)),
      await send(`event=${encodeURIComponent(base64(event(2)))}`, form),
      await send(`event=${base64(event(3))}`, { 'content-type': `${form['content-type']}; charset=UTF-8` }),
      await ask(`${server.url}${open}?event=${base64(event(4))}&_=17`, 'GET'),
      await ask(`${server.url}${open}?event=${Buffer.from(JSON.stringify(event(5))).toString('base64url')}`, 'GET'),
      await send(JSON.stringify(event(6)), { 'content-type': 'text/plain;charset=UTF-8' }),
      await send(gzipSync(JSON.stringify(event(7))), {
        'content-type': 'application/json',
        'content-encoding': 'gzip',
      }),
    ];
    expect(answers.map(({ status, json }) => [status, json.errorCode])).toEqual(Array(7).fill([200, 0]));
    const actions = (await eventsOf(encodeURIComponent('ways?>~ö'))).map((each: { action: string }) => each.action);
    expect(actions.sort()).toEqual(['Way 1', 'Way 2', 'Way 3', 'Way 4', 'Way 5', 'Way 6', 'Way 7']);
  });

  test('that is an order counts with its value', async () => {
    const order = {
      Product: { orderId: 'o1', totalValue: 59.9, lineItems: [{ _id: 'p1', price: 59.9, quantity: 1 }] },
    };
    await send({ action: 'Purchase', user: { id: 'buyer' }, order });
    expect((await userOf('buyer')).orderHistory).toMatchObject([{ value: 59.9, properties: { orderId: 'o1', order } }]);
  });

  test('is taken once when it comes again with its messageId', async () => {
    const event = { action: 'Once', user: { anonId: 'a3' }, messageId: 'm-1' };
    const first = (await send(event)).json;
    expect((await send(event)).json).toEqual(first);
    expect(await eventsOf('a3')).toHaveLength(1);
  });

  test('that is not to be tracked is answered and not kept', async () => {
    const { status, json } = await send({ action: 'Secret', user: { id: 'hidden' }, flags: { doNotTrack: true } });
    expect([status, json]).toEqual([
      200,
      { errorCode: 0, resolvedUserId: 'hidden', persistedUserId: null, campaignResponses: [] },
    ]);
    expect((await server.api('GET', '/api/dataset/shop/user/hidden')).status).toBe(404);
  });

  test('brings no identity but those that it names: an address on a page is only an attribute', async () => {
    await send({ action: 'Look', user: { id: 'u4', attributes: { email: 'ada@example.com' } } });
    expect((await userOf('u4')).identities).toEqual([{ type: 'userId', value: 'u4' }]);
  });

  test('makes a user match a segment before it is answered', async () => {
    const rule = { action: 'Join Now', did: true };
    const { id } = (await server.api('POST', '/api/dataset/shop/segments', { name: 'Joined', kind: 'rule', rule }))
      .json;
    const segment = async () => (await server.api('GET', `/api/dataset/shop/segments/${id}`)).json;
    await expect.poll(async () => (await segment()).state).toBe('ready');
    await send({ action: 'Join Now', user: { id: 'joiner' } });
    expect((await userOf('joiner')).segmentMembership).toMatchObject([{ id }]);
    expect((await segment()).users).toBe(1);
  });

  test('may be sent and its answer read by a page of any origin', async () => {
    const preflight = await ask(`${server.url}${open}`, 'OPTIONS', undefined, {
      origin: 'https://shop.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')).toBe('content-type');
    for (const body of [{ action: 'Look', user: { id: 'u5' } }, {}]) {
      expect((await send(body)).headers.get('access-control-allow-origin')).toBe('*');
    }
  });
});

describe('a dataset', () => {
  afterEach(() => server.api('PATCH', '/api/datasets/shop', { eventApi: true }));

  test('whose Event API is off answers like one that is not there', async () => {
    const event = { action: 'Look', user: { id: 'nobody' } };
    const off = await send(event, {}, '/api2/event/blog');
    expect(off.json).toMatchObject({ status: 404, code: 'dataset.unknown' });
    expect((await send(event, {}, '/api2/event/nix')).json).toEqual(off.json);
    expect(await ask(`${server.url}/api2/event/blog?event=${base64(event)}`, 'GET')).toMatchObject({ status: 404 });
    await server.api('PATCH', '/api/datasets/shop', { eventApi: false });
    expect((await send(event)).status).toBe(404);
    expect((await server.api('GET', '/api/dataset/shop/user/nobody')).status).toBe(404);
  });

  test('takes events of programs with a token whether its Event API is on or not', async () => {
    await server.api('PATCH', '/api/datasets/shop', { eventApi: false });
    const event = { action: 'Call', user: { id: 'u6' }, source: { channel: 'Server' } };
    expect((await send(event, server.adminHeaders, trusted)).json).toMatchObject({
      errorCode: 0,
      resolvedUserId: 'u6',
    });
  });
});

describe('an event for /api2/authevent', () => {
  test('needs a token that may import into the dataset', async () => {
    const event = { action: 'Call', user: { id: 'u7' } };
    expect((await send(event, {}, trusted)).status).toBe(401);
    const viewer = await server.tokenHeaders({ roles: { shop: 'viewer' } });
    expect((await send(event, viewer, trusted)).status).toBe(403);
    const other = await server.tokenHeaders({ roles: { blog: 'editor' } });
    expect((await send(event, other, trusted)).status).toBe(404);
    const editor = await server.tokenHeaders({ roles: { shop: 'editor' } });
    expect((await send(event, editor, trusted)).json).toMatchObject({ errorCode: 0, resolvedUserId: 'u7' });
  });

  test('is trusted: its attributes win over those of a page, whenever they come, and its address identifies', async () => {
    const byProgram = { id: 'u8', attributes: { plan: 'gold', email: 'Grace@Example.com ' } };
    await send({ user: byProgram }, server.adminHeaders, trusted);
    await send({ action: 'Look', user: { id: 'u8', attributes: { plan: 'free' } } });
    const { attributes, identities } = await userOf('u8');
    expect(attributes).toContainEqual(
      expect.objectContaining({ name: 'plan', value: 'gold', source: 'authevent', trusted: true }),
    );
    expect(identities).toContainEqual({ type: 'email', value: 'grace@example.com' });
  });

  test('is JSON and nothing else', async () => {
    const event = base64({ action: 'Call', user: { id: 'u9' } });
    const asForm = await send(`event=${event}`, { ...server.adminHeaders, ...form }, trusted);
    expect(asForm.json).toMatchObject({ status: 415, code: 'request.media_type', errorCode: 5 });
    const inAddress = await ask(`${server.url}${trusted}?event=${event}`, 'GET', undefined, server.adminHeaders);
    expect([inAddress.status, inAddress.json.code]).toEqual([405, 'route.method']);
  });
});

describe('an invalid event is 400 with errorCode 5 and the reason:', () => {
  const json = { 'content-type': 'application/json' };
  test.each([
    ['no JSON', '{"action":', json, 400, 'request.unreadable'],
    ['nothing', '', json, 400, 'request.unreadable'],
    ['no UTF-8', new Uint8Array([0x22, 0xff, 0x22]), json, 400, 'request.unreadable'],
    ['a list', [], json, 400, 'message.not_an_object'],
    ['nobody', { action: 'Look' }, json, 400, 'message.identity'],
    ['a known non-id', { action: 'Look', user: { id: 'undefined' } }, json, 400, 'identity.refused'],
    ['no action', { user: { id: 'u1' } }, json, 400, 'message.action'],
    [
      'too many attributes',
      { user: { id: 'many', attributes: { a: 1, b: 2, c: 3, d: 4 } } },
      json,
      400,
      'profile.attributes',
    ],
    [
      'more than an event may have',
      { action: 'x', user: { id: 'u1' }, cart: 'x'.repeat(40_000) },
      json,
      413,
      'message.too_large',
    ],
    ['more than is read', `"${'x'.repeat(150_000)}"`, json, 413, 'request.too_large'],
    ['a form without the event', 'other=1', form, 400, 'request.unreadable'],
    ['a form with something else', 'event=%7B%7D', form, 400, 'request.unreadable'],
    ['another media type', '<event/>', { 'content-type': 'application/xml' }, 415, 'request.media_type'],
    ['not packed as it says', 'x', { ...json, 'content-encoding': 'gzip' }, 400, 'request.unreadable'],
    ['packed as nobody knows', 'x', { ...json, 'content-encoding': 'zip' }, 415, 'request.encoding'],
  ] as [string, unknown, Record<string, string>, number, string][])('%s', async (_, body, headers, status, code) => {
    const answer = await send(body, headers);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.json).toMatchObject({ status, code, errorCode: 5, persistedUserId: null, campaignResponses: [] });
    expect(answer.status).toBe(status);
  });
});
