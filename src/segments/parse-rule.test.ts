import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ruleArbitrary } from '../../test/random-rules.ts';
import { LetheError } from '../errors.ts';
import { parseRule } from './parse-rule.ts';
import { type Rule, ruleConditionsMax, ruleLevelsMax } from './rule.ts';

function refusalOf(input: unknown): LetheError {
  try {
    parseRule(input);
  } catch (error) {
    if (error instanceof LetheError) return error;
    throw error;
  }
  throw new Error(`accepted: ${JSON.stringify(input)}`);
}

const everyLine: unknown[] = [
  { everyone: true },
  { attribute: 'country', is: 'equals', value: 'DE' },
  { attribute: 'country', is: 'equals', value: ['DE', ''] },
  { attribute: 'country', is: 'doesNotEqual', value: ['DE'] },
  { attribute: 'country', is: 'contains', value: 'E' },
  { attribute: 'country', is: 'doesNotContain', value: 'E' },
  { attribute: 'n', is: 'equalTo', value: 1.5 },
  { attribute: 'n', is: 'atLeast', value: -1 },
  { attribute: 'n', is: 'atMost', value: 0 },
  { attribute: 'n', is: 'between', value: [1, 1] },
  { attribute: 'b', is: 'true' },
  { attribute: 'b', is: 'false' },
  { attribute: 'd', is: 'today' },
  { attribute: 'd', is: 'inTheLast', days: 30 },
  { attribute: 'd', is: 'moreThanDaysAgo', days: 0 },
  { attribute: 'd', is: 'onOrAfter', value: '2024-02-29' },
  { attribute: 'd', is: 'onOrBefore', value: '2024-02-29T10:00:00.123+02:00' },
  { attribute: 'd', is: 'between', value: ['2024-01-01', '2024-01-01'] },
  { attribute: 'd', is: 'between', value: ['2024-01-01T12:00:00Z', '2024-01-01'] },
  { attribute: 'l', is: 'includesAny', value: ['a'] },
  { attribute: 'l', is: 'includesAll', value: ['a', 'b'] },
  { attribute: 'l', is: 'includesNone', value: ['a'] },
  { attribute: '__proto__', is: 'anyValue' },
  { attribute: 'constructor', is: 'noValue' },
  { action: 'Purchase', did: true },
  { action: ['Purchase', 'Refund'], did: false, atLeast: 2, within: { days: 30 } },
  { action: '*', did: true, within: { from: '1998-01-01T00:00:00Z' } },
  { action: '*', did: true, within: { to: '1998-01-01' } },
  {
    action: '*',
    did: true,
    within: { from: '1998-01-01', to: '1998-01-02' },
    where: [{ property: 'a.b', is: 'atLeast', value: 50 }],
  },
  { lastAction: 'Purchase', moreThanDaysAgo: 90 },
  { lastAction: ['Purchase'], lessThanDaysAgo: 90, orNever: true, where: [{ property: 'a', is: 'true' }] },
  { orders: 'count', is: 'equalTo', value: 1, within: { days: 365 } },
  { orders: 'value', is: 'between', value: [0.1, 50] },
  { orders: 'firstAt', is: 'noValue' },
  { orders: 'lastAt', is: 'today' },
  { visits: 'count', is: 'atLeast', value: 3 },
  { visits: 'firstActivity', is: 'onOrAfter', value: '2024-01-01' },
  { visits: 'lastActivity', is: 'moreThanDaysAgo', days: 730 },
  { profile: 'createdAt', is: 'inTheLast', days: 1 },
  { import: 'imp_7Hq2', created: true },
  { import: 'imp_7Hq2', created: false },
  { anonymous: true },
  { identity: 'email', present: false },
  { identity: 'email', is: 'contains', value: '@example.com' },
  { segment: 'a1B2c', member: true },
  { sample: { from: 0, to: 12.5 } },
  { all: [{ any: [{ not: { everyone: true } }] }, { everyone: true }] },
];

test.each(everyLine.map((line) => [JSON.stringify(line), line]))('accepted as it is: %s', (_, line) => {
  const before = structuredClone(line);
  expect(parseRule(line)).toBe(line);
  expect(line).toEqual(before);
});

test('Every random rule is accepted.', () => {
  fc.assert(fc.property(ruleArbitrary(new Date()), (rule) => parseRule(rule) === rule));
});

/** What is sent; the field that is wrong; its code; a part of what would be right. */
const refused: [sent: unknown, field: string, code: string, right: string][] = [
  [{ all: [] }, 'rule.all', 'rule.empty', 'at least one entry'],
  [{ any: [] }, 'rule.any', 'rule.empty', 'at least one entry'],
  [{}, 'rule', 'rule.empty', '{"everyone": true}'],
  [null, 'rule', 'rule.empty', '{"everyone": true}'],
  [{ not: {} }, 'rule.not', 'rule.empty', '{"everyone": true}'],
  [[], 'rule', 'rule.wrong_value', 'a group or a condition'],
  ['everyone', 'rule', 'rule.wrong_value', 'a group or a condition'],
  [{ all: { everyone: true } }, 'rule.all', 'rule.wrong_value', 'a list of groups and conditions'],
  [{ all: [{ everyone: true }], name: 'x' }, 'rule.name', 'rule.unknown_field', 'Known are all'],
  [{ all: [{ everyone: true }], any: [{ everyone: true }] }, 'rule', 'rule.several_conditions', '{"all": […]}'],
  [{ anonymous: true, attribute: 'a', is: 'anyValue' }, 'rule', 'rule.several_conditions', 'attribute and anonymous'],
  [{ weather: 'rain' }, 'rule', 'rule.unknown_condition', 'all, any, not, everyone, attribute, action, lastAction'],
  [JSON.parse('{"__proto__": {"everyone": true}}'), 'rule', 'rule.unknown_condition', 'Known are'],
  [{ everyone: false }, 'rule.everyone', 'rule.wrong_value', 'true'],
  [
    { all: [{ attribute: 'a', is: 'resembles', value: 'x' }] },
    'rule.all.0.is',
    'rule.unknown_operator',
    'text: equals, doesNotEqual, contains, doesNotContain; number: equalTo',
  ],
  [{ attribute: 'a', is: true }, 'rule.is', 'rule.unknown_operator', '"is": "true"'],
  [{ attribute: 'a' }, 'rule.is', 'rule.missing_field', 'text: equals'],
  [{ attribute: 'a', is: 'toString' }, 'rule.is', 'rule.unknown_operator', 'text: equals'],
  [{ attribute: '', is: 'anyValue' }, 'rule.attribute', 'rule.wrong_value', 'a name'],
  [{ attribute: 7, is: 'anyValue' }, 'rule.attribute', 'rule.wrong_value', 'text'],
  [{ attribute: 'a\u0000', is: 'anyValue' }, 'rule.attribute', 'rule.wrong_value', 'without U+0000'],
  [{ attribute: 'a', is: 'equals', value: '\ud800' }, 'rule.value', 'rule.wrong_value', 'text'],
  [{ attribute: 'a', is: 'equals' }, 'rule.value', 'rule.missing_field', 'text, or a list'],
  [{ attribute: 'a', is: 'equals', value: 5 }, 'rule.value', 'rule.wrong_value', 'text, or a list'],
  [{ attribute: 'a', is: 'equals', value: [] }, 'rule.value', 'rule.wrong_value', 'at least one text'],
  [{ attribute: 'a', is: 'contains', value: '' }, 'rule.value', 'rule.wrong_value', 'at least one character'],
  [{ attribute: 'a', is: 'atLeast', value: '5' }, 'rule.value', 'rule.wrong_value', 'a number'],
  [{ attribute: 'a', is: 'between', value: [5, 1] }, 'rule.value', 'rule.wrong_value', 'the lower one first'],
  [{ attribute: 'a', is: 'between', value: [1, '2024-01-01'] }, 'rule.value', 'rule.wrong_value', 'two numbers'],
  [
    { attribute: 'a', is: 'between', value: ['2024-02-01', '2024-01-01'] },
    'rule.value',
    'rule.wrong_value',
    'the lower one first',
  ],
  [{ attribute: 'a', is: 'between', value: [1, 2, 3] }, 'rule.value', 'rule.wrong_value', 'two numbers'],
  [{ attribute: 'a', is: 'true', value: true }, 'rule.value', 'rule.unknown_field', 'attribute, is'],
  [{ attribute: 'a', is: 'today', days: 1 }, 'rule.days', 'rule.unknown_field', 'attribute, is'],
  [{ attribute: 'a', is: 'inTheLast', days: -1 }, 'rule.days', 'rule.wrong_value', 'days from 0 up'],
  [{ attribute: 'a', is: 'inTheLast', days: 1.5 }, 'rule.days', 'rule.wrong_value', 'whole days'],
  [{ attribute: 'a', is: 'inTheLast', days: 1e9 }, 'rule.days', 'rule.wrong_value', 'at most 100000 days'],
  [{ attribute: 'a', is: 'inTheLast', value: 5 }, 'rule.days', 'rule.missing_field', 'whole days'],
  [{ attribute: 'a', is: 'onOrAfter', value: '2023-02-29' }, 'rule.value', 'rule.wrong_value', 'a day (2024-05-01)'],
  [
    { attribute: 'a', is: 'onOrAfter', value: '2024-05-01T10:00:00' },
    'rule.value',
    'rule.wrong_value',
    'a moment (2024-05-01T12:00:00Z)',
  ],
  [{ attribute: 'a', is: 'includesAny', value: 'x' }, 'rule.value', 'rule.wrong_value', 'a list of texts'],
  [{ attribute: 'a', is: 'includesAny', value: [] }, 'rule.value', 'rule.wrong_value', 'at least one text'],
  [{ attribute: 'a', is: 'includesAny', value: ['x', 1] }, 'rule.value.1', 'rule.wrong_value', 'text'],
  [{ action: 'Purchase' }, 'rule.did', 'rule.missing_field', 'true or false'],
  [{ action: [], did: true }, 'rule.action', 'rule.wrong_value', 'the name of an action'],
  [{ action: ['*'], did: true }, 'rule.action.0', 'rule.wrong_value', '"*" stands by itself'],
  [{ action: 'Purchase', did: true, atLeast: 0 }, 'rule.atLeast', 'rule.wrong_value', '"did": false'],
  [{ action: 'Purchase', did: true, within: {} }, 'rule.within', 'rule.wrong_value', '"days", "from" or "to"'],
  [{ action: 'Purchase', did: true, within: 30 }, 'rule.within', 'rule.wrong_value', '{"days": n}'],
  [{ action: 'Purchase', did: true, within: { days: -3 } }, 'rule.within.days', 'rule.wrong_value', 'days from 0 up'],
  [
    { action: 'Purchase', did: true, within: { days: 3, from: '2024-01-01' } },
    'rule.within.from',
    'rule.unknown_field',
    'days, from, to',
  ],
  [
    { action: 'Purchase', did: true, within: { from: '2024-01-02', to: '2024-01-01' } },
    'rule.within',
    'rule.wrong_value',
    '"from" before "to"',
  ],
  [
    { action: 'Purchase', did: true, within: { from: 'May' } },
    'rule.within.from',
    'rule.wrong_value',
    'a day (2024-05-01)',
  ],
  [{ action: 'Purchase', did: true, where: [] }, 'rule.where', 'rule.wrong_value', 'at least one line'],
  [
    { action: 'Purchase', did: true, where: [{ attribute: 'x', is: 'anyValue' }] },
    'rule.where.0.property',
    'rule.missing_field',
    'text',
  ],
  [
    { action: 'Purchase', did: true, where: [{ property: 'x', is: 'like' }] },
    'rule.where.0.is',
    'rule.unknown_operator',
    'text: equals',
  ],
  [{ action: 'Purchase', did: true, where: ['x'] }, 'rule.where.0', 'rule.wrong_value', '{"property": …, "is": …}'],
  [{ lastAction: 'Purchase' }, 'rule', 'rule.wrong_value', 'either "moreThanDaysAgo" or "lessThanDaysAgo"'],
  [{ lastAction: 'Purchase', moreThanDaysAgo: 1, lessThanDaysAgo: 2 }, 'rule', 'rule.wrong_value', 'either'],
  [{ orders: 'total', is: 'atLeast', value: 1 }, 'rule.orders', 'rule.wrong_value', 'count, value, firstAt, lastAt'],
  [
    { orders: 'count', is: 'equals', value: '1' },
    'rule.is',
    'rule.unknown_operator',
    'number: equalTo, atLeast, atMost, between',
  ],
  [{ orders: 'firstAt', is: 'today', within: { days: 1 } }, 'rule.within', 'rule.unknown_field', 'orders, is'],
  [
    { visits: 'count', is: 'atLeast', value: 1, within: { days: 1 } },
    'rule.within',
    'rule.unknown_field',
    'visits, is, value',
  ],
  [{ visits: 'lastActivity', is: 'between', value: [1, 2] }, 'rule.value', 'rule.wrong_value', '[from, to]'],
  [{ profile: 'name', is: 'today' }, 'rule.profile', 'rule.wrong_value', 'createdAt'],
  [{ import: 'imp_1' }, 'rule.created', 'rule.missing_field', 'true or false'],
  [{ anonymous: 'yes' }, 'rule.anonymous', 'rule.wrong_value', 'true or false'],
  [{ identity: 'email' }, 'rule.present', 'rule.missing_field', 'true or false'],
  [
    { identity: 'email', present: true, is: 'equals', value: 'x' },
    'rule.is',
    'rule.unknown_field',
    'identity, present',
  ],
  [{ identity: 'email', is: 'atLeast', value: 1 }, 'rule.is', 'rule.unknown_operator', 'text: equals'],
  [{ segment: 'a1B2c' }, 'rule.member', 'rule.missing_field', 'true or false'],
  [{ sample: { from: 50, to: 10 } }, 'rule.sample', 'rule.wrong_value', '"from" below "to"'],
  [{ sample: { from: 0, to: 101 } }, 'rule.sample.to', 'rule.wrong_value', 'percent from 0 to 100'],
  [{ sample: { from: -1, to: 10 } }, 'rule.sample.from', 'rule.wrong_value', 'percent from 0 to 100'],
];

test.each(refused.map((entry) => [JSON.stringify(entry[0]), ...entry] as const))(
  'refused, with what would be right: %s',
  (_, sent, field, code, right) => {
    const { kind, code: ofAll, extras } = refusalOf(sent);
    expect(kind).toBe('unacceptable');
    expect(ofAll).toBe(code === 'rule.empty' ? 'rule.empty' : 'rule.invalid');
    const error = extras.errors?.find((one) => one.field === field);
    expect(extras.errors).toContainEqual(expect.objectContaining({ field, code }));
    expect(error?.detail).toContain(right);
  },
);

describe('Limits', () => {
  const nested = (levels: number): unknown => (levels === 0 ? { everyone: true } : { not: nested(levels - 1) });

  test(`Groups nest ${ruleLevelsMax} levels deep and no deeper.`, () => {
    expect(() => parseRule(nested(ruleLevelsMax))).not.toThrow();
    expect(refusalOf(nested(ruleLevelsMax + 1)).code).toBe('rule.too_deep');
  });

  test(`There are ${ruleConditionsMax} conditions at most, wherever they stand.`, () => {
    const many = (count: number) => ({ any: [{ all: Array(count - 1).fill({ everyone: true }) }, { everyone: true }] });
    expect(() => parseRule(many(ruleConditionsMax))).not.toThrow();
    expect(refusalOf(many(ruleConditionsMax + 1)).code).toBe('rule.too_large');
  });

  test('Ten thousand levels are refused, of groups, of lists and of objects.', () => {
    const deep = (open: string, close: string) => JSON.parse(`${open.repeat(10_000)}1${close.repeat(10_000)}`);
    expect(refusalOf(deep('{"not":', '}')).code).toBe('rule.too_deep');
    expect(refusalOf(deep('{"all":[', ']}')).code).toBe('rule.too_deep');
    expect(refusalOf({ attribute: 'a', is: 'equals', value: deep('[', ']') }).code).toBe('rule.invalid');
    expect(refusalOf({ sample: deep('{"from":', '}') }).code).toBe('rule.invalid');
    expect(refusalOf({ action: 'a', did: true, where: [deep('{"x":', '}')] }).code).toBe('rule.invalid');
  });

  test('Of very many mistakes the first 50 are told.', () => {
    expect(refusalOf({ all: Array(1_000).fill(7) }).extras.errors).toHaveLength(50);
  });
});

test('How the fields of an object fit together is told without calling it "not an object".', () => {
  const { extras } = refusalOf({ action: 'Purchase', did: true, within: { from: '2024-02-01', to: '2024-01-01' } });
  expect(extras.errors?.map((error) => error.detail)).toEqual(['Expected "from" before "to".']);
});

test('Several mistakes are told at once.', () => {
  const { extras } = refusalOf({ all: [{ attribute: 'a', is: 'equals' }, { anonymous: 1, more: 2 }, { any: [] }] });
  expect(extras.errors?.map((error) => error.field)).toEqual([
    'rule.all.0.value',
    'rule.all.1.anonymous',
    'rule.all.1.more',
    'rule.all.2.any',
  ]);
});

test('Neither long texts nor the values of identities are quoted.', () => {
  const secret = 'ann@example.com';
  const long = 'x'.repeat(10_000);
  const sent = [
    { identity: 'email', is: 'equals', value: { [secret]: 1 } },
    { identity: 'email', is: 'contains', value: [secret] },
    { attribute: 'email', is: 'onOrAfter', value: secret },
    { attribute: 'a', is: long },
    { [long]: 1 },
    { anonymous: long },
    { everyone: true, [long]: true },
  ];
  for (const rule of sent) {
    const { message, extras } = refusalOf(rule as unknown as Rule);
    const told = message + JSON.stringify(extras);
    expect(told).not.toContain(secret);
    expect(told.length).toBeLessThan(2_500);
  }
});

test('Whatever is sent, it is accepted or refused, and nothing else happens.', () => {
  const words = [
    'all',
    'any',
    'not',
    'attribute',
    'is',
    'value',
    'where',
    'action',
    'did',
    'within',
    'sample',
    'identity',
    'orders',
  ];
  const { json } = fc.letrec((tie) => ({
    json: fc.oneof(
      { maxDepth: 6 },
      fc.constantFrom('equals', 'between', 'true', 'count', null, 1, true, ''),
      fc.array(tie('json'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...words), tie('json'), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(json, (sent) => {
      try {
        parseRule(sent);
      } catch (error) {
        expect(error).toBeInstanceOf(LetheError);
      }
    }),
    { numRuns: 500 },
  );
});
