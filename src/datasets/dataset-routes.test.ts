import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../../test/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const create = (body: unknown) => server.api('POST', '/api/datasets', body);

test('a dataset is created once, is production unless said otherwise, and is listed to whoever reaches it', async () => {
  const created = await create({ id: 'blog', name: 'Blog' });
  expect(created.status).toBe(201);
  expect(created.headers.get('location')).toBe('/api/datasets/blog');
  expect(created.json).toMatchObject({ id: 'blog', name: 'Blog', type: 'production' });
  expect((await create({ id: 'blog', name: 'Blog' })).json).toMatchObject({ status: 409, code: 'dataset.exists' });
  const viewer = await server.tokenHeaders({ roles: { blog: 'viewer' } });
  expect((await server.api('GET', '/api/datasets', undefined, viewer)).json.items).toMatchObject([{ id: 'blog' }]);
  expect((await server.api('GET', '/api/datasets')).json.items.length).toBe(2);
});

test('of ten simultaneous creations of one id exactly one succeeds', async () => {
  const answers = await Promise.all(Array.from({ length: 10 }, () => create({ id: 'race', name: 'Race' })));
  expect(answers.map((answer) => answer.status).sort()).toEqual([201, ...Array(9).fill(409)]);
});

test.each([
  { id: 'Shop' },
  { id: '1shop' },
  { id: '' },
  { id: 'x'.repeat(41) },
  { type: 'live' },
  { name: ' ' },
  { colour: 'red' },
])('a dataset with %j is refused with the field that is wrong', async (wrong) => {
  const answer = await create({ id: 'fine', name: 'Fine', ...wrong });
  expect(answer.status).toBe(422);
  expect(answer.json.errors[0].field).toBe(Object.keys(wrong)[0]);
});

test('the Event API of a dataset is off until an administrator switches it on, and each switch is audited once', async () => {
  const path = '/api/datasets/eventful';
  expect((await create({ id: 'eventful', name: 'Eventful' })).json.eventApi).toBe(false);
  expect((await server.api('PATCH', path, { eventApi: true })).json).toMatchObject({ id: 'eventful', eventApi: true });
  expect((await server.api('PATCH', path, { eventApi: true })).json.eventApi).toBe(true);
  expect((await server.api('GET', path)).json.eventApi).toBe(true);
  expect((await server.api('GET', '/api/datasets/shop')).json.eventApi).toBe(false);
  const audits = (await server.api('GET', '/api/audit?action=dataset.changed')).json.items;
  expect(audits).toMatchObject([{ dataset: 'eventful', before: { eventApi: false }, after: { eventApi: true } }]);
  for (const wrong of [{}, { eventApi: 'yes' }, { eventApi: true, name: 'Other' }]) {
    expect((await server.api('PATCH', path, wrong)).json).toMatchObject({ status: 422, code: 'request.unacceptable' });
  }
});

test('quiet hours are none until an administrator sets them, and go again', async () => {
  const path = '/api/datasets/quiet';
  expect((await create({ id: 'quiet', name: 'Quiet' })).json.quietHours).toBe(null);
  const quietHours = { from: '08:00', to: '20:00', usersPerSecond: 1_000 };
  expect((await server.api('PATCH', path, { quietHours })).json).toMatchObject({ eventApi: false, quietHours });
  expect((await server.api('PATCH', path, { quietHours })).json.quietHours).toEqual(quietHours);
  expect((await server.api('GET', path)).json.quietHours).toEqual(quietHours);
  expect((await server.api('PATCH', path, { quietHours: null })).json.quietHours).toBe(null);
  const audits = (await server.api('GET', '/api/audit?action=dataset.changed')).json.items;
  expect(audits.filter((entry: { dataset: string }) => entry.dataset === 'quiet')).toMatchObject([
    { before: { quietHours }, after: { quietHours: null } },
    { before: { quietHours: null }, after: { quietHours } },
  ]);
  const wrong = {
    'quietHours.from': { ...quietHours, from: '8:00' },
    'quietHours.to': { ...quietHours, to: '24:00' },
    'quietHours.usersPerSecond': { ...quietHours, usersPerSecond: 0 },
  };
  for (const [field, value] of Object.entries(wrong)) {
    const { status, json } = await server.api('PATCH', path, { quietHours: value });
    expect([status, json.errors[0].field]).toEqual([422, field]);
  }
  const never = await server.api('PATCH', path, { quietHours: { ...quietHours, to: '08:00' } });
  expect(never.json).toMatchObject({ status: 422, errors: [{ field: 'quietHours.to' }] });
});

test('deleting asks for the id once more and takes schema, roles and write keys', async () => {
  await create({ id: 'old', name: 'Old' });
  const viewer = await server.tokenHeaders({ roles: { old: 'viewer' } });
  const path = '/api/datasets/old';
  for (const query of ['', '?confirm=shop']) {
    const refused = await server.api('DELETE', path + query);
    expect(refused.json).toMatchObject({ status: 422, code: 'dataset.not_confirmed' });
    expect(refused.json.errors[0].expected).toBe('old');
  }
  expect((await server.api('DELETE', `${path}?confirm=old`)).status).toBe(204);
  expect((await server.api('GET', path)).status).toBe(404);
  expect((await server.api('GET', '/api/datasets', undefined, viewer)).json.items).toEqual([]);
  const left = await sql`SELECT FROM pg_namespace WHERE nspname = 'ds_old'`.execute(server.database.database.reads);
  expect(left.rows.length).toBe(0);
  expect((await create({ id: 'old', name: 'New' })).status).toBe(201);
  expect((await server.api('GET', '/api/datasets', undefined, viewer)).json.items).toEqual([]);
});

test('a dataset in which a bulk deletion is running is not deleted', async () => {
  await create({ id: 'busy', name: 'Busy' });
  await sql`
    INSERT INTO ds_busy.deletion (id, segment_no, segment_id, segment_name, segment_kind, rule_digest, set_no, users, requested_by, started_at)
    VALUES ('del_1', 999, 'abcde', 'S', 'manual', '', 999, 0, '{}', now())`.execute(server.database.database.writes);
  const refused = await server.api('DELETE', '/api/datasets/busy?confirm=busy');
  expect(refused.json).toMatchObject({ status: 409, code: 'dataset.deletion_running', job: { id: 'del_1' } });
  expect(refused.headers.get('location')).toBe('/api/dataset/busy/deletions/del_1');
});
