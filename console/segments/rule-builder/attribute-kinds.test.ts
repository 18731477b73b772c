import { expect, test } from 'vitest';
import type { AttributeItem } from '../../../src/vocabulary/attributes.ts';
import { comparisonFor, kindsFor } from './attribute-kinds.ts';
import { newComparison, valueKinds } from './comparison-draft.ts';

const noKinds = { text: 0, number: 0, boolean: 0, list: 0, other: 0 };
const attribute = (kind: AttributeItem['kind'], kinds: Partial<AttributeItem['kinds']>): AttributeItem => ({
  name: 'a',
  kind,
  description: null,
  users: 9,
  kinds: { ...noKinds, ...kinds },
});

test('the defined kind is offered first, then those in use, and none is missing', () => {
  expect(kindsFor(attribute('date', { text: 3, number: 5 })).slice(0, 3)).toEqual(['date', 'number', 'text']);
  expect(kindsFor(attribute(null, { list: 1 }))[0]).toBe('list');
  expect([...kindsFor(attribute('list', { boolean: 1 }))].sort()).toEqual([...valueKinds].sort());
  expect(kindsFor(undefined)).toEqual(valueKinds);
});

test('a name brings an operator of its kind, unless something has been said already', () => {
  expect(comparisonFor(newComparison('equals'), attribute('number', {})).is).toBe('equalTo');
  expect(comparisonFor(newComparison('atLeast'), attribute('number', {})).is).toBe('atLeast');
  const said = { ...newComparison('contains'), texts: ['x'] };
  expect(comparisonFor(said, attribute('number', {}))).toBe(said);
  expect(comparisonFor(newComparison('equals'), undefined).is).toBe('equals');
});
