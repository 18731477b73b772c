import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runImport } from '../../test/imports.ts';
import { checkInvariants } from '../../test/invariants.ts';
import { ask, startTestServer, type TestServer } from '../../test/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  const users = Array.from({ length: 1_200 }, (_, n) => `${String(n).padStart(5, '0')},user${n}@example.com`);
  await runImport(server, `userId,identity:email\n${users.join('\n')}\n`, { kind: 'users' });
});
afterAll(async () => {
  await checkInvariants(server.database.ds);
  await server.close();
});

const path = '/api/dataset/shop/users/delete';
function form(text: string | Uint8Array<ArrayBuffer>, field = 'file'): FormData {
  const data = new FormData();
  data.append(field, new Blob([text], { type: 'text/csv' }), 'users.csv');
  return data;
}
const send = (text: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  ask(`${server.url}${path}`, 'POST', form(text), { ...server.adminHeaders, ...headers });
const users = async () => (await server.api('GET', '/api/dataset/shop/users/count')).json.users;

const lookUp = (text: string, headers: Record<string, string> = server.adminHeaders) =>
  ask(`${server.url}/api/dataset/shop/users/look-up`, 'POST', form(text), headers);

describe('looking the users of a list up', () => {
  test('answers who is meant, line by line, and changes nothing', async () => {
    const before = await users();
    const { status, json } = await lookUp('name\n00040\nUSER41@example.com\n\nnobody\n"user40@example.com"\n');
    expect(status).toBe(200);
    expect(json).toMatchObject({ found: 2, requested: 4 });
    expect(json.items).toEqual([
      { line: 2, outcome: 'found', user: expect.objectContaining({ userId: '00040', id: expect.any(String) }) },
      { line: 3, outcome: 'found', user: expect.objectContaining({ userId: '00041' }) },
      { line: 5, outcome: 'unknown', user: null },
      { line: 6, outcome: 'found', user: json.items[0].user },
    ]);
    expect((await lookUp('identity:userId\nuser40@example.com\n')).json).toMatchObject({ found: 0, requested: 1 });
    expect((await lookUp('name\n')).json).toEqual({ found: 0, requested: 0, items: [] });
    expect(await users()).toBe(before);
  });

  test('is audited without a name, and for administrators alone', async () => {
    const { json, text } = await server.api('GET', '/api/audit?dataset=shop&action=users.looked_up');
    expect(json.items.at(-1)).toMatchObject({ object: { kind: 'list' }, after: { found: 2, requested: 4 } });
    expect(text).not.toMatch(/example\.com|00040/);
    const editor = await server.tokenHeaders({ roles: { shop: 'editor' } });
    expect((await lookUp('name\n00040\n', editor)).status).toBe(403);
  });

  test('takes 10,000 names and no more', async () => {
    const names = (count: number) =>
      `name\n${Array.from({ length: count }, (_, n) => `user${n}@example.com`).join('\n')}`;
    expect((await lookUp(names(10_000))).json).toMatchObject({ found: 1_200, requested: 10_000 });
    const refused = await lookUp(names(10_001));
    expect(refused).toMatchObject({ status: 413, json: { code: 'privacy.too_many' } });
    expect(refused.json.detail).toMatch(/more than 10000 users; send it in parts. Nobody was looked up/);
  });
});

describe('deleting the users of a list', () => {
  test('says how many were deleted and requested; the same call again deletes nobody', async () => {
    const first = await send('name\n00001\n00002\r\nnobody\n');
    expect(first).toMatchObject({ status: 200, text: 'Deleted 2 users (3 requested)' });
    expect(first.headers.get('content-type')).toMatch(/^text\/plain/);
    expect((await send('name\n00001\n00002\r\nnobody\n')).text).toBe('Deleted 0 users (3 requested)');
    expect((await server.api('GET', '/api/dataset/shop/user/00001')).status).toBe(404);
  });

  test('answers the outcome of every line when JSON is asked for; a user who is named twice is one', async () => {
    const { json } = await send('\uFEFFname,comment\n00010,x\n"USER10@example.com ",y\n\n00011\nuser11@nowhere\n', {
      accept: 'application/json',
    });
    expect(json).toEqual({
      deleted: 2,
      requested: 4,
      items: [
        { line: 2, outcome: 'deleted' },
        { line: 3, outcome: 'deleted' },
        { line: 5, outcome: 'deleted' },
        { line: 6, outcome: 'unknown' },
      ],
    });
  });

  test('may name the type of identity, and then finds no other', async () => {
    expect((await send('identity:email\n00020\nUser20@EXAMPLE.com\n')).text).toBe('Deleted 1 users (2 requested)');
    expect((await send('identity:userId\nuser21@example.com\n')).text).toBe('Deleted 0 users (1 requested)');
  });

  test('of many is done in batches and audited without a value of it', async () => {
    const before = await users();
    const lines = Array.from({ length: 1_000 }, (_, n) => `user${n + 100}@example.com`);
    expect((await send(`name\n${lines.join('\n')}\n`)).text).toBe('Deleted 1000 users (1000 requested)');
    expect(await users()).toBe(before - 1_000);
    const { json, text } = await server.api('GET', '/api/audit?dataset=shop&action=users.deleted_by_list&limit=1000');
    const deleted = json.items.reduce(
      (sum: number, { after }: { after: { deleted: number } }) => sum + after.deleted,
      0,
    );
    expect(deleted).toBe(1_005);
    expect(text).not.toContain('example.com');
  });

  test.each<[string, () => Promise<unknown>, number, string]>([
    ['a header that says nothing', () => send('who\n00030\n'), 422, 'privacy.header'],
    ['two columns of users', () => send('name,identity:email\n00030,x\n'), 422, 'privacy.header'],
    ['an empty file', () => send(''), 422, 'privacy.header'],
    ['a row with broken quotes', () => send('name\n00030\n"0003"0\n'), 422, 'privacy.row'],
    [
      'a row that is not UTF-8',
      () => send(new Uint8Array([...Buffer.from('name\n00030\n'), 0xff, 0x0a])),
      422,
      'privacy.row',
    ],
    ['a file in another field', () => server.api('POST', path, form('name\n00030\n', 'list')), 422, 'privacy.file'],
    ['a form without a file', () => server.api('POST', path, new FormData()), 422, 'privacy.file'],
    ['a body that is no form', () => server.api('POST', path, { name: '00030' }), 415, 'request.media_type'],
  ])('is refused for %s, and nobody is deleted', async (_, call, status, code) => {
    expect(await call()).toMatchObject({ status, json: { code } });
    expect((await server.api('GET', '/api/dataset/shop/user/00030')).status).toBe(200);
  });

  test('is for administrators alone, as is deleting one user', async () => {
    const editor = await server.tokenHeaders({ roles: { shop: 'editor' } });
    expect((await send('name\n00030\n', editor)).status).toBe(403);
    expect((await server.api('DELETE', '/api/dataset/shop/user/00030', undefined, editor)).status).toBe(403);
    const deleted = await server.api('DELETE', '/api/dataset/shop/user/USER30@example.com?type=email');
    expect(deleted).toMatchObject({ status: 200, json: { deleted: 1, rowsDeleted: { profiles: 1, identities: 2 } } });
    expect((await server.api('DELETE', '/api/dataset/shop/user/00030')).json.code).toBe('user.unknown');
  });
});
