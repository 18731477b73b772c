import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../../test/server.ts';
import { until } from '../../test/waiting.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ LETHE_RULE_SEGMENTS_MAX: '6' });
  const lines = ['anna', 'bert', 'cleo "the cat", dr.'].map((userId, index) =>
    JSON.stringify({
      type: 'track',
      userId,
      event: 'Purchase',
      timestamp: `2026-01-0${index + 1}T10:00:00Z`,
      properties: { revenue: 10 * index },
    }),
  );
  const { json } = await server.api('POST', '/api/dataset/shop/imports?kind=events', lines.join('\n'), {
    'content-type': 'application/x-ndjson',
  });
  await until(
    async () => (await get(`/api/dataset/shop/imports/${json.id}`)).json.state === 'completed',
    'the import is done',
  );
});
afterAll(() => server.close());

const segments = '/api/dataset/shop/segments';
const get = (path: string) => server.api('GET', path);
const rich = { orders: 'value', is: 'atLeast', value: 10 };

async function create(body: Record<string, unknown>): Promise<string> {
  const answer = await server.api('POST', segments, body);
  expect(answer.status).toBe(201);
  expect(answer.headers.get('location')).toBe(`${segments}/${answer.json.id}`);
  await until(async () => (await get(`${segments}/${answer.json.id}`)).json.state === 'ready', 'the segment is ready');
  return answer.json.id;
}

describe('segments over HTTP', () => {
  test('are created, shown, renamed, disabled, hidden and deleted', async () => {
    const created = await server.api('POST', segments, { name: ' Rich ', kind: 'rule', rule: rich });
    expect(created.json).toMatchObject({
      name: 'Rich',
      kind: 'rule',
      rule: rich,
      enabled: true,
      usedBy: [],
      disabledBecause: null,
    });
    const path = `${segments}/${created.json.id}`;
    await until(async () => (await get(path)).json.state === 'ready', 'the segment is ready');
    expect((await get(path)).json).toMatchObject({ users: 2, rule: rich });
    expect((await server.api('PATCH', path, { name: 'Richest', enabled: false })).json).toMatchObject({
      name: 'Richest',
      enabled: false,
      disabledBecause: 'byHand',
      users: 2,
    });
    const listed = async (query = '') =>
      (await get(`${segments}${query}`)).json.items.map((item: { id: string }) => item.id);
    expect(await listed()).not.toContain(created.json.id);
    expect(await listed('?showDisabled=true')).toContain(created.json.id);
    expect((await server.api('DELETE', path)).status).toBe(204);
    expect((await get(path)).json).toMatchObject({ status: 404, code: 'segment.unknown' });
  });

  test('lie in folders, and say who made them and who changed them last', async () => {
    const created = await server.api('POST', segments, { name: 'Filed', folder: ' Gone ', kind: 'manual' });
    const bootstrap = { kind: 'token', id: 'testkey', name: 'Bootstrap' };
    expect(created.json).toMatchObject({ folder: 'Gone', createdBy: bootstrap, updatedBy: bootstrap });
    const path = `${segments}/${created.json.id}`;
    const editor = await server.tokenHeaders({ roles: { shop: 'editor' } });
    expect((await server.api('PATCH', path, { name: 'Filed away' }, editor)).json).toMatchObject({
      folder: 'Gone',
      createdBy: bootstrap,
      updatedBy: { kind: 'token', name: 'test' },
    });
    expect((await server.api('PATCH', path, { folder: null })).json).toMatchObject({ folder: null });
    const [changed] = (await get('/api/audit?dataset=shop&action=segment.changed&limit=1')).json.items;
    expect(changed).toMatchObject({ before: { folder: 'Gone' }, after: { folder: null } });
    const kept = await server.api('POST', segments, { name: 'Loose', kind: 'manual' });
    expect(kept.json).toMatchObject({ folder: null });
  });

  test('are listed by name, page by page, none twice', async () => {
    const ids: string[] = [];
    for (const name of ['c', 'a', 'b', 'a']) ids.push(await create({ name, kind: 'manual' }));
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: { items: { name: string; id: string }[]; nextCursor: string | null } = (
        await get(`${segments}?limit=1${cursor ? `&cursor=${cursor}` : ''}`)
      ).json;
      seen.push(...page.items.map((item) => `${item.name} ${item.id}`));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual([...seen].sort());
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((line) => ids.includes(line.slice(2)))).toHaveLength(4);
    expect((await get(`${segments}?cursor=nonsense`)).json).toMatchObject({ status: 400 });
    expect((await get(`${segments}?showDisabled=perhaps`)).status).toBe(400);
  });

  test('preview a rule without saving anything', async () => {
    const { json } = await server.api('POST', `${segments}/preview`, { rule: rich });
    expect(json).toMatchObject({ users: 2, sample: [{ userId: 'cleo "the cat", dr.' }, { userId: 'bert' }] });
    expect((await server.api('POST', `${segments}/preview`, { rule: { any: [] } })).json).toMatchObject({
      status: 422,
      code: 'rule.empty',
    });
  });

  test('are exported as CSV that any reader takes apart', async () => {
    const id = await create({ name: 'Export', kind: 'rule', rule: rich });
    const { headers, text } = await get(`${segments}/${id}/export`);
    expect(headers.get('content-type')).toMatch(/^text\/csv; charset=utf-8/);
    const [header, bert, cleo, end] = text.split('\r\n');
    expect(header).toBe('id,userId,anonymous,firstActivity,lastActivity,joined,identities,attributes');
    expect(bert).toMatch(/^usr_\d+,bert,false,2026-01-02T10:00:00.000Z,/);
    expect(cleo).toContain(',"cleo ""the cat"", dr.",false,');
    expect(end).toBe('');
    expect((await get(`${segments}/nope0/export`)).status).toBe(404);
  });

  test('change the users of a list', async () => {
    const path = `${segments}/${await create({ name: 'Staff', kind: 'subscriberList' })}/users`;
    const added = await server.api('POST', path, { ids: ['anna', 'nobody'] });
    expect(added.json).toEqual({
      items: [
        { id: 'anna', outcome: 'added' },
        { id: 'nobody', outcome: 'unknown' },
      ],
      users: 1,
    });
    const replaced = await server.api('PUT', path, { ids: ['bert'] });
    expect(replaced.json).toEqual({ items: [{ id: 'bert', outcome: 'added' }], users: 1 });
    const removed = await server.api('DELETE', path, { ids: ['anna', 'bert'] });
    expect(removed.json).toMatchObject({ items: [{ outcome: 'notIn' }, { outcome: 'removed' }], users: 0 });
  });

  test('answer every refusal with its status and code', async () => {
    const used = await create({ name: 'Used', kind: 'rule', rule: rich });
    const user = await create({ name: 'User', kind: 'rule', rule: { segment: used, member: true } });
    const cases: [method: string, path: string, body: unknown, status: number, code: string][] = [
      ['POST', '', { name: 'x', kind: 'rule', rule: { all: [] } }, 422, 'rule.empty'],
      ['POST', '', { name: '', kind: 'manual' }, 422, 'request.unacceptable'],
      ['POST', '', { name: 'x'.repeat(201), kind: 'manual' }, 422, 'request.unacceptable'],
      ['POST', '', { name: 'x', kind: 'other' }, 422, 'request.unacceptable'],
      ['POST', '', { name: 'x', kind: 'manual', colour: 'red' }, 422, 'request.unacceptable'],
      ['POST', '', { name: 'x', kind: 'manual', rule: rich }, 422, 'segment.rule_unexpected'],
      ['POST', '', { name: 'x', kind: 'rule', rule: { segment: 'nope0', member: true } }, 422, 'rule.unknown_segment'],
      ['POST', '', { name: 'x', kind: 'rule', rule: { import: 'imp_0', created: true } }, 422, 'rule.unknown_import'],
      ['PATCH', `/${used}`, { rule: { segment: user, member: true } }, 422, 'rule.cycle'],
      ['POST', '', { name: 'x', kind: 'manual', folder: ' ' }, 422, 'request.unacceptable'],
      ['PATCH', `/${used}`, { folder: 'x'.repeat(201) }, 422, 'request.unacceptable'],
      ['PATCH', `/${used}`, { enabled: 'yes' }, 422, 'request.unacceptable'],
      ['DELETE', `/${used}`, undefined, 409, 'segment.in_use'],
      ['POST', `/${used}/users`, { ids: ['anna'] }, 409, 'segment.not_a_list'],
      ['POST', `/${used}/users`, { ids: 'anna' }, 422, 'request.unacceptable'],
      ['GET', '/nope0', undefined, 404, 'segment.unknown'],
      ['PATCH', '/nope0', { name: 'x' }, 404, 'segment.unknown'],
      ['DELETE', '/nope0', undefined, 404, 'segment.unknown'],
      ['GET', '/history?days=0', undefined, 400, 'request.unreadable'],
      ['GET', '/history?days=91', undefined, 400, 'request.unreadable'],
      ['GET', '/nope0/history', undefined, 404, 'segment.unknown'],
      ['GET', `/${used}/history?from=2024-02-30`, undefined, 400, 'request.unreadable'],
      ['GET', `/${used}/history?from=0000-01-01&to=0000-01-02`, undefined, 400, 'request.unreadable'],
      ['GET', `/${used}/history?from=2024-05-02&to=2024-05-01`, undefined, 400, 'query.days'],
      ['GET', `/${used}/history?from=2020-01-01&to=2022-09-27`, undefined, 400, 'query.days'],
      ['GET', `/${used}/compare`, undefined, 400, 'request.unreadable'],
      ['GET', `/${used}/compare?with=nope0`, undefined, 404, 'segment.unknown'],
      ['GET', `/nope0/compare?with=${used}`, undefined, 404, 'segment.unknown'],
    ];
    const answers = [];
    for (const [method, path, body] of cases) {
      const { status, json } = await server.api(method, `${segments}${path}`, body);
      answers.push([method, path, body, status, json.code]);
    }
    expect(answers).toEqual(cases);
    expect((await server.api('DELETE', `${segments}/${used}`)).json.usedBy).toEqual([
      { kind: 'segment', id: user, name: 'User', state: 'ready' },
    ]);
  });
});

test('a segment beyond the limit of enabled ones is refused', async () => {
  const answers = [];
  for (let n = 0; n < 7; n++)
    answers.push(await server.api('POST', segments, { name: 'Many', kind: 'rule', rule: rich }));
  expect(answers.at(-1)?.json).toMatchObject({ status: 409, code: 'segment.limit' });
});

test('no answer is kept that holds what the users of a list are called', async () => {
  const list = await create({ name: 'Staff', kind: 'manual' });
  const added = () => server.api('POST', `${segments}/${list}/users`, { ids: ['anna'] }, { 'idempotency-key': 'add' });
  expect((await added()).json).toMatchObject({ items: [{ id: 'anna', outcome: 'added' }], users: 1 });
  expect((await added()).json).toMatchObject({ items: [{ id: 'anna', outcome: 'alreadyIn' }], users: 1 });
  const { rows } = await sql`SELECT FROM lethe.idempotent_answer WHERE body LIKE '%anna%'`.execute(
    server.database.database.reads,
  );
  expect(rows).toEqual([]);
});
