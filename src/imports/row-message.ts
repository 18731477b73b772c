import { LetheError } from '../errors.ts';
import { parseExactly } from '../events/exact-json.ts';
import type { Json, Message } from '../events/message.ts';
import { refusedField } from '../events/message-fields.ts';
import { readTrackingMessage } from '../events/tracking-message.ts';
import { type Identity, readIdentity } from '../identities/identity.ts';
import { readCell } from './cells.ts';
import type { Plan } from './plan.ts';
import { type Row, type RowProblem, rowBytesMax } from './rows.ts';
import type { ImportKind, Target } from './targets.ts';

export interface RowContext {
  receivedAt: Date;
  /** Largest row, in bytes. */
  bytesMax: number;
}

/**
 * Makes a message of a CSV row.
 *
 * Throws `row.…`, `message.…` or `identity.…`: the reason why the row is rejected, without any value of it.
 */
export function messageOfCsvRow(row: Row, kind: ImportKind, plan: Plan, context: RowContext): Message {
  refuseUnreadable(row);
  if (row.cells.length !== plan.columns.length) {
    throw rejected('row.columns', `The row has ${row.cells.length} cells; the header names ${plan.columns.length}.`);
  }
  const draft: Draft = { fields: {}, identities: [], properties: {}, traits: {} };
  for (const { target, text } of plan.fixed) fill(draft, target, text);
  for (const [index, targets] of plan.columns.entries()) {
    const cell = row.cells[index] as string;
    // An empty cell says nothing.
    if (cell !== '') for (const target of targets) fill(draft, target, cell);
  }
  const { fields, properties, traits, identities } = draft;
  return readTrackingMessage(
    { type: typeByDefault[kind], ...fields, properties, traits },
    { ...context, bytes: row.bytes, identities },
  );
}

/** Makes a message of an NDJSON line; throws like `messageOfCsvRow`. */
export function messageOfNdjsonRow(row: Row, kind: ImportKind, context: RowContext): Message {
  refuseUnreadable(row);
  let body: unknown;
  try {
    body = parseExactly(row.cells[0] as string);
  } catch {
    throw rejected('row.json', 'The line is not JSON.');
  }
  if (kind === 'events') return readTrackingMessage(body, { ...context, bytes: row.bytes });
  const { identities, ...user } = userOf(body);
  return readTrackingMessage({ type: 'identify', ...user }, { ...context, bytes: row.bytes, identities });
}

/** Without a type, rows of events are tracks; rows of users change their profile only. */
const typeByDefault: Record<ImportKind, string> = { events: 'track', users: 'identify' };

interface Draft {
  fields: Record<string, string>;
  identities: Identity[];
  properties: Record<string, Json>;
  traits: Record<string, Json>;
}

function fill(draft: Draft, target: Target, text: string): void {
  switch (target.to) {
    case 'field':
      draft.fields[target.field] = text;
      return;
    case 'identity':
      draft.identities.push(readIdentity(target.type, text));
      return;
    case 'attribute':
      put(draft.traits, [target.name], target.asText ? text : readCell(text));
      return;
    case 'property':
      put(draft.properties, target.path, target.asText ? text : readCell(text));
  }
}

function put(object: Record<string, Json>, [name = '', ...rest]: readonly string[], value: Json): void {
  if (rest.length > 0) {
    const inner = Object.hasOwn(object, name) ? (object[name] as Record<string, Json>) : {};
    put(inner, rest, value);
    put(object, [name], inner);
    return;
  }
  // Not by assignment: a column may be called `__proto__`.
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}

const userFields = ['userId', 'anonymousId', 'identities', 'attributes'];

function userOf(body: unknown): { userId?: unknown; anonymousId?: unknown; traits: unknown; identities: Identity[] } {
  if (!isObject(body)) throw refusedField('', 'A user is a JSON object.', 'user.not_an_object');
  if (Object.keys(body).some((field) => !userFields.includes(field)))
    throw refusedField('', `A user has the fields ${userFields.join(', ')}.`, 'user.field');
  const { userId, anonymousId, identities = {}, attributes } = body;
  if (!isObject(identities)) throw refusedField('identities', 'identities is a JSON object.', 'user.identities');
  const read = Object.entries(identities).map(([type, value]) => {
    if (typeof value !== 'string') throw refusedField('identities', 'An identity is a text.', 'user.identities');
    return readIdentity(type, value);
  });
  return { userId, anonymousId, traits: attributes, identities: read };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const problems: Record<RowProblem, string> = {
  quote: 'The quotes of the row do not fit: a cell with quotes in it is quoted, and its quotes are doubled.',
  tooLarge: `The row has more than ${rowBytesMax} bytes.`,
  encoding: 'The row is not UTF-8.',
  nul: 'The row has a NUL character.',
};

const problemCodes: Record<RowProblem, string> = {
  quote: 'row.quote',
  tooLarge: 'row.too_large',
  encoding: 'row.encoding',
  nul: 'row.nul',
};

function refuseUnreadable(row: Row): void {
  if (row.problem) throw rejected(problemCodes[row.problem], problems[row.problem]);
}

function rejected(code: string, detail: string): LetheError {
  return new LetheError('unacceptable', code, detail);
}
