import { LetheError } from '../errors.ts';

/** A (type, value) pair that names at most one profile in a dataset. */
export interface Identity {
  type: string;
  value: string;
}

/** Types that every dataset has, in the order in which a look-up by value alone tries them; others follow by name. */
export const identityTypes = ['userId', 'customerId', 'email', 'anonymousId'] as const;

/** The one type that does not make a profile a named one. */
export const anonymousType = 'anonymousId';

/** Names of identity types, a dataset's own ones included. */
export const identityTypePattern = /^[A-Za-z][A-Za-z0-9_-]{0,39}$/;

/** Longest value of an identity, in characters. */
export const identityLengthMax = 512;

/**
 * Values that programs send when they know nobody. Taken as an identity, one of them would merge everybody who is sent with it
 * into one profile. Compared without regard to case, after trimming.
 */
const nonIds = new Set([
  '',
  '0',
  '-',
  '-1',
  '""',
  "''",
  '{}',
  '[]',
  'null',
  '(null)',
  '<null>',
  'undefined',
  'none',
  'nil',
  'nan',
  'n/a',
  'na',
  'true',
  'false',
  'anonymous',
  'anon',
  'unknown',
  'guest',
  'default',
  'not set',
  '(not set)',
  'notset',
  'not_set',
  'empty',
  'void',
  'id',
  'userid',
  'user_id',
  'user id',
  'anonymousid',
  'anonymous_id',
  '[object object]',
  '00000000-0000-0000-0000-000000000000',
]);

/** Whether a value is a known non-id, such as `null` or `anonymous`. */
export function isNonId(value: string): boolean {
  return nonIds.has(value.trim().toLowerCase());
}

/**
 * Makes an identity of what a message names: trimmed, e-mail addresses in lower case, otherwise as written.
 *
 * Throws `identity.type` for a type that is no name, `identity.refused` for a known non-id, `identity.length` and
 * `identity.text` for a value that cannot be one. None of the errors quotes the value.
 */
export function readIdentity(type: string, value: string): Identity {
  if (!identityTypePattern.test(type)) {
    throw new LetheError('unacceptable', 'identity.type', `An identity type matches ${identityTypePattern.source}.`);
  }
  const text = type === 'email' ? value.trim().toLowerCase() : value.trim();
  if (isNonId(text)) {
    throw new LetheError(
      'unacceptable',
      'identity.refused',
      `The ${type} is empty or a word such as "null" or "anonymous" that names nobody; send a real one or leave it out.`,
    );
  }
  if (text.length > identityLengthMax) {
    throw new LetheError(
      'unacceptable',
      'identity.length',
      `The ${type} has ${text.length} characters; an identity has at most ${identityLengthMax}.`,
    );
  }
  if (text.includes('\0') || !text.isWellFormed()) {
    throw new LetheError('unacceptable', 'identity.text', `The ${type} holds a character that no text may hold.`);
  }
  return { type, value: text };
}

/**
 * The identity that an attribute `email` makes where its source is trusted. Undefined for what is no address: as an attribute
 * it is whatever somebody typed.
 */
export function emailIdentity(attribute: unknown): Identity | undefined {
  if (typeof attribute !== 'string' || !/^\s*[^\s@]+@[^\s@]+\s*$/.test(attribute)) return undefined;
  return attribute.length > identityLengthMax ? undefined : readIdentity('email', attribute);
}
