import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runImport } from '../../test/imports.ts';
import { startTestServer, type TestServer } from '../../test/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ LETHE_BOOTSTRAP_DATASETS: 'blog' });
  const users = [
    { userId: 'anna', traits: { age: 30, vip: true, tags: ['a'], born: '1990-01-01', address: { city: 'Ulm' } } },
    { userId: 'bert', anonymousId: 'b1', traits: { age: 'thirty', 'weird.name': 1 } },
    { userId: 'cleo', anonymousId: 'c1', traits: { age: 31 } },
  ];
  const lines = users.map((user) => JSON.stringify({ type: 'identify', ...user }));
  const events = ['anna View', 'anna View', 'bert View', 'bert Buy', 'bert Buy', 'bert Buy', 'cleo Search'].map(
    (text, n) => {
      const [userId, event] = text.split(' ');
      return JSON.stringify({ type: 'track', userId, event, timestamp: `2026-01-0${n + 1}T10:00:00Z` });
    },
  );
  const second = JSON.stringify({ type: 'identify', userId: 'cleo', anonymousId: 'c2' });
  await runImport(server, [...lines, second, ...events].join('\n'), { type: 'application/x-ndjson' });
});
afterAll(() => server.close());

const ds = '/api/dataset/shop';
const get = async (path: string, headers?: Record<string, string>) =>
  (await server.api('GET', `${ds}${path}`, undefined, headers)).json;
const audited = async (action: string) =>
  (await server.api('GET', `/api/audit?dataset=shop&action=${action}`)).json.items;
const none = { text: 0, number: 0, boolean: 0, list: 0, other: 0 };

describe('the attributes of a dataset', () => {
  test('are all that users have, with exactly how many have which kind of value', async () => {
    const used = (name: string, users: number, kinds: object) => {
      return { name, kind: null, description: null, users, kinds: { ...none, ...kinds } };
    };
    expect((await get('/attributes')).items).toEqual([
      used('address', 1, { other: 1 }),
      used('age', 3, { number: 2, text: 1 }),
      used('born', 1, { text: 1 }),
      used('tags', 1, { list: 1 }),
      used('vip', 1, { boolean: 1 }),
      used('weird.name', 1, { number: 1 }),
    ]);
  });

  test('are defined before anybody has them, defined anew and taken back, and no value changes', async () => {
    const plan = `${ds}/attributes/plan`;
    const first = await server.api('PUT', plan, { kind: 'text' });
    expect(first).toMatchObject({ status: 200, json: { name: 'plan', kind: 'text', description: null } });
    await server.api('PUT', `${ds}/attributes/age`, { kind: 'number', description: ' In years ' });
    await server.api('PUT', `${ds}/attributes/${encodeURIComponent('weird/näme?')}`, { kind: 'date' });
    const listed = new Map((await get('/attributes')).items.map((item: { name: string }) => [item.name, item]));
    expect(listed.get('plan')).toEqual({ name: 'plan', kind: 'text', description: null, users: 0, kinds: none });
    expect(listed.get('age')).toMatchObject({ kind: 'number', description: 'In years', users: 3 });
    expect(listed.get('weird/näme?')).toMatchObject({ kind: 'date', users: 0 });
    expect([...listed.keys()]).toEqual([...listed.keys()].sort());
    expect((await get('/user/bert')).attributes).toMatchObject([{ name: 'age', value: 'thirty' }, {}]);

    await server.api('PUT', plan, { kind: 'list', description: 'All of them' });
    expect((await server.api('DELETE', plan)).status).toBe(204);
    expect((await server.api('DELETE', plan)).json).toMatchObject({ status: 404, code: 'attribute.unknown' });
    expect((await get('/attributes')).items.some(({ name }: { name: string }) => name === 'plan')).toBe(false);
    expect((await audited('attribute')).slice(0, 2)).toMatchObject([
      { action: 'attribute.undefined', object: { kind: 'attribute', id: 'plan' }, before: { kind: 'list' } },
      { action: 'attribute.defined', before: { kind: 'text' }, after: { kind: 'list', description: 'All of them' } },
    ]);
  });
});

describe('the identity types of a dataset', () => {
  test('are those that every dataset has, then its own, with exactly how many users have one', async () => {
    await runImport(server, 'userId,identity:phone\nanna,123\n', { kind: 'users' });
    const path = `${ds}/identity-types/crm`;
    await server.api('PUT', path, { description: 'Number in the CRM' });
    await server.api('PUT', `${ds}/identity-types/userId`, { description: 'Number of the account' });
    const item = (type: string, builtIn: boolean, users: number, identities: number, description: string | null) => {
      return { type, builtIn, users, identities, description };
    };
    expect((await get('/identity-types')).items).toEqual([
      item('userId', true, 3, 3, 'Number of the account'),
      item('customerId', true, 0, 0, null),
      item('email', true, 0, 0, null),
      item('anonymousId', true, 2, 3, null),
      item('crm', false, 0, 0, 'Number in the CRM'),
      item('phone', false, 1, 1, null),
    ]);
    for (const type of ['crm', 'userId']) {
      expect((await server.api('DELETE', `${ds}/identity-types/${type}`)).status).toBe(204);
    }
    expect((await server.api('DELETE', path)).json).toMatchObject({ status: 404, code: 'identity_type.unknown' });
    const types = (await get('/identity-types')).items.map(({ type }: { type: string }) => type);
    expect(types).toEqual(['userId', 'customerId', 'email', 'anonymousId', 'phone']);
    expect((await audited('identity_type.undefined'))[0]).toMatchObject({
      object: { kind: 'identityType', id: 'userId' },
      before: { description: 'Number of the account' },
    });
  });
});

test('the actions of a dataset are counted over all users, most events first', async () => {
  const last = (n: number) => `2026-01-0${n}T10:00:00.000Z`;
  expect((await get('/actions')).items).toEqual([
    { action: 'Buy', events: 3, users: 1, last: last(6) },
    { action: 'View', events: 3, users: 2, last: last(3) },
    { action: 'Search', events: 1, users: 1, last: last(7) },
  ]);
});

test('the limits of a dataset say how much of each is used, and the number of datasets only to those who make them', async () => {
  await server.api('POST', `${ds}/segments`, { name: 'Staff', kind: 'manual' });
  await server.api('POST', `${ds}/segments`, { name: 'All', kind: 'rule', rule: { everyone: true } });
  await server.api('POST', `${ds}/segments`, { name: 'Buyers', kind: 'rule', rule: { action: 'Buy', did: true } });
  const used = async (headers?: Record<string, string>) => {
    const { items } = await get('/limits', headers);
    return Object.fromEntries(items.map((item: { name: string; used: number }) => [item.name, item.used]));
  };
  expect((await get('/limits')).items[0]).toEqual({
    name: 'ruleSegments',
    limit: 500,
    used: 2,
    unit: 'segments',
    setting: 'LETHE_RULE_SEGMENTS_MAX',
  });
  expect(await used()).toMatchObject({ ruleSegments: 2, listSegments: 1, attributesPerProfile: null, datasets: 2 });
  for (const token of [{ roles: { shop: 'viewer' } }, { administrator: true, datasets: ['shop'] }]) {
    expect(await used(await server.tokenHeaders(token))).toMatchObject({ ruleSegments: 2, datasets: null });
  }
});
