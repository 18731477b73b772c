import { expect, test } from 'vitest';
import { importsUsedBy, looksAtClock, type Rule, ruleDigest, segmentsUsedBy } from './rule.ts';

test('A rule says which segments and imports it asks for, each once.', () => {
  const rule: Rule = {
    any: [
      { segment: 'aaaaa', member: true },
      {
        not: {
          all: [
            { segment: 'bbbbb', member: false },
            { import: 'imp_1', created: true },
          ],
        },
      },
      { segment: 'aaaaa', member: false },
    ],
  };
  expect(segmentsUsedBy(rule)).toEqual(['aaaaa', 'bbbbb']);
  expect(importsUsedBy(rule)).toEqual(['imp_1']);
  expect(segmentsUsedBy({ everyone: true })).toEqual([]);
});

const byTheClock: Rule[] = [
  { attribute: 'trial ends', is: 'today' },
  { attribute: 'trial ends', is: 'inTheLast', days: 3 },
  { orders: 'lastAt', is: 'moreThanDaysAgo', days: 3 },
  { action: 'Purchase', did: true, within: { days: 30 } },
  { orders: 'count', is: 'atLeast', value: 1, within: { days: 30 } },
  { lastAction: '*', lessThanDaysAgo: 30 },
  { action: 'Book', did: true, where: [{ property: 'departure', is: 'today' }] },
  { all: [{ everyone: true }, { not: { any: [{ profile: 'createdAt', is: 'inTheLast', days: 1 }] } }] },
];
test.each(byTheClock.map((rule) => [JSON.stringify(rule), rule] as const))(
  'time alone changes who matches %s',
  (_, rule) => {
    expect(looksAtClock(rule)).toBe(true);
  },
);

const withoutClock: Rule[] = [
  { everyone: true },
  { attribute: 'born', is: 'onOrAfter', value: '2000-01-01' },
  { action: 'Purchase', did: true, within: { from: '2024-01-01', to: '2025-01-01' } },
  { orders: 'count', is: 'atLeast', value: 1 },
  { action: 'Book', did: true, where: [{ property: 'days', is: 'equalTo', value: 3 }] },
];
test.each(withoutClock.map((rule) => [JSON.stringify(rule), rule] as const))(
  'time alone changes nothing for %s',
  (_, rule) => {
    expect(looksAtClock(rule)).toBe(false);
  },
);

test('The digest names the content of a rule, whatever the order of its keys.', () => {
  const digest = ruleDigest({ attribute: 'a', is: 'equals', value: 'ü' });
  expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(ruleDigest({ value: 'ü', is: 'equals', attribute: 'a' })).toBe(digest);
  expect(ruleDigest({ attribute: 'a', is: 'equals', value: 'u' })).not.toBe(digest);
  const [first, second]: Rule[] = [{ anonymous: true }, { everyone: true }];
  expect(ruleDigest({ all: [first as Rule, second as Rule] })).not.toBe(
    ruleDigest({ all: [second as Rule, first as Rule] }),
  );
});

test('The digest is that of the canonical JSON, so that anyone can compute it; a list has that of null.', () => {
  // printf '%s' '{"attribute":"n","is":"atLeast","value":1}' | sha256sum
  expect(ruleDigest({ is: 'atLeast', value: 1, attribute: 'n' })).toBe(
    'sha256:f7aa147ad602e1d218dd0800f45fe03f3ee3c34ef57f06dc5a1b22353ac7bdc9',
  );
  // printf '%s' null | sha256sum
  expect(ruleDigest(null)).toBe('sha256:74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b');
});
