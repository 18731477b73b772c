import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runImport } from '../../test/imports.ts';
import { checkInvariants } from '../../test/invariants.ts';
import { startTestServer, type TestServer } from '../../test/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(async () => {
  await checkInvariants(server.database.ds);
  await server.close();
});

/** Imports a bad row between two good ones and answers what is said about it. */
async function rejection(bad: string | Buffer, options: { type?: string; kind?: 'events' | 'users' } = {}) {
  const [header, good] = goodRows(options);
  const file = Buffer.concat([Buffer.from(header + good), Buffer.from(bad as string), Buffer.from(`\n${good}`)]);
  const done = await runImport(server, file, options);
  expect(done).toMatchObject({ state: 'completed', accepted: 2, rejected: done.errors.length });
  return done.errors;
}

function goodRows({ type, kind = 'events' }: { type?: string; kind?: string }): [header: string, row: string] {
  if (type) return ['', kind === 'users' ? '{"userId":"good"}\n' : '{"type":"track","userId":"good","event":"View"}\n'];
  return kind === 'users'
    ? ['userId,identity:email,attribute:note\n', 'good,,\n']
    : ['type,userId,anonymousId,event,timestamp,properties.note,groupId\n', 'track,good,,View,2024-01-01,,\n'];
}

describe('a row is rejected with its line and its reason, and the rows around it are taken', () => {
  test.each([
    ['too few cells', 'track,u,,View', 'row.columns'],
    ['too many cells', 'track,u,,View,,,,,', 'row.columns'],
    ['broken quotes', 'track,u,,View,,"a"b,', 'row.quote'],
    ['bytes that are not UTF-8', Buffer.from('track,u,,View,,\xe9,', 'latin1'), 'row.encoding'],
    ['a NUL character', 'track,u,,View,,a\0b,', 'row.nul'],
    ['an unknown type', 'buy,u,,View,,,', 'message.type'],
    ['no identity', 'track,,,View,,,', 'message.identity'],
    ['an identity that names nobody', 'track,null,,View,,,', 'identity.refused'],
    ['an anonymousId that names nobody', 'track,u,undefined,View,,,', 'identity.refused'],
    ['an identity that is too long', `track,${'x'.repeat(600)},,View,,,`, 'identity.length'],
    ['a track without an event', 'track,u,,,,,', 'message.event'],
    ['an event name that is too long', `track,u,,${'x'.repeat(600)},,,`, 'message.event'],
    ['a group without its id', 'group,u,,,,,', 'message.groupId'],
    ['a timestamp that is none', 'track,u,,View,yesterday,,', 'message.timestamp'],
    ['a day that no calendar has', 'track,u,,View,2024-02-30,,', 'message.timestamp'],
    ['a year beyond 9999', 'track,u,,View,999999999999999,,', 'message.timestamp'],
    ['a row that is too large for an event', `track,u,,View,,${'x'.repeat(40_000)},`, 'message.too_large'],
    ['a row without an end', `track,u,,View,,${'x'.repeat(1_300_000)},`, 'row.too_large'],
  ])('CSV: %s', async (_, bad, code) => {
    expect(await rejection(bad)).toEqual([{ line: 3, code, detail: expect.any(String) }]);
  });

  test.each([
    ['no JSON', '{"type":', 'row.json'],
    ['no object', '[1]', 'message.not_an_object'],
    ['no type and no event', '{"userId":"u"}', 'message.type'],
    ['an identity of another type', '{"type":"track","userId":{"a":1},"event":"View"}', 'message.userId'],
    ['an event name of another type', '{"type":"track","userId":"u","event":5}', 'message.event'],
    [
      'properties of another type',
      '{"type":"track","userId":"u","event":"View","properties":"x"}',
      'message.properties',
    ],
    ['traits of another type', '{"type":"identify","userId":"u","traits":[1]}', 'message.traits'],
    [
      'a timestamp of another type',
      '{"type":"track","userId":"u","event":"View","timestamp":true}',
      'message.timestamp',
    ],
    [
      'an escaped NUL character',
      '{"type":"track","userId":"u","event":"View","properties":{"a":"\\u0000"}}',
      'message.text',
    ],
    [
      'half a surrogate pair',
      '{"type":"track","userId":"u","event":"View","properties":{"\\ud800":1}}',
      'message.text',
    ],
    [
      'a number beyond all numbers',
      '{"type":"track","userId":"u","event":"View","properties":{"a":1e999}}',
      'message.number',
    ],
    [
      'objects too deep',
      `{"type":"track","userId":"u","event":"View","properties":${'{"a":'.repeat(99)}1${'}'.repeat(99)}}`,
      'message.depth',
    ],
    [
      'a messageId that is too long',
      `{"type":"track","userId":"u","event":"View","messageId":"${'x'.repeat(1_001)}"}`,
      'message.messageId',
    ],
  ])('NDJSON: %s', async (_, bad, code) => {
    expect(await rejection(bad, { type: 'application/x-ndjson' })).toEqual([
      { line: 2, code, detail: expect.any(String) },
    ]);
  });

  test.each([
    ['CSV without an identity', ',,note', undefined, 'message.identity'],
    ['CSV with an e-mail that names nobody', 'u,none,', undefined, 'identity.refused'],
    ['NDJSON with an unknown field', '{"userId":"u","email":"a@b.c"}', 'application/x-ndjson', 'user.field'],
    [
      'NDJSON with an identity that is no text',
      '{"identities":{"email":5}}',
      'application/x-ndjson',
      'user.identities',
    ],
    [
      'NDJSON with an identity type that is none',
      '{"identities":{"e mail":"a@b.c"}}',
      'application/x-ndjson',
      'identity.type',
    ],
  ])('users: %s', async (_, bad, type, code) => {
    const errors = await rejection(bad, { kind: 'users', ...(type ? { type } : {}) });
    expect(errors).toEqual([{ line: type ? 2 : 3, code, detail: expect.any(String) }]);
  });
});

test('the report has every rejected row by line, quotes no value of any, and shows the first 1,000 in the import', async () => {
  const rows = Array.from({ length: 2_500 }, (_, index) =>
    index % 2 ? `secret${index}@example.com,,` : `u${index},View,2024-01-01`,
  );
  const done = await runImport(server, `userId,event,timestamp\n${rows.join('\n')}\n`);
  expect(done).toMatchObject({ rows: 2_500, accepted: 1_250, rejected: 1_250 });
  expect(done.errors).toHaveLength(1_000);
  const report = await server.api('GET', `/api/dataset/shop/imports/${done.id}/errors`);
  expect(report.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  const lines = report.text.trimEnd().split('\r\n');
  expect(lines[0]).toBe('line,code,detail');
  expect(lines.slice(1).map((line) => Number(line.split(',')[0]))).toEqual(
    Array.from({ length: 1_250 }, (_, n) => 3 + 2 * n),
  );
  expect(report.text + JSON.stringify(done)).not.toContain('secret');
  expect((await server.api('GET', '/api/dataset/shop/imports/imp_unknown')).json.code).toBe('import.unknown');
  expect((await server.api('GET', '/api/dataset/shop/imports/imp_unknown/errors')).status).toBe(404);
});
