import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../../test/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ LETHE_BOOTSTRAP_DATASETS: 'blog', LETHE_BOOTSTRAP_WRITE_KEY: 'shop:checkwritekey' });
});
afterAll(() => server.close());

const get = (path: string, headers = {}) => server.api('GET', path, undefined, headers);
const post = (path: string, body: unknown) => server.api('POST', path, body);
const newMember = (email: string, more = {}) => post('/api/members', { email, name: 'Grace', ...more });

test('a member is created with a one-time password that is answered once', async () => {
  const created = await newMember(' Grace@Example.com', { roles: { shop: 'editor' } });
  expect(created.status).toBe(201);
  expect(created.headers.get('location')).toBe(`/api/members/${created.json.id}`);
  expect(created.json).toMatchObject({ email: 'grace@example.com', administrator: false, roles: { shop: 'editor' } });
  expect(created.json.oneTimePassword.length).toBeGreaterThan(16);
  const shown = await get(`/api/members/${created.json.id}`);
  expect(shown.json).toMatchObject({ id: created.json.id, mustChangePassword: true });
  expect(shown.text).not.toContain(created.json.oneTimePassword);
  expect((await newMember('grace@example.com')).json).toMatchObject({ status: 409, code: 'member.exists' });
});

test('roles name datasets that exist, and roles that exist', async () => {
  const unknown = await newMember('a@example.com', { roles: { nowhere: 'editor' } });
  expect(unknown.json).toMatchObject({ status: 422, code: 'dataset.unknown' });
  expect(unknown.json.errors[0].field).toBe('roles.nowhere');
  expect((await newMember('a@example.com', { roles: { shop: 'king' } })).status).toBe(422);
  expect((await newMember('no address')).json.errors[0].field).toBe('email');
  const token = await post('/api/tokens', { name: 't', administrator: true, datasets: ['nowhere'] });
  expect(token.json.errors[0].field).toBe('datasets');
});

test('the last administrator can be neither demoted nor removed, not even by two at once', async () => {
  const first = (await get('/api/members')).json.items.find(
    (member: { administrator: boolean }) => member.administrator,
  );
  const path = `/api/members/${first.id}`;
  const refusal = { status: 409, code: 'member.last_administrator' };
  expect((await server.api('PATCH', path, { administrator: false })).json).toMatchObject(refusal);
  expect((await server.api('DELETE', path)).json).toMatchObject(refusal);
  const second = (await newMember('second@example.com', { administrator: true })).json;
  const both = await Promise.all([
    server.api('DELETE', path),
    server.api('PATCH', `/api/members/${second.id}`, { administrator: false }),
  ]);
  expect(both.map((answer) => answer.status).sort()).toEqual([expect.any(Number), 409]);
  const left = (await get('/api/members')).json.items.filter(
    (member: { administrator: boolean }) => member.administrator,
  );
  expect(left.length).toBe(1);
});

test('members can be changed, listed page by page, and removed', async () => {
  const { id } = (await newMember('page@example.com')).json;
  const changed = await server.api('PATCH', `/api/members/${id}`, { name: 'Page', roles: { blog: 'viewer' } });
  expect(changed.json).toMatchObject({ name: 'Page', roles: { blog: 'viewer' } });
  const emails: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: { items: { email: string }[]; nextCursor: string | null } = (
      await get(`/api/members?limit=1${cursor ? `&cursor=${cursor}` : ''}`)
    ).json;
    emails.push(...page.items.map((member) => member.email));
    cursor = page.nextCursor;
  }
  expect(emails).toEqual([...new Set(emails)].sort());
  expect(emails).toContain('page@example.com');
  expect((await server.api('DELETE', `/api/members/${id}`)).status).toBe(204);
  expect((await get(`/api/members/${id}`)).json).toMatchObject({ status: 404, code: 'member.unknown' });
});

test('a token’s secret is answered once, stored hashed, and useless after the token is revoked', async () => {
  const created = await post('/api/tokens', { name: 'Reporting', administrator: false, roles: { shop: 'viewer' } });
  expect(created.status).toBe(201);
  const { keyId, secret } = created.json;
  expect((await get('/api/tokens')).text).not.toContain(secret);
  const headers = { authorization: `Basic ${Buffer.from(`${keyId}:${secret}`).toString('base64')}` };
  expect((await get('/api/datasets', headers)).json.items).toMatchObject([{ id: 'shop' }]);
  const wrong = { authorization: `Basic ${Buffer.from(`${keyId}:${secret.slice(1)}`).toString('base64')}` };
  expect((await get('/api/datasets', wrong)).status).toBe(401);
  expect((await server.api('DELETE', `/api/tokens/${keyId}`)).status).toBe(204);
  expect((await get('/api/datasets', headers)).status).toBe(401);
});

test('credentials of any shape are refused and break nothing', async () => {
  for (const text of ['', ':', 'x', 'x:', ':x', 'testkey', 'testkey:', 'a\0b:c', `${'k'.repeat(5000)}:s`]) {
    const authorization = `Basic ${Buffer.from(text).toString('base64')}`;
    expect((await get('/api/datasets', { authorization })).json.code).toBe('access.unauthenticated');
  }
});

test('a token limited to datasets does not become unlimited when its last dataset is deleted', async () => {
  await post('/api/datasets', { id: 'brief', name: 'Brief' });
  const headers = await server.tokenHeaders({ administrator: true, datasets: ['brief'] });
  expect((await get('/api/datasets', headers)).json.items.length).toBe(1);
  expect((await server.api('DELETE', '/api/datasets/brief?confirm=brief')).status).toBe(204);
  expect((await get('/api/datasets', headers)).json.items).toEqual([]);
  expect((await get('/api/members', headers)).status).toBe(403);
  const refused = await post('/api/tokens', { name: 't', roles: { shop: 'viewer' }, datasets: ['shop'] });
  expect(refused.json).toMatchObject({ status: 422, code: 'token.datasets' });
});

test('write keys belong to one dataset', async () => {
  const path = '/api/dataset/shop/write-keys';
  const { key } = (await post(path, { name: 'Web' })).json;
  const listed = (await get(path)).json.items;
  expect(listed.map((item: { key: string }) => item.key)).toEqual(['checkwritekey', key]);
  expect(listed[1]).toMatchObject({ name: 'Web', lastUsedAt: null });
  expect((await server.api('DELETE', `/api/dataset/blog/write-keys/${key}`)).json.code).toBe('write_key.unknown');
  expect((await server.api('DELETE', `${path}/${key}`)).status).toBe(204);
  expect((await get(path)).json.items.length).toBe(1);
});
