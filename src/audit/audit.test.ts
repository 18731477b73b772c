import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../../test/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const audit = async (query: string) => (await server.api('GET', `/api/audit${query}`)).json;
const actions = async (query: string) => (await audit(query)).items.map((entry: { action: string }) => entry.action);

test('what is done stands in the audit, newest first, with who did it and how it was before', async () => {
  const { keyId } = (await server.api('POST', '/api/tokens', { name: 'Old', roles: { shop: 'viewer' } })).json;
  await server.api('DELETE', `/api/tokens/${keyId}`);
  const [deleted, created] = (await audit('?action=token')).items;
  expect(deleted).toMatchObject({
    actor: { kind: 'token', id: 'testkey', name: 'Bootstrap' },
    action: 'token.deleted',
    dataset: null,
    object: { kind: 'token', id: keyId },
    before: { name: 'Old', roles: { shop: 'viewer' } },
    after: null,
  });
  expect(created).toMatchObject({ action: 'token.created', before: null, after: { name: 'Old' } });
});

test('it can be asked by dataset, actor, action or its first word, and time, page by page', async () => {
  await server.api('POST', '/api/datasets', { id: 'blog', name: 'Blog' });
  await server.api('POST', '/api/dataset/blog/write-keys', { name: 'Web' });
  await server.api('DELETE', '/api/datasets/blog?confirm=blog');
  expect(await actions('?dataset=blog')).toEqual(['dataset.deleted', 'write_key.created', 'dataset.created']);
  expect(await actions('?dataset=blog&action=dataset')).toEqual(['dataset.deleted', 'dataset.created']);
  expect(await actions('?dataset=blog&action=dataset.created')).toEqual(['dataset.created']);
  expect(await actions('?dataset=blog&action=data')).toEqual([]);
  expect(await actions('?dataset=blog&actor=nobody')).toEqual([]);
  expect(await actions('?dataset=blog&from=2001-01-01&to=2001-01-02T00:00:00Z')).toEqual([]);
  const first = await audit('?dataset=blog&limit=2');
  expect(first.items.length).toBe(2);
  expect(await actions(`?dataset=blog&limit=2&cursor=${first.nextCursor}`)).toEqual(['dataset.created']);
  expect((await server.api('GET', '/api/audit?from=yesterday')).status).toBe(400);
});
