import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runImport } from '../../test/imports.ts';
import { startTestServer, type TestServer } from '../../test/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  const rows = ['anna', 'bert', 'cleo'].map((id, n) => `${id},${id}@example.com,Purchase,2026-01-0${n + 1}T10:00:00Z`);
  await runImport(server, `userId,traits.email,event,timestamp\n${rows.join('\n')}\n`);
});
afterAll(() => server.close());

const ds = '/api/dataset/shop';
const get = (path: string) => server.api('GET', `${ds}${path}`);
const idsOf = (items: { userId: string }[]) => items.map(({ userId }) => userId);

describe('users over HTTP', () => {
  test('are searched for in the body as in the address, page by page', async () => {
    const search = (body: object) => server.api('POST', `${ds}/users/search`, body);
    expect((await search({ search: 'EXAMPLE.com' })).json).toEqual((await get('/users?search=EXAMPLE.com')).json);
    const first = (await search({ search: 'example', sort: 'lastActivity', limit: 2 })).json;
    expect(idsOf(first.items)).toEqual(['cleo', 'bert']);
    const second = await search({ search: 'example', sort: 'lastActivity', limit: 2, cursor: first.nextCursor });
    expect(idsOf(second.json.items)).toEqual(['anna']);
    expect(second.json.nextCursor).toBeNull();
    expect(idsOf((await search({})).json.items)).toEqual(['anna', 'bert', 'cleo']);
    expect((await search({ segment: 'nope0' })).json).toMatchObject({ status: 404, code: 'segment.unknown' });
  });

  test('show their figures, and their events by action', async () => {
    expect((await get('/user/anna')).json).toMatchObject({
      figures: { events: 1, orders: 1, visits: 1, revenue: 0 },
      actions: [{ action: 'Purchase', count: 1 }],
      attributes: [{ name: 'email', source: 'import', trusted: true }],
    });
    expect((await get('/user/anna/events?action=Purchase')).json.items).toHaveLength(1);
    expect((await get('/user/anna/events?action=View')).json.items).toEqual([]);
    expect((await get('/user/anna/events?action=')).json).toMatchObject({ status: 400, code: 'request.unreadable' });
  });

  test('are exported as CSV with the columns of a segment, all of them, by those who may, and audited', async () => {
    const list = (await server.api('POST', `${ds}/segments`, { name: 'List', kind: 'manual' })).json.id;
    const [header] = (await server.api('GET', `${ds}/segments/${list}/export`)).text.split('\r\n');
    const analyst = await server.tokenHeaders({ roles: { shop: 'analyst' } });
    const { headers, text } = await server.api('GET', `${ds}/users/export`, undefined, analyst);
    expect(headers.get('content-type')).toMatch(/^text\/csv; charset=utf-8/);
    expect(headers.get('content-disposition')).toBe('attachment; filename="users-shop.csv"');
    const [first, ...lines] = text.split('\r\n');
    expect(first).toBe(header);
    expect(lines.map((line) => line.split(',').slice(1, 5).join())).toEqual([
      'anna,false,2026-01-01T10:00:00.000Z,2026-01-01T10:00:00.000Z',
      'bert,false,2026-01-02T10:00:00.000Z,2026-01-02T10:00:00.000Z',
      'cleo,false,2026-01-03T10:00:00.000Z,2026-01-03T10:00:00.000Z',
      '',
    ]);
    expect(lines[0]).toContain((await get('/user/anna')).json.created);
    const { items } = (await server.api('GET', '/api/audit?dataset=shop&action=users.exported')).json;
    expect(items).toMatchObject([{ object: { kind: 'dataset', id: 'shop' }, after: { users: 3 } }]);
  });

  test('are exported to the last one, however many there are', async () => {
    const rows = Array.from({ length: 2_500 }, (_, n) => `many${n}`);
    await runImport(server, `userId\n${rows.join('\n')}\n`, { kind: 'users' });
    const { text } = await server.api('GET', `${ds}/users/export`);
    const exported = text
      .trimEnd()
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(',')[1]);
    expect(exported.toSorted()).toEqual(['anna', 'bert', 'cleo', ...rows].toSorted());
  });
});
