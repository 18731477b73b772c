import { LetheError } from '../errors.ts';
import { type Identity, readIdentity } from '../identities/identity.ts';
import type { Json } from '../json.ts';
import { unkeepable } from './json-limits.ts';
import type { Message } from './message.ts';
import { momentForms, readMoment } from './moment.ts';

/** The fields of a message as it was sent. What reads them throws the refusal of the field; `path` is what the sender calls it. */
export type Fields = Record<string, unknown>;

export const actionLengthMax = 512;
export const messageIdLengthMax = 1_000;

/** The refusal of one field of a message. */
export function refusedField(field: string, detail: string, code = `message.${field}`): LetheError {
  return new LetheError('unacceptable', code, detail, { errors: [{ field, code, detail }] });
}

/** The fields of what can be a message at all: an object, keepable, not too large. `bytes` is its size, where it is known. */
export function readFields(body: unknown, limits: { bytes?: number; bytesMax: number }): Fields {
  if (!isObject(body)) throw refusedField('', 'A message is a JSON object.', 'message.not_an_object');
  const problem = unkeepable(body);
  if (problem) throw refusedField('', unkeepableDetails[problem], `message.${problem}`);
  // Written out only now: what is nested too deeply would exhaust the stack.
  const { bytes = Buffer.byteLength(JSON.stringify(body)), bytesMax } = limits;
  if (bytes > bytesMax)
    throw refusedField('', `The message has ${bytes} bytes; the most is ${bytesMax}.`, 'message.too_large');
  return body;
}

const unkeepableDetails = {
  text: 'A text of the message has a NUL character or half of a character in it.',
  number: 'A number of the message is larger than a number can be.',
  depth: 'Objects of the message are nested too deeply.',
};

/** An identity of a type; undefined where the field says nothing. */
export function identityIn(fields: Fields, field: string, type: string, path = field): Identity | undefined {
  const value = idIn(fields, field, path);
  if (value === undefined) return undefined;
  try {
    return readIdentity(type, value);
  } catch (error) {
    // Says of a refused identity also which field it came in.
    throw error instanceof LetheError ? refusedField(path, error.message, error.code) : error;
  }
}

/** The text of an id. Some senders write their numeric keys without quotes. */
export function idIn(fields: Fields, field: string, path = field): string | undefined {
  const value = given(fields[field]);
  if (value === undefined || typeof value === 'string') return value;
  if (Number.isSafeInteger(value)) return String(value);
  throw refusedField(path, `${path} is a text.`);
}

export function textIn(fields: Fields, field: string, lengthMax: number): string | undefined {
  const value = given(fields[field]);
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value.length > lengthMax)
    throw refusedField(field, `${field} is a text of at most ${lengthMax} characters.`);
  return value;
}

export function momentIn(fields: Fields, field: string, path = field): Date | undefined {
  const value = given(fields[field]);
  if (value === undefined) return undefined;
  const moment = readMoment(value);
  if (!moment) throw refusedField(path, `${path} is ${momentForms}, in the years 1 to 9999.`);
  return moment;
}

export function objectIn(fields: Fields, field: string, path = field): Record<string, Json> {
  const value = given(fields[field]);
  // An empty list is what PHP makes of an empty object.
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return {};
  if (!isObject(value)) throw refusedField(path, `${path} is a JSON object.`);
  return value as Record<string, Json>;
}

export function eventOf(action: string, properties: Record<string, Json>): NonNullable<Message['event']> {
  return Object.keys(properties).length > 0 ? { action, properties } : { action };
}

/** Null and the empty text say nothing. */
export function given(value: unknown): unknown {
  return value === null || value === '' ? undefined : value;
}

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
