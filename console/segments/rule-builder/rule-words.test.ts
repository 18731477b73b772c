import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Condition } from '../../../src/segments/rule.ts';
import { conditionArbitrary } from '../../../test/random-rules.ts';
import { words } from '../../texts/en/rule-words.ts';

const names = { segment: (id: string) => `Segment ${id}`, import: (id: string) => id };
const sentence = (condition: Condition) => words.condition(condition, names);

test('every condition is a sentence in which nothing is left open', () => {
  fc.assert(
    fc.property(conditionArbitrary(new Date('2026-11-22T18:04:05Z')), (condition) => {
      expect(sentence(condition)).toMatch(/^[A-Z]/);
      expect(sentence(condition)).not.toMatch(/undefined|NaN|\[object|\bnull\b(?!”)/);
    }),
    { numRuns: 500 },
  );
});

test('sentences say what a rule means, as one would say it', () => {
  const where = [{ property: 'revenue', is: 'atLeast', value: 50 }] as const;
  expect(sentence({ action: 'Purchase', did: true, atLeast: 2, within: { days: 30 }, where: [...where] })).toBe(
    'Did “Purchase” at least 2 times in the last 30 days, where revenue is at least 50',
  );
  expect(sentence({ action: '*', did: false, within: { to: '2024-05-01' } })).toMatch(
    /^Did not do anything before .*2024$/,
  );
  expect(sentence({ lastAction: ['A', 'B', 'C'], lessThanDaysAgo: 1, orNever: true })).toBe(
    'Last did “A”, “B” or “C” less than 1 day ago, or never did',
  );
  expect(sentence({ attribute: 'country', is: 'doesNotEqual', value: ['DE', 'FR'] })).toBe(
    'Attribute “country” is none of “DE” or “FR”',
  );
  expect(sentence({ orders: 'value', is: 'between', value: [10, 99.95] })).toBe(
    'Value of orders is between 10 and 99.95',
  );
  expect(sentence({ identity: 'email', present: false })).toBe('Has no identity of type “email”');
  expect(sentence({ segment: 'a1B2c', member: false })).toBe('Does not belong to the segment “Segment a1B2c”');
  const many = Array.from({ length: 1_000 }, (_, index) => `v${index}`);
  expect(sentence({ attribute: 'x', is: 'includesAny', value: many })).toMatch(/“v9” or 990 more$/);
});
