import { describe, expect, test } from 'vitest';
import { LetheError } from '../errors.ts';
import { emailIdentity, readIdentity } from './identity.ts';

const codeOf = (type: string, value: string) => {
  try {
    return readIdentity(type, value);
  } catch (error) {
    return error instanceof LetheError ? error.code : error;
  }
};

describe('an identity', () => {
  test('is taken as it is written, leading zeros and case included, without spaces around it', () => {
    expect(readIdentity('userId', ' 00042 ')).toEqual({ type: 'userId', value: '00042' });
    expect(readIdentity('customerId', 'AbC')).toEqual({ type: 'customerId', value: 'AbC' });
  });

  test('that is an e-mail address is in lower case', () => {
    expect(readIdentity('email', ' Anna@Example.COM')).toEqual({ type: 'email', value: 'anna@example.com' });
  });

  test.each([
    '',
    '  ',
    'null',
    'NULL',
    ' Undefined ',
    '0',
    'anonymous',
    'none',
    'nil',
    'NaN',
    '[object Object]',
    'unknown',
    'guest',
  ])('"%s" names nobody and is refused', (value) => expect(codeOf('userId', value)).toBe('identity.refused'));

  test('is refused when it is too long, or holds what no text may hold', () => {
    expect(codeOf('userId', 'x'.repeat(512))).toMatchObject({ type: 'userId' });
    expect(codeOf('userId', 'x'.repeat(513))).toBe('identity.length');
    expect(codeOf('userId', 'a\0b')).toBe('identity.text');
    expect(codeOf('userId', 'a\ud800b')).toBe('identity.text');
  });

  test('of a type that is no name is refused', () => {
    expect(codeOf('loyaltyCard', '17')).toMatchObject({ type: 'loyaltyCard' });
    for (const type of ['', 'a b', '1st', 'x'.repeat(41), 'é']) expect(codeOf(type, '17')).toBe('identity.type');
  });

  test('is never quoted by the error that refuses it', () => {
    for (const value of ['anna@example.com\0', `${'s3cret'.repeat(100)}`]) {
      expect(() => readIdentity('email', value)).toThrow(expect.not.stringMatching(/anna|s3cret/));
    }
  });
});

test('an attribute that is no address makes no identity', () => {
  expect(emailIdentity(' A@b.example ')).toEqual({ type: 'email', value: 'a@b.example' });
  for (const value of ['none', 'a b@c', '', 'a@', 7, null, undefined, `${'x'.repeat(512)}@b`]) {
    expect(emailIdentity(value)).toBeUndefined();
  }
});
