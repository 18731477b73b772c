import { expect, test } from 'vitest';
import { nameOf, recognizable } from './user-name.ts';

test('a user without a name is called by the id', () => {
  expect(nameOf({ id: 'usr_1', displayName: null })).toBe('usr_1');
  expect(nameOf({ id: 'usr_1', displayName: 'Ada Lovelace' })).toBe('Ada Lovelace');
});

test('what a browser made up comes after every identity that somebody would recognize, else as they came', () => {
  const types = ['anonymousId', 'email', 'anonymousId', 'userId'].map((type, n) => ({ type, value: String(n) }));
  expect(recognizable(types).map(({ value }) => value)).toEqual(['1', '3', '0', '2']);
});
