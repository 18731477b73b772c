import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Answer, startTestServer, type TestServer } from '../../test/server.ts';

/** The rows of the table of roles, with the roles that may do it in a dataset; an Administrator may do all of it. */
const rows = {
  view: ['editor', 'campaignAuthor', 'analyst', 'viewer'],
  export: ['editor', 'analyst'],
  segments: ['editor'],
  import: ['editor'],
  define: ['editor'],
  administer: [],
} as const;
type Row = keyof typeof rows;

/** What each route is of: a row of the table, the whole account, whoever is signed in, everybody, or programs with a write key. */
const expectations: Record<string, Row | 'account' | 'signedIn' | 'everybody' | 'writeKey'> = {
  'GET /health/live': 'everybody',
  'GET /health/ready': 'everybody',
  'GET /.well-known/jwks.json': 'everybody',
  'GET /metrics': 'account',
  'GET /api/sign-in': 'everybody',
  'GET /api/me': 'signedIn',
  'GET /api/members': 'account',
  'POST /api/members': 'account',
  'GET /api/members/{id}': 'account',
  'PATCH /api/members/{id}': 'account',
  'DELETE /api/members/{id}': 'account',
  'GET /api/tokens': 'account',
  'POST /api/tokens': 'account',
  'GET /api/tokens/{keyId}': 'account',
  'DELETE /api/tokens/{keyId}': 'account',
  'GET /api/audit': 'account',
  'GET /api/datasets': 'signedIn',
  'POST /api/datasets': 'account',
  'GET /api/datasets/{ds}': 'view',
  'PATCH /api/datasets/{ds}': 'administer',
  'DELETE /api/datasets/{ds}': 'administer',
  'POST /api2/event/{ds}': 'everybody',
  'GET /api2/event/{ds}': 'everybody',
  'POST /api2/authevent/{ds}': 'import',
  'GET /api/dataset/{ds}/write-keys': 'administer',
  'POST /api/dataset/{ds}/write-keys': 'administer',
  'DELETE /api/dataset/{ds}/write-keys/{key}': 'administer',
  'GET /api/dataset/{ds}/events/recent': 'administer',
  'GET /api/dataset/{ds}/summary': 'view',
  'GET /api/dataset/{ds}/user/{id}': 'view',
  'GET /api/dataset/{ds}/user/{id}/events': 'view',
  'DELETE /api/dataset/{ds}/user/{id}': 'administer',
  'GET /api/dataset/{ds}/users': 'view',
  'POST /api/dataset/{ds}/users/search': 'view',
  'GET /api/dataset/{ds}/users/count': 'view',
  'GET /api/dataset/{ds}/users/export': 'export',
  'POST /api/dataset/{ds}/users/look-up': 'administer',
  'POST /api/dataset/{ds}/users/delete': 'administer',
  'GET /api/dataset/{ds}/segments': 'view',
  'POST /api/dataset/{ds}/segments': 'segments',
  'POST /api/dataset/{ds}/segments/preview': 'view',
  'GET /api/dataset/{ds}/clock': 'view',
  'GET /api/dataset/{ds}/segments/{id}': 'view',
  'PATCH /api/dataset/{ds}/segments/{id}': 'segments',
  'DELETE /api/dataset/{ds}/segments/{id}': 'segments',
  'GET /api/dataset/{ds}/segments/history': 'view',
  'GET /api/dataset/{ds}/segments/{id}/history': 'view',
  'GET /api/dataset/{ds}/segments/{id}/changes': 'view',
  'GET /api/dataset/{ds}/segments/{id}/compare': 'view',
  'GET /api/dataset/{ds}/segments/{id}/export': 'export',
  'POST /api/dataset/{ds}/segments/{id}/users': 'segments',
  'PUT /api/dataset/{ds}/segments/{id}/users': 'segments',
  'DELETE /api/dataset/{ds}/segments/{id}/users': 'segments',
  'GET /api/dataset/{ds}/segments/{id}/deletion-preview': 'administer',
  'POST /api/dataset/{ds}/segments/{id}/deletions': 'administer',
  'GET /api/dataset/{ds}/deletions': 'view',
  'GET /api/dataset/{ds}/deletions/{job}': 'view',
  'GET /api/dataset/{ds}/deletions/{job}/progress': 'view',
  'GET /api/dataset/{ds}/deletions/{job}/receipt': 'view',
  'GET /api/dataset/{ds}/imports': 'view',
  'POST /api/dataset/{ds}/imports': 'import',
  'GET /api/dataset/{ds}/imports/{id}': 'view',
  'GET /api/dataset/{ds}/imports/{id}/errors': 'view',
  'GET /api/dataset/{ds}/attributes': 'view',
  'PUT /api/dataset/{ds}/attributes/{name}': 'define',
  'DELETE /api/dataset/{ds}/attributes/{name}': 'define',
  'GET /api/dataset/{ds}/identity-types': 'view',
  'PUT /api/dataset/{ds}/identity-types/{type}': 'define',
  'DELETE /api/dataset/{ds}/identity-types/{type}': 'define',
  'GET /api/dataset/{ds}/actions': 'view',
  'GET /api/dataset/{ds}/limits': 'view',
  'GET /api/dataset/{ds}/check/orphans': 'administer',
  'POST /v1/m': 'everybody',
  'GET /v1/projects/{writeKey}/settings': 'everybody',
  ...Object.fromEntries(
    ['identify', 'track', 'page', 'screen', 'group', 'alias', 'batch', 'import', ...'itpsgab'].map((path) => [
      `POST /v1/${path}`,
      'writeKey' as const,
    ]),
  ),
};

let server: TestServer;
let routes: string[];
/** One that is there: whoever may not start a deletion learns of a missing one before that. */
let segment: string;
beforeAll(async () => {
  server = await startTestServer({ LETHE_BOOTSTRAP_DATASETS: 'blog' });
  await server.api('PATCH', '/api/datasets/shop', { eventApi: true });
  segment = (await server.api('POST', '/api/dataset/shop/segments', { name: 'List', kind: 'manual' })).json.id;
  const document = (await server.api('GET', '/api/openapi.json')).json as { paths: Record<string, object> };
  routes = Object.entries(document.paths).flatMap(([path, calls]) =>
    Object.keys(calls).map((method) => `${method.toUpperCase()} ${path}`),
  );
});
afterAll(() => server.close());

/** Asks so that nothing can happen beyond the decision: with a body that nothing can read, about things that are not there or empty. */
function knock(route: string, headers: Record<string, string>): Promise<Answer> {
  const [method = '', pattern = ''] = route.split(' ');
  const path = pattern
    .replace('{ds}', 'shop')
    .replace('{id}/deletion', `${segment}/deletion`)
    .replaceAll(/\{\w+\}/g, 'none');
  const body = method === 'GET' ? undefined : '{';
  return server.api(method, path, body, {
    'x-forwarded-for': '203.0.113.9',
    ...(body ? { 'content-type': 'application/json' } : {}),
    ...headers,
  });
}

/** 401, 403, 404 for a dataset out of reach, or what means that the door is open. */
function outcome({ status, json }: Answer): string {
  if (status === 401 || status === 403) return String(status);
  return status === 404 && json?.code === 'dataset.unknown' ? '404' : 'open';
}

function expected(route: string, role: string | undefined, reachesShop: boolean): string {
  const row = expectations[route] as (typeof expectations)[string];
  // An API token is no write key.
  if (row === 'writeKey') return '401';
  if (row === 'everybody' || row === 'signedIn') return 'open';
  if (row === 'account') return '403';
  if (!reachesShop) return '404';
  return (rows[row] as readonly string[]).includes(role ?? '') ? 'open' : '403';
}

async function walk(headers: Record<string, string>): Promise<Record<string, string>> {
  const entries: [string, string][] = [];
  for (const route of routes) entries.push([route, outcome(await knock(route, headers))]);
  return Object.fromEntries(entries);
}

const outcomes = (of: (route: string) => string) => Object.fromEntries(routes.map((route) => [route, of(route)]));

test('every route stands in the table of this test', () => {
  expect(routes.filter((route) => !(route in expectations))).toEqual([]);
});

test('without credentials only what is for everybody is open', async () => {
  const open = outcomes((route) => (expectations[route] === 'everybody' ? 'open' : '401'));
  expect(await walk({ authorization: '' })).toEqual(open);
});

test('an Administrator may do everything', async () => {
  expect(await walk(await server.tokenHeaders({ administrator: true }))).toEqual(
    outcomes((route) => (expectations[route] === 'writeKey' ? '401' : 'open')),
  );
});

test.each(['editor', 'campaignAuthor', 'analyst', 'viewer'])(
  'a token with the role %s may do what its column says',
  async (role) => {
    const headers = await server.tokenHeaders({ roles: { shop: role } });
    expect(await walk(headers)).toEqual(outcomes((route) => expected(route, role, true)));
  },
);

test('a role in another dataset opens nothing here, and does not tell that this one exists', async () => {
  const headers = await server.tokenHeaders({ roles: { blog: 'editor' } });
  expect(await walk(headers)).toEqual(outcomes((route) => expected(route, 'editor', false)));
});

test('a token without any role opens nothing', async () => {
  const headers = await server.tokenHeaders({ roles: {} });
  expect(await walk(headers)).toEqual(outcomes((route) => expected(route, undefined, false)));
});

test('an administrator limited to another dataset is a stranger here and has no say in the account', async () => {
  const headers = await server.tokenHeaders({ administrator: true, datasets: ['blog'] });
  expect(await walk(headers)).toEqual(outcomes((route) => expected(route, undefined, false)));
});

test('an administrator limited to this dataset may do everything in it and nothing in the account', async () => {
  const headers = await server.tokenHeaders({ administrator: true, datasets: ['shop'] });
  expect(await walk(headers)).toEqual(
    outcomes((route) => ({ account: '403', writeKey: '401' })[expectations[route] as string] ?? 'open'),
  );
});
