import { type Identity, readIdentity } from '../identities/identity.ts';
import type { Json } from '../json.ts';
import { orderProperties } from './event-api-order.ts';
import { unkeepable } from './json-limits.ts';
import type { Message } from './message.ts';
import { momentForms, readMoment } from './moment.ts';
import { refusedField, unkeepableDetails } from './tracking-message.ts';

export interface EventApiContext {
  /** The moment of events without `source.time`. */
  receivedAt: Date;
  /** Size of the event as it came, in bytes, and the most it may have. */
  bytes: number;
  bytesMax: number;
}

export interface EventApiEvent {
  message: Message;
  /** `flags.doNotTrack`: the sender does not want it to be kept. */
  doNotTrack: boolean;
}

const actionLengthMax = 512;
const messageIdLengthMax = 1_000;

type Fields = Record<string, unknown>;

/**
 * Makes one event of the described system's Event API ready to be written. Its action is `action`, in place of that `itemAction`,
 * in place of that `Page View` where a flag says so; one without any only changes the user. What a rule may ask for is kept among
 * its properties: `source`, `itemAction`, `catalog`, `cart`, and what the order says. All else is passed over.
 *
 * Throws `message.…` or `identity.…`, naming the field; the text never quotes a value.
 */
export function readEventApiEvent(body: unknown, context: EventApiContext): EventApiEvent {
  const fields = fieldsOf(body, context);
  const user = objectOf(fields, 'user');
  const source = objectOf(fields, 'source');
  const flags = objectOf(fields, 'flags');
  const action = actionOf(fields, flags);
  const traits = objectOf(user, 'attributes', 'user.attributes') as Record<string, Json>;
  const hasTraits = Object.keys(traits).length > 0;
  const message: Message = { identities: identitiesOf(user), at: momentOf(source) ?? context.receivedAt };
  if (action === undefined && !hasTraits) {
    throw refusedField('action', 'The event names its action, or brings attributes of the user.');
  }
  if (action !== undefined) message.event = withProperties(action, fields);
  if (hasTraits) message.traits = traits;
  const messageId = textOf(fields, 'messageId', messageIdLengthMax);
  if (messageId !== undefined) message.messageId = messageId;
  return { message, doNotTrack: flagOf(flags, 'doNotTrack') };
}

function fieldsOf(body: unknown, { bytes, bytesMax }: EventApiContext): Fields {
  if (!isObject(body)) throw refusedField('', 'An event is a JSON object.', 'message.not_an_object');
  if (bytes > bytesMax)
    throw refusedField('', `The event has ${bytes} bytes; the most is ${bytesMax}.`, 'message.too_large');
  const problem = unkeepable(body);
  if (problem) throw refusedField('', unkeepableDetails[problem], `message.${problem}`);
  return body;
}

function actionOf(fields: Fields, flags: Fields): string | undefined {
  const isPageView = flagOf(flags, 'pageView');
  return (
    textOf(fields, 'action', actionLengthMax) ??
    textOf(fields, 'itemAction', actionLengthMax) ??
    (isPageView ? 'Page View' : undefined)
  );
}

function identitiesOf(user: Fields): Identity[] {
  const identities: Identity[] = [];
  const id = identityValue(user, 'id');
  if (id !== undefined) identities.push(readIdentity('userId', id));
  // The described system's own web SDK has given the field another name since.
  const anonId = identityValue(user, 'anonId') ?? identityValue(user, 'anonymousId');
  if (anonId !== undefined) identities.push(readIdentity('anonymousId', anonId));
  if (identities.length === 0) {
    throw refusedField('user', 'The event names nobody: it needs a user.id or a user.anonId.', 'message.identity');
  }
  return identities;
}

function identityValue(user: Fields, field: string): string | undefined {
  const value = given(user[field]);
  if (value === undefined || typeof value === 'string') return value;
  // Some senders write their numeric keys without quotes.
  if (Number.isSafeInteger(value)) return String(value);
  throw refusedField(`user.${field}`, `user.${field} is a text.`);
}

function withProperties(action: string, fields: Fields): NonNullable<Message['event']> {
  const properties = orderProperties(fields.order);
  for (const field of ['source', 'itemAction', 'catalog', 'cart']) {
    const value = given(fields[field]);
    if (value !== undefined) properties[field] = value as Json;
  }
  return Object.keys(properties).length > 0 ? { action, properties } : { action };
}

function momentOf(source: Fields): Date | undefined {
  const value = given(source.time);
  if (value === undefined) return undefined;
  const moment = readMoment(value);
  if (!moment) throw refusedField('source.time', `source.time is ${momentForms}, in the years 1 to 9999.`);
  return moment;
}

function flagOf(flags: Fields, name: string): boolean {
  const value = given(flags[name]) ?? false;
  if (typeof value !== 'boolean') throw refusedField(`flags.${name}`, `flags.${name} is true or false.`);
  return value;
}

function textOf(fields: Fields, field: string, lengthMax: number): string | undefined {
  const value = given(fields[field]);
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value.length > lengthMax)
    throw refusedField(field, `${field} is a text of at most ${lengthMax} characters.`);
  return value;
}

function objectOf(fields: Fields, field: string, path = field): Fields {
  const value = given(fields[field]);
  // An empty list is what PHP makes of an empty object.
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return {};
  if (!isObject(value)) throw refusedField(path, `${path} is a JSON object.`);
  return value;
}

/** Null and the empty text say nothing. */
function given(value: unknown): unknown {
  return value === null || value === '' ? undefined : value;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
