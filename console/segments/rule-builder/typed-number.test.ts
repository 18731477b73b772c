import fc from 'fast-check';
import { expect, test } from 'vitest';
import { typedNumber, typedWhole } from './typed-number.ts';

test('a number of JSON that is written out is that number', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(typedNumber(String(value)) === value).toBe(true);
    }),
  );
});

test('a decimal is taken as people write it, and what is none is said to be none', () => {
  expect(['49.99', ' 7 ', '-.5', '5.', '+3', '1e3', '0.10'].map(typedNumber)).toEqual([
    49.99, 7, -0.5, 5, 3, 1000, 0.1,
  ]);
  expect(['', ' '].map(typedNumber)).toEqual(['number', 'number']);
  expect(['49,99', '1 000', '0x10', 'Infinity', '1e999', '12 €', '.', '-'].map(typedNumber)).toEqual(
    Array(8).fill('wrongNumber'),
  );
});

test('a number that JSON would make another of is refused rather than changed', () => {
  expect(typedNumber('9007199254740993')).toBe('tooPrecise');
  expect(typedNumber('0.12345678901234567891')).toBe('tooPrecise');
  expect(typedNumber('9007199254740991')).toBe(9_007_199_254_740_991);
  expect(typedNumber('100000000000000000000')).toBe(1e20);
});

test('days and times are whole', () => {
  expect(['30', ' 0 ', ''].map(typedWhole)).toEqual([30, 0, 'number']);
  expect(['-1', '1.5', '3 days', '1e3'].map(typedWhole)).toEqual(Array(4).fill('wrongNumber'));
});
