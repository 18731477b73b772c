import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fillDataset } from '../../test/fill-dataset.ts';
import { hold } from '../../test/holds.ts';
import { until } from '../../test/lethe-process.ts';
import { type Answer, startTestServer, type TestServer } from '../../test/server.ts';
import { on } from '../database/handle.ts';
import { findDataset } from '../datasets/dataset-sql.ts';

let server: TestServer;
let users: number;
let blogUsers: number;
const start = '/api/dataset/shop/segments/doomd/deletions';

beforeAll(async () => {
  server = await startTestServer();
  const { dataset, database } = server.database;
  users = await fillDataset(on(dataset, database.writes), { profiles: 100_000, eventsPerProfile: 1, share: 0.52 });
  expect(users).toBeGreaterThanOrEqual(50_000);
  expect((await server.api('POST', '/api/datasets', { id: 'blog', name: 'Blog' })).status).toBe(201);
  const blog = await findDataset(database.reads, 'blog');
  if (!blog) throw new Error('blog was not created');
  blogUsers = await fillDataset(on(blog, database.writes), { profiles: 500, eventsPerProfile: 2, share: 0.5 });
});
afterAll(() => server.close());

const code = (answer: Answer) => [answer.status, answer.json?.code];

async function completed(dataset: string, id: string): Promise<Answer['json']> {
  for (;;) {
    const { json } = await server.api('GET', `/api/dataset/${dataset}/deletions/${id}`);
    if (json.state === 'completed') return json;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('the preview', () => {
  test('says exactly what goes, who else shrinks, and how long it takes, and changes nothing', async () => {
    const answer = await server.api('GET', '/api/dataset/shop/segments/doomd/deletion-preview');
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({
      users,
      shareOfDataset: users / 100_000,
      rows: { profiles: users, events: users, visits: users, identities: users * 2 },
      usedBy: [],
      estimateBasis: 'default',
      erasure: 'standard',
      blockedBy: null,
    });
    expect(answer.json.overlaps[0]).toEqual({ segment: 'every', name: 'Segment every', users });
    const overlap = answer.json.overlaps.reduce((sum: number, each: { users: number }) => sum + each.users, users);
    expect(answer.json.rows.memberships).toBe(overlap);
    expect(answer.json.sample).toHaveLength(20);
    expect((await server.api('GET', '/api/dataset/shop/segments/doomd')).json).toMatchObject({ users, enabled: true });
  });

  test('is an administrator’s', async () => {
    const editor = await server.tokenHeaders({ roles: { shop: 'editor' } });
    expect(
      (await server.api('GET', '/api/dataset/shop/segments/doomd/deletion-preview', undefined, editor)).status,
    ).toBe(403);
  });
});

describe('a start', () => {
  const right = () => ({ consent: true, expectedUsers: users });

  test('is refused in the order of the contract: 401, 404, 403, 400, 422, 409', async () => {
    const wrong = { consent: false, expectedUsers: 'many' };
    const editor = await server.tokenHeaders({ roles: { shop: 'editor' } });
    const stranger = await server.tokenHeaders({ roles: { blog: 'editor' } });
    expect((await server.api('POST', start, '{"consent":', { authorization: '' })).status).toBe(401);
    expect((await server.api('POST', start, '{"consent":', stranger)).status).toBe(404);
    expect((await server.api('POST', start.replace('doomd', 'zzzzz'), '{"consent":', editor)).status).toBe(404);
    expect((await server.api('POST', start.replace('doomd', 'zzzzz'), wrong)).status).toBe(404);
    expect((await server.api('POST', start, '{"consent":', editor)).status).toBe(403);
    expect((await server.api('POST', start, '{"consent":', { 'content-type': 'application/json' })).status).toBe(400);
    const unacceptable = await server.api('POST', start, wrong);
    expect(unacceptable.status).toBe(422);
    expect(unacceptable.json.errors.map((each: { field: string }) => each.field).sort()).toEqual([
      'consent',
      'expectedUsers',
    ]);
    expect(code(await server.api('POST', start, { ...right(), expectedUsers: 1 }))).toEqual([
      409,
      'deletion.users_changed',
    ]);
  });

  test('without consent says what to send', async () => {
    const answer = await server.api('POST', start, { expectedUsers: users });
    expect(answer.status).toBe(422);
    expect(answer.json.errors[0]).toMatchObject({ field: 'consent' });
    expect(answer.headers.get('content-type')).toMatch(/problem\+json/);
  });

  test('with another number than the exact one is refused with both, and changes nothing', async () => {
    const answer = await server.api('POST', start, { consent: true, expectedUsers: users - 1 });
    expect(code(answer)).toEqual([409, 'deletion.users_changed']);
    expect(answer.json).toMatchObject({ expected: users - 1, actual: users });
    expect((await server.api('GET', '/api/dataset/shop/segments/doomd')).json).toMatchObject({
      users,
      enabled: true,
      state: 'ready',
    });
    expect((await server.api('GET', '/api/dataset/shop/deletions')).json.items).toEqual([]);
  });

  test('of 20 at once succeeds exactly once; the others get the address of the running job; another dataset starts meanwhile', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => server.api('POST', start, right())));
    const elsewhere = await server.api('POST', '/api/dataset/blog/segments/doomd/deletions', {
      consent: true,
      expectedUsers: blogUsers,
    });
    const started = answers.filter((answer) => answer.status === 202);
    expect(started).toHaveLength(1);
    const url = started[0]?.headers.get('location') ?? '';
    expect(url).toBe(`/api/dataset/shop/deletions/${started[0]?.json.id}`);
    for (const refused of answers.filter((answer) => answer.status !== 202)) {
      expect(code(refused)).toEqual([409, 'deletion.already_running']);
      expect(refused.headers.get('location')).toBe(url);
      expect(refused.json.job).toEqual({ id: started[0]?.json.id, url });
    }
    expect(elsewhere.status).toBe(202);
    const receipt = await server.api('GET', `${url}/receipt`);
    if (receipt.status !== 200) expect(code(receipt)).toEqual([409, 'deletion.not_completed']);

    const job = await completed('shop', started[0]?.json.id);
    expect(job).toMatchObject({
      users,
      deleted: users,
      remaining: 0,
      percent: 100,
      rowsDeleted: { profiles: users, events: users },
    });
    await completed('blog', elsewhere.json.id);
    expect((await server.api('GET', '/api/dataset/shop/deletions')).json.items).toHaveLength(1);
    expect(code(await server.api('POST', start, { consent: true, expectedUsers: 0 }))).toEqual([
      409,
      'deletion.nothing_to_delete',
    ]);
  });
});

describe('progress', () => {
  test('is a stream of the whole job that ends after the final state', async () => {
    const [job] = (await server.api('GET', '/api/dataset/blog/deletions')).json.items;
    const answer = await server.api('GET', `/api/dataset/blog/deletions/${job.id}/progress`);
    expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const events = answer.text.trim().split('\n\n');
    expect(events.length).toBeGreaterThanOrEqual(2);
    for (const event of events) expect(event).toMatch(/^event: progress\nid: \d+\ndata: \{/);
    expect(JSON.parse(events.at(-1)?.split('data: ')[1] ?? '')).toEqual(job);
  });

  test('of an unknown job is 404', async () => {
    expect(code(await server.api('GET', '/api/dataset/shop/deletions/del_nosuch/progress'))).toEqual([
      404,
      'deletion.unknown',
    ]);
    expect(code(await server.api('GET', '/api/dataset/shop/deletions/del_nosuch'))).toEqual([404, 'deletion.unknown']);
  });
});

describe('while a bulk deletion runs', () => {
  test('its segment can be looked at, but not edited, enabled, changed, removed or deleted in again', async () => {
    expect((await server.api('POST', '/api/datasets', { id: 'held', name: 'Held' })).status).toBe(201);
    const held = await findDataset(server.database.database.reads, 'held');
    if (!held) throw new Error('held was not created');
    const doomed = await fillDataset(on(held, server.database.database.writes), {
      profiles: 200,
      eventsPerProfile: 1,
      share: 0.5,
    });
    const release = await hold(server.database.url, held, 'start');
    const segment = '/api/dataset/held/segments/doomd';
    const { json: job } = await server.api('POST', `${segment}/deletions`, { consent: true, expectedUsers: doomed });

    expect((await server.api('GET', segment)).json).toMatchObject({ state: 'deleting', enabled: false, users: doomed });
    expect((await server.api('GET', '/api/dataset/held/users?segment=doomd&limit=1000')).json.items).toHaveLength(
      doomed,
    );
    const refusals = await Promise.all([
      server.api('PATCH', segment, { enabled: true }),
      server.api('PATCH', segment, { name: 'Other' }),
      server.api('DELETE', segment),
      server.api('POST', `${segment}/users`, { ids: ['anonymousId-1'] }),
    ]);
    for (const refusal of refusals) expect(code(refusal)).toEqual([409, 'segment.deleting']);
    expect(code(await server.api('DELETE', '/api/datasets/held?confirm=held'))).toEqual([
      409,
      'dataset.deletion_running',
    ]);
    expect(
      code(
        await server.api('POST', '/api/dataset/held/segments/every/deletions', { consent: true, expectedUsers: 200 }),
      ),
    ).toEqual([409, 'deletion.already_running']);
    const preview = await server.api('GET', '/api/dataset/held/segments/every/deletion-preview');
    expect(preview.json.blockedBy).toEqual({ job: { id: job.id, url: `/api/dataset/held/deletions/${job.id}` } });

    await until(
      async () => (await server.api('GET', `/api/dataset/held/deletions/${job.id}`)).json.heldBackBy !== null,
      'it says what holds it back',
    );
    await release();
    expect(await completed('held', job.id)).toMatchObject({ users: doomed, deleted: doomed });
  });

  test('a single deletion of one of its users is done at once and counted in the job', async () => {
    expect((await server.api('POST', '/api/datasets', { id: 'single', name: 'Single' })).status).toBe(201);
    const single = await findDataset(server.database.database.reads, 'single');
    if (!single) throw new Error('single was not created');
    const doomed = await fillDataset(on(single, server.database.database.writes), {
      profiles: 200,
      eventsPerProfile: 3,
      share: 0.5,
    });
    const { json: listed } = await server.api('GET', '/api/dataset/single/users?segment=doomd&limit=2');
    const releaseEvents = await hold(server.database.url, single, 'start');
    const { json: job } = await server.api('POST', '/api/dataset/single/segments/doomd/deletions', {
      consent: true,
      expectedUsers: doomed,
    });
    const releaseSlices = await hold(server.database.url, single, 'allSlices');
    await releaseEvents();
    for (const { id } of listed.items) {
      const answer = await server.api('DELETE', `/api/dataset/single/user/${id}`);
      expect(answer.json).toMatchObject({ deleted: 1, rowsDeleted: { profiles: 1, events: 3, identities: 2 } });
      expect((await server.api('GET', `/api/dataset/single/user/${id}`)).status).toBe(404);
    }
    const running = (await server.api('GET', `/api/dataset/single/deletions/${job.id}`)).json;
    expect(running).toMatchObject({
      state: 'running',
      deleted: 2,
      remaining: doomed - 2,
      rowsDeleted: { profiles: 2, events: 6 },
    });
    expect((await server.api('GET', '/api/dataset/single/segments/doomd')).json).toMatchObject({ users: doomed - 2 });
    await releaseSlices();
    const done = await completed('single', job.id);
    expect(done).toMatchObject({
      users: doomed,
      deleted: doomed,
      rowsDeleted: { profiles: doomed, events: doomed * 3 },
    });
    expect((await server.api('GET', '/api/dataset/single/summary')).json).toMatchObject({ users: 200 - doomed });
  });
});

test('a job keeps the kind and the rule that its segment had at the start', async () => {
  const segments = '/api/dataset/blog/segments';
  const [user] = (await server.api('GET', '/api/dataset/blog/users?limit=1')).json.items;
  const list = (await server.api('POST', segments, { name: 'List', kind: 'subscriberList' })).json.id;
  await server.api('POST', `${segments}/${list}/users`, { ids: [user.id] });
  const rule = { not: { action: 'nothing', did: true } };
  const all = (await server.api('POST', segments, { name: 'All', kind: 'rule', rule })).json.id;
  const jobs = [];
  for (const id of [list, all]) {
    const shown = async () => (await server.api('GET', `${segments}/${id}`)).json;
    await until(async () => (await shown()).state === 'ready', 'the segment is computed');
    const { users: expectedUsers } = await shown();
    const started = await server.api('POST', `${segments}/${id}/deletions`, { consent: true, expectedUsers });
    jobs.push((await completed('blog', started.json.id)).id);
  }
  await server.api('PATCH', `${segments}/${all}`, { rule: { everyone: true } });
  const [listJob, ruleJob] = await Promise.all(
    jobs.map(async (id) => (await server.api('GET', `/api/dataset/blog/deletions/${id}`)).json),
  );
  expect(listJob).toMatchObject({ segment: { id: list, name: 'List', kind: 'subscriberList' }, rule: null, users: 1 });
  expect(ruleJob).toMatchObject({ segment: { id: all, name: 'All', kind: 'rule' }, rule });
});
