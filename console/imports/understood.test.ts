import { expect, test } from 'vitest';
import { nothing } from './filling.ts';
import type { Mapping } from './mapping.ts';
import { understandCsv, understandNdjson } from './understood.ts';

const purchases: Mapping = {
  kind: 'events',
  columns: [
    { name: 'customer', filling: { ...nothing, choice: 'userId' } },
    { name: 'date', filling: { ...nothing, choice: 'timestamp' } },
    { name: 'dollars', filling: { choice: 'property', name: 'revenue', asText: false } },
    { name: 'sku', filling: { choice: 'property', name: 'sku', asText: true } },
    { name: 'note', filling: nothing },
  ],
  fixed: [{ filling: { ...nothing, choice: 'event' }, text: 'Purchase' }],
};

test('a row of CSV is understood as the import will take it: numbers as numbers, texts as texts, empty cells as nothing', () => {
  expect(understandCsv(purchases, ['0001', '1997-01-02', '59.90', '0042', 'x'])).toEqual({
    who: [{ name: 'userId', value: '0001' }],
    type: 'track',
    event: 'Purchase',
    at: '1997-01-02T00:00:00.000Z',
    data: [
      { name: 'revenue', value: 59.9 },
      { name: 'sku', value: '0042' },
    ],
    problem: undefined,
  });
  expect(understandCsv(purchases, ['0001', '', '', '', ''])).toMatchObject({ at: undefined, data: [] });
});

test.each([
  ['too few cells', ['1'], 'cells'],
  ['nobody', ['', '1997-01-02', '1', '', ''], 'nobody'],
  ['no moment', ['1', 'yesterday', '1', '', ''], 'moment'],
])('a row of CSV with %s is seen to be rejected', (_, cells, problem) => {
  expect(understandCsv(purchases, cells).problem).toBe(problem);
});

test('a track without an action and a type that is none are seen to be rejected', () => {
  const columns = [
    { name: 'who', filling: { ...nothing, choice: 'anonymousId' as const } },
    { name: 'type', filling: { ...nothing, choice: 'type' as const } },
  ];
  const mapping: Mapping = { kind: 'events', columns, fixed: [] };
  expect(understandCsv(mapping, ['a', 'page']).problem).toBeUndefined();
  expect(understandCsv(mapping, ['a', '']).problem).toBe('event');
  expect(understandCsv(mapping, ['a', 'click']).problem).toBe('type');
});

test('a line of NDJSON says itself what it is', () => {
  const event =
    '{"userId":"u5","event":"View Item","timestamp":1793664000000,"properties":{"sku":"0042","price":19.5}}';
  expect(understandNdjson('events', event)).toMatchObject({
    who: [{ name: 'userId', value: 'u5' }],
    event: 'View Item',
    at: '2026-11-03T00:00:00.000Z',
    data: [
      { name: 'sku', value: '0042' },
      { name: 'price', value: 19.5 },
    ],
  });
  const user = '{"identities":{"email":"kay@example.com"},"attributes":{"country":"DE"}}';
  expect(understandNdjson('users', user)).toMatchObject({
    who: [{ name: 'email', value: 'kay@example.com' }],
    type: 'identify',
    data: [{ name: 'country', value: 'DE' }],
    problem: undefined,
  });
  for (const line of ['{', '[]', '7']) expect(understandNdjson('events', line).problem).toBe('json');
});
