import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readNumber } from './confirmed-number.ts';

test('a number of users is read however people group it', () => {
  for (const typed of ['18196', ' 18196 ', '18,196', '18.196', '18 196', '18’196', "18'196", '18 196', '018196']) {
    expect(readNumber(typed), typed).toBe(18_196);
  }
});

test('every digit counts', () => {
  expect(readNumber('1234567890')).toBe(1_234_567_890);
  expect(readNumber('200')).toBe(200);
});

test('what is no whole number is none', () => {
  for (const typed of ['', ' ', 'all', '18196 users', '-1', '1e5', '0x10', '1;2'])
    expect(readNumber(typed), typed).toBeUndefined();
});

test('every number is read back as it is shown, whoever reads it', () => {
  const locales = ['en', 'de', 'fr', 'de-CH', 'hi', 'pl', 'es'];
  fc.assert(
    fc.property(fc.nat(), fc.constantFrom(...locales), (number, locale) => {
      expect(readNumber(new Intl.NumberFormat(locale, { numberingSystem: 'latn' }).format(number))).toBe(number);
    }),
  );
});
