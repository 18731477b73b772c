import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../../test/server.ts';
import { claimKey } from './idempotency-sql.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const path = '/api/dataset/shop/write-keys';
const post = (key: string, body: unknown, headers = {}) =>
  server.api('POST', path, body, { 'idempotency-key': key, ...headers });
const writeKeys = async () => (await server.api('GET', path)).json.items.length;

test('the same key and body repeats the first answer and does nothing a second time', async () => {
  const before = await writeKeys();
  const first = await post('a', { name: 'Web' });
  const second = await post('a', { name: 'Web' });
  expect(first.status).toBe(201);
  expect([second.status, second.text, second.headers.get('location')]).toEqual([
    201,
    first.text,
    first.headers.get('location'),
  ]);
  expect(second.headers.get('content-type')).toBe(first.headers.get('content-type'));
  expect(await writeKeys()).toBe(before + 1);
});

test('another body under the same key is refused', async () => {
  await post('b', { name: 'Web' });
  expect((await post('b', { name: 'App' })).json).toMatchObject({ status: 422, code: 'idempotency.mismatch' });
});

test('a key belongs to its caller and its address', async () => {
  const other = await server.tokenHeaders({ administrator: true });
  const mine = await post('c', { name: 'Web' });
  const theirs = await post('c', { name: 'Web' }, other);
  expect(theirs.status).toBe(201);
  expect(theirs.json.key).not.toBe(mine.json.key);
});

test('a refusal is not kept: the next try with the key may succeed', async () => {
  const create = (id: string) => server.api('POST', '/api/datasets', { id, name: 'N' }, { 'idempotency-key': 'd' });
  expect((await create('shop')).json.code).toBe('dataset.exists');
  expect((await create('other')).status).toBe(201);
  expect((await create('other')).status).toBe(201);
  expect((await server.api('POST', '/api/datasets', { id: 'other', name: 'N' })).json.code).toBe('dataset.exists');
});

test('of simultaneous requests with one key exactly one runs', async () => {
  const before = await writeKeys();
  const answers = await Promise.all(Array.from({ length: 10 }, () => post('e', { name: 'Web' })));
  expect(await writeKeys()).toBe(before + 1);
  const created = answers.filter((answer) => answer.status === 201);
  expect(new Set(created.map((answer) => answer.text)).size).toBe(1);
  for (const answer of answers) {
    if (answer.status !== 201) expect(answer.json).toMatchObject({ status: 409, code: 'idempotency.in_progress' });
  }
});

test('a key whose request died with its server can be used again after a minute', async () => {
  const { writes } = server.database.database;
  const key = { actor: 'token x', target: 'POST /x', key: 'k' };
  const bodyHash = Buffer.from('hash');
  const claim = (seconds: number) => {
    const now = new Date(1_700_000_000_000 + seconds * 1000);
    return claimKey(writes, key, { bodyHash, now, abandonedBefore: new Date(now.getTime() - 60_000) });
  };
  expect([await claim(0), await claim(59), await claim(61)]).toEqual([true, false, true]);
});

test('a key of spaces or of no characters is refused', async () => {
  for (const key of ['two words', 'x'.repeat(256)]) {
    expect((await post(key, { name: 'Web' })).json).toMatchObject({ status: 400, code: 'idempotency.key' });
  }
});
