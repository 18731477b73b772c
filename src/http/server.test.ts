import { request as rawRequest } from 'node:http';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Answer, ask, startTestServer, type TestServer } from '../../test/server.ts';
import { buildServer } from './server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

function expectProblem(answer: Answer, status: number, code: string) {
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.json).toMatchObject({ type: `urn:lethe:problem:${code}`, title: expect.any(String), status, code });
  expect(answer.json.detail.length).toBeGreaterThan(10);
  expect(answer.status).toBe(status);
}

test('every refusal is a problem document that says what would be right', async () => {
  const json = { 'content-type': 'application/json' };
  const { api } = server;
  expectProblem(await api('GET', '/api/nowhere'), 404, 'route.unknown');
  expectProblem(await api('GET', '/api/%zz'), 400, 'request.unreadable');
  expectProblem(await api('POST', '/api/datasets', '{"id":', json), 400, 'request.unreadable');
  expectProblem(await api('POST', '/api/datasets', '', json), 400, 'request.unreadable');
  const noUtf8 = Buffer.from('{"id":"x","name":"\xff"}', 'latin1');
  expectProblem(await api('POST', '/api/datasets', noUtf8, json), 400, 'request.unreadable');
  expectProblem(
    await api('POST', '/api/datasets', 'id=x', { 'content-type': 'text/plain' }),
    415,
    'request.media_type',
  );
  expectProblem(await api('POST', '/api/datasets', { id: 'x', name: 'y'.repeat(600_000) }), 413, 'request.too_large');
  expectProblem(await api('GET', '/api/datasets?limit=0'), 400, 'request.unreadable');
  expectProblem(await api('GET', '/api/datasets?colour=red'), 400, 'request.unreadable');
  expectProblem(await api('GET', '/api/dataset/shop/summary?colour=red'), 400, 'request.unreadable');
  expectProblem(await api('GET', '/api/members?cursor=nonsense'), 400, 'query.cursor');
  const moment = Buffer.from('{"id":1,"lastActivity":"soon"}').toString('base64url');
  expectProblem(await api('GET', `/api/dataset/shop/users?sort=lastActivity&cursor=${moment}`), 400, 'query.cursor');
  const long = await api('GET', `/api/dataset/shop/user/${'ada@example.com'.repeat(80)}`);
  expectProblem(long, 400, 'request.unreadable');
  expect(long.text).not.toContain('ada@');
  const head = await api('GET', `/api/datasets?cursor=${'x'.repeat(20_000)}`);
  expectProblem(head, 431, 'request.unreadable');
  const unauthenticated = await api('GET', '/api/datasets', undefined, { authorization: '' });
  expectProblem(unauthenticated, 401, 'access.unauthenticated');
  expect(unauthenticated.headers.get('www-authenticate')).toMatch(/^Basic/);
});

test('a browser is not made to ask for name and password itself, because the page does', async () => {
  const browser = { authorization: '', 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Firefox/133.0' };
  const answer = await server.api('GET', '/api/datasets', undefined, browser);
  expectProblem(answer, 401, 'access.unauthenticated');
  expect(answer.headers.get('www-authenticate')).toBeNull();
});

test('a method that a path does not have is refused with those that it has', async () => {
  const answer = await server.api('PUT', '/api/datasets/shop', {});
  expectProblem(answer, 405, 'route.method');
  expect(answer.headers.get('allow')).toBe('DELETE, GET, HEAD, PATCH');
  const withBody = await server.api('PUT', '/api/datasets/shop', '{"id":', { 'content-type': 'application/json' });
  expectProblem(withBody, 405, 'route.method');
  expectProblem(await server.api('POST', '/api/nowhere', '<x/>', { 'content-type': 'text/xml' }), 404, 'route.unknown');
});

test('every wrong field of a body is named, with what was expected and what came', async () => {
  const answer = await server.api('POST', '/api/tokens', { name: 7, roles: { shop: 'king' }, colour: 'red' });
  expectProblem(answer, 422, 'request.unacceptable');
  const errors = Object.fromEntries(answer.json.errors.map((error: { field: string }) => [error.field, error]));
  expect(errors.name).toMatchObject({ code: 'wrongType', expected: 'string', actual: 'number' });
  expect(errors['roles.shop'].expected).toEqual(['editor', 'campaignAuthor', 'analyst', 'viewer']);
  expect(errors.colour).toMatchObject({ code: 'unknown', expected: ['name', 'administrator', 'roles', 'datasets'] });
  const missing = await server.api('POST', '/api/tokens', {});
  expect(missing.json.errors[0]).toMatchObject({ field: 'name', code: 'missing' });
});

test('a character that cannot be stored is refused where it stands, and nothing is kept', async () => {
  const before = (await server.api('GET', '/api/tokens')).text;
  for (const name of ['a\0b', '\ud800']) {
    const answer = await server.api('POST', '/api/tokens', { name: 'x', roles: { [name]: 'viewer' } });
    expect(answer.status).toBe(422);
  }
  expectProblem(await server.api('POST', '/api/tokens', { name: 'a\0b' }), 422, 'request.unacceptable');
  expectProblem(await server.api('GET', '/api/members/a%00b'), 400, 'request.unreadable');
  expectProblem(await server.api('GET', '/api/audit?actor=a%00b'), 400, 'request.unreadable');
  expect((await server.api('GET', '/api/tokens')).text).toBe(before);
});

test('credentials, dataset and permission are decided before the body is read', async () => {
  const path = '/api/dataset/shop/write-keys';
  const broken = ['{"name":', { 'content-type': 'application/json' }] as const;
  const viewer = await server.tokenHeaders({ roles: { shop: 'viewer' } });
  const stranger = await server.tokenHeaders({ roles: {} });
  const post = (ds: string, headers: Record<string, string>) =>
    server.api('POST', path.replace('shop', ds), broken[0], { ...headers, ...broken[1] });
  expect((await post('shop', { authorization: 'Basic bm86bm8=' })).status).toBe(401);
  expect((await post('shop', { authorization: 'Bearer x' })).status).toBe(401);
  const [unknown, outOfReach] = [await post('nowhere', stranger), await post('shop', stranger)];
  expectProblem(unknown, 404, 'dataset.unknown');
  expect(outOfReach.text).toBe(unknown.text);
  expectProblem(await post('shop', viewer), 403, 'access.forbidden');
  expectProblem(await post('shop', server.adminHeaders), 400, 'request.unreadable');
});

test('the OpenAPI document describes every call, and a page shows it without any other host', async () => {
  const document = (await server.api('GET', '/api/openapi.json')).json;
  expect(document.openapi).toBe('3.1.0');
  expect(Object.keys(document.paths)).toContain('/api/dataset/{ds}/write-keys');
  const page = await ask(`${server.url}/api/docs`, 'GET');
  expect(page.status).toBe(200);
  expect(page.text).toContain('swagger-ui');
  const policy = page.headers.get('content-security-policy') ?? '';
  expect(`${policy} ${page.text}`).not.toMatch(/https?:\/\//);
});

test('answers carry the headers that keep a browser from doing more than it was asked to', async () => {
  const { headers } = await server.api('GET', '/api/datasets');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('referrer-policy')).toBe('no-referrer');
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  expect(headers.get('cache-control')).toBe('no-store');
});

test('live and ready are open to everybody, metrics to this machine and to administrators', async () => {
  const open = (path: string, headers = {}) => ask(`${server.url}${path}`, 'GET', undefined, headers);
  expect((await open('/health/live')).status).toBe(200);
  expect((await open('/health/ready')).status).toBe(200);
  const metrics = await open('/metrics');
  expect(metrics.text).toContain('lethe_http_request_seconds_count{method="GET",route="/health/ready",status="200"} 1');
  const forwarded = { 'x-forwarded-for': '203.0.113.9' };
  expect((await open('/metrics', forwarded)).status).toBe(401);
  expect((await open('/metrics', { ...forwarded, ...server.adminHeaders })).status).toBe(200);
  const viewer = await server.tokenHeaders({ roles: { shop: 'viewer' } });
  expect((await open('/metrics', { ...forwarded, ...viewer })).status).toBe(403);
});

test('an unexpected failure answers 500 without its details and is logged without any value', async () => {
  const announced: unknown[] = [];
  const app = await extraServer((scope) => {
    scope.get('/api/broken/:value', { config: { may: 'public' } }, async () => {
      throw new TypeError('a wrong turn');
    });
  }, announced);
  const answer = await app.inject('/api/broken/grace@example.com');
  expect(answer.json()).toMatchObject({ status: 500, code: 'server.error' });
  expect(answer.body).not.toContain('a wrong turn');
  expect(announced).toMatchObject([{ name: 'request.failed', route: '/api/broken/:value', error: 'a wrong turn' }]);
  expect(JSON.stringify(announced)).not.toContain('grace@example.com');
  await app.close();
});

test('a database that went away is 503 with the time to try again', async () => {
  const app = await extraServer((scope) => {
    scope.get('/api/away', { config: { may: 'public' } }, async () => {
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    });
  });
  const answer = await app.inject('/api/away');
  expect(answer.json()).toMatchObject({ status: 503, code: 'database.away' });
  expect(answer.headers['retry-after']).toBe('5');
  await app.close();
});

test('the server does not start with a route that does not say who may use it', async () => {
  const building = extraServer((scope) => void scope.get('/api/open', async () => 'everything'));
  await expect(building).rejects.toMatchObject({ code: 'server.route_without_permission' });
});

test('closing ends event streams', async () => {
  const app = await extraServer((scope) => {
    scope.get('/api/stream', { config: { may: 'public' } }, async (_request, reply) => {
      const endless = new PassThrough();
      endless.write('event: progress\n\n');
      return reply.type('text/event-stream').send(endless);
    });
  });
  const address = await app.listen({ port: 0 });
  const ended = new Promise<string>((resolve, reject) => {
    rawRequest(`${address}/api/stream`, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
        void app.close();
      });
      response.on('end', () => resolve(text));
    })
      .on('error', reject)
      .end();
  });
  expect(await ended).toBe('event: progress\n\n');
});

type Scope = Parameters<Parameters<typeof buildServer>[0]['routes'][number]>[0];

/** A server with one more route, on the database of the running one. */
function extraServer(routes: (scope: Scope) => void, announced: unknown[] = []) {
  return buildServer({
    lethe: { ...server.lethe, announce: (name, fields) => announced.push({ name, ...fields }) },
    version: '0',
    log: server.app.log,
    authenticate: () => Promise.reject(new Error('nobody asks')),
    findDataset: async () => undefined,
    consoleFolder: '/nowhere',
    isReady: async () => true,
    metrics: async () => '',
    onAnswer: () => {},
    routes: [routes],
  });
}
