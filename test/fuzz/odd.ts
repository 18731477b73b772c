import type { Json } from '../../src/json.ts';
import type { Random } from '../story/random.ts';
import { raw } from './json-text.ts';

/** Texts that have hurt somebody before; all of them can be kept. */
export const oddTexts = [
  '',
  ' ',
  '\t\r\n',
  "'; DROP TABLE event; --",
  '"',
  '\\',
  '\\u0000',
  '\u2028\u2029',
  '\u202e',
  '🙂',
  'é'.normalize('NFD'),
  'İıßſ',
  '\u0001\u001f\u007f\u0080',
  '\ufffd\ufeff\uffff',
  '<script>alert(1)</script>',
  '{{7*7}}#{7*7}%{7*7}',
  '%s%n%x%00',
  '../../../../etc/passwd',
  '__proto__',
  'constructor',
  'NaN',
  '1e999',
  '\r\nset-cookie: a=b',
  'x'.repeat(3_000),
  '()=>{}',
  '$1 $& $`',
] as const;

/** Names of properties that are there already on every object, or mean something to somebody. */
export const oddNames = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  '__defineGetter__',
  'length',
  '0',
  '-1',
  '',
  ' ',
  '$ref',
  'a.b',
  'a"b',
  "a'b",
  'a\\b',
  'näme',
  '🙂',
  'x'.repeat(2_000),
] as const;

const oddNumbers = [
  0,
  -1,
  0.1,
  1e21,
  -1e-7,
  5e-324,
  1.7976931348623157e308,
  9_007_199_254_740_991,
  ...['-0', '1.0', '1E2', '12345678901234567890', '0.1000000000000000055511151231257827', '1e-400'].map(raw),
];

/** Signs in place of a value that make a text no JSON. */
export const noJson = [
  '',
  'undefined',
  'NaN',
  'Infinity',
  '01',
  '1.',
  '.5',
  '+1',
  '0x1',
  'tru',
  'True',
  "'a'",
  '[1,]',
  '{a:1}',
  '/**/1',
];

/** Values of every type that can be kept, `depth` objects within each other at most. */
export function oddValue(random: Random, depth = 4): Json {
  const kind = random.below(depth > 0 ? 8 : 6);
  if (kind < 2) return random.of(oddTexts);
  if (kind < 4) return random.of(oddNumbers);
  if (kind < 6) return random.of([true, false, null]);
  const values = Array.from({ length: random.below(4) }, () => oddValue(random, depth - 1));
  return kind === 6 ? values : Object.fromEntries(values.map((value) => [random.of(oddNames), value]));
}

/** Names and values that stay what they are, even `__proto__`. */
export function oddObject(random: Random, max = 3): Record<string, Json> {
  const names = random.some(oddNames, max);
  return Object.fromEntries(names.map((name) => [name, oddValue(random)]));
}

/** What names nobody. */
export const nonIds = [
  'null',
  'undefined',
  'NaN',
  ' anonymous ',
  'NONE',
  '0',
  '-1',
  '[object Object]',
  '{}',
  ' ',
  '\t',
];

/** Names that are unusual and yet names; each gets an ending of its own. */
export const oddIds = [
  '__proto__',
  'constructor',
  "'; DROP TABLE identity; --",
  '../../etc/passwd',
  'usr_1',
  '%00%0a',
  '🙂',
  'مرحبا',
  '\u202etxt',
  'a:b;c,d e',
  '<b>',
  'A'.repeat(480),
  'é'.repeat(400),
];

/** What is no moment. */
export const noMoments: readonly unknown[] = [
  'yesterday',
  '2024-02-30',
  '2023-02-29T00:00:00Z',
  '2024-13-01',
  '2024-01-01T25:00:00Z',
  '2024-01-01T10:00:00',
  '2024-01-01T10:00:00+24:00',
  '10000-01-01T00:00:00Z',
  '0000-12-31',
  '1'.repeat(16),
  ' 2024-01-01',
  1e15,
  -1e15,
  1e300,
  raw('12345678901234567890'),
  true,
  [],
  {},
  [1_700_000_000_000],
];

/** Moments, some of them far away, in every form. */
export function oddMoment(random: Random): string | number {
  return random.of([
    '2024-05-01T10:00:00Z',
    '2024-05-01t10:00:00.123456789z',
    '2024-02-29',
    '2024-05-01T10:00:00.5+14:00',
    '1969-12-31T23:59:59.999-00:00',
    '0001-01-01',
    '9999-12-31T23:59:59.999Z',
    '1700000000000',
    '-1',
    1_700_000_000_000 + random.below(1_000_000_000),
    1_700_000_000_000.75,
    0,
    -62_135_596_800_000,
    253_402_300_799_999,
  ]);
}
