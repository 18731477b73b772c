import { LetheError } from '../errors.ts';
import { type Identity, readIdentity } from '../identities/identity.ts';
import { unkeepable } from './json-limits.ts';
import type { Json, Message } from './message.ts';
import { momentForms, readMoment } from './moment.ts';

/** Kinds of tracking messages. track, page and screen are events; the others only change the profile. */
export const messageTypes = ['track', 'identify', 'page', 'screen', 'group', 'alias'] as const;
export type MessageType = (typeof messageTypes)[number];

export interface TrackingContext {
  /** The moment of messages without a timestamp. */
  receivedAt: Date;
  /** Size of the message as it came, in bytes, where it is known, and the most it may have. */
  bytes?: number;
  bytesMax: number;
  /** The sender's clock is compared with ours: `sentAt` of a message that was received just now says how wrong it is. */
  correctClock?: true;
  /** Identities besides those that the message names itself. */
  identities?: readonly Identity[];
}

const actionLengthMax = 512;
const messageIdLengthMax = 1_000;

/**
 * Makes one tracking message (track, identify, page, screen, group, alias) ready to be written. The type may be left out of
 * what names an event: it is a track then.
 *
 * Throws `message.…` or `identity.…`, naming the field; the text never quotes a value.
 */
export function readTrackingMessage(body: unknown, context: TrackingContext): Message {
  const fields = fieldsOf(body, context);
  const type = typeOf(fields);
  const traits = type === 'group' ? groupTraits(fields) : traitsOf(fields);
  const message: Message = {
    identities: identitiesOf(fields, type, context),
    at: momentOf(fields, context),
  };
  const event = eventOf(fields, type);
  if (event) message.event = event;
  if (Object.keys(traits).length > 0) message.traits = traits;
  const messageId = textOf(fields, 'messageId', messageIdLengthMax);
  if (messageId !== undefined) message.messageId = messageId;
  return message;
}

/** The refusal of one field of a message. */
export function refusedField(field: string, detail: string, code = `message.${field}`): LetheError {
  return new LetheError('unacceptable', code, detail, { errors: [{ field, code, detail }] });
}

type Fields = Record<string, unknown>;

function fieldsOf(body: unknown, context: TrackingContext): Fields {
  if (!isObject(body)) throw refusedField('', 'A message is a JSON object.', 'message.not_an_object');
  const problem = unkeepable(body);
  if (problem) throw refusedField('', unkeepableDetails[problem], `message.${problem}`);
  // Written out only now: what is nested too deeply would exhaust the stack.
  const { bytes = Buffer.byteLength(JSON.stringify(body)), bytesMax } = context;
  if (bytes > bytesMax)
    throw refusedField('', `The message has ${bytes} bytes; the most is ${bytesMax}.`, 'message.too_large');
  return body;
}

export const unkeepableDetails = {
  text: 'A text of the message has a NUL character or half of a character in it.',
  number: 'A number of the message is larger than a number can be.',
  depth: 'Objects of the message are nested too deeply.',
};

function typeOf(fields: Fields): MessageType {
  const type = given(fields.type) ?? (given(fields.event) === undefined ? undefined : 'track');
  const known = messageTypes.find((name) => name === type);
  if (!known) throw refusedField('type', `The type of a message is one of ${messageTypes.join(', ')}.`);
  return known;
}

function identitiesOf(fields: Fields, type: MessageType, context: TrackingContext): Identity[] {
  const identities: Identity[] = [...(context.identities ?? [])];
  const add = (identityType: string, field: string) => {
    const value = identityValue(fields, field);
    if (value !== undefined) identities.push(readNamed(identityType, value, field));
  };
  add('userId', 'userId');
  add('anonymousId', 'anonymousId');
  // What a browser was called before; another user's userId there would let a page merge two strangers.
  if (type === 'alias') add('anonymousId', 'previousId');
  if (identities.length === 0) {
    throw refusedField('userId', 'The message names nobody: it needs a userId or an anonymousId.', 'message.identity');
  }
  return identities;
}

/** Says of a refused identity also which field it came in. */
function readNamed(type: string, value: string, field: string): Identity {
  try {
    return readIdentity(type, value);
  } catch (error) {
    throw error instanceof LetheError ? refusedField(field, error.message, error.code) : error;
  }
}

function identityValue(fields: Fields, field: string): string | undefined {
  const value = given(fields[field]);
  if (value === undefined || typeof value === 'string') return value;
  // Some senders write their numeric keys without quotes.
  if (Number.isSafeInteger(value)) return String(value);
  throw refusedField(field, `${field} is a text.`);
}

function eventOf(fields: Fields, type: MessageType): Message['event'] {
  if (type === 'identify' || type === 'group' || type === 'alias') return undefined;
  const properties = { ...contextOf(fields), ...objectOf(fields, 'properties') };
  if (type === 'track') {
    const action = textOf(fields, 'event', actionLengthMax);
    if (action === undefined) throw refusedField('event', 'A track message names its event.');
    return withProperties(action, properties);
  }
  const page: Record<string, Json> = {};
  for (const field of ['name', 'category']) {
    const value = textOf(fields, field, actionLengthMax);
    if (value !== undefined) page[field] = value;
  }
  return withProperties(type === 'page' ? 'Page View' : 'Screen View', { ...page, ...properties });
}

/**
 * What is kept of the context of an event, under `context` among its properties, so that a rule reaches it as `context.page.url`; a
 * property of that name takes its place. Left out is what says nothing of the event: traits are attributes, `library` is about
 * the sender, `userAgentData` repeats `userAgent`, and an address of the network nobody has asked for.
 */
function contextOf({ context }: Fields): Record<string, Json> {
  if (!isObject(context)) return {};
  const { traits, library, userAgentData, ip, ...kept } = context as Record<string, Json>;
  return Object.keys(kept).length > 0 ? { context: kept } : {};
}

function withProperties(action: string, properties: Record<string, Json>): NonNullable<Message['event']> {
  return Object.keys(properties).length > 0 ? { action, properties } : { action };
}

/** Traits of the user: those of the message win over those that the sender repeats in its context. */
function traitsOf(fields: Fields): Record<string, Json> {
  const { context } = fields;
  return { ...(isObject(context) ? objectOf(context, 'traits') : {}), ...objectOf(fields, 'traits') };
}

/** The traits of a group message are the group's, not the user's. */
function groupTraits(fields: Fields): Record<string, Json> {
  const groupId = identityValue(fields, 'groupId');
  if (groupId === undefined) throw refusedField('groupId', 'A group message has a groupId.');
  return { groupId };
}

/**
 * The moment of the event by our clock. `sentAt` and the time of the event are by the clock of one sender, so the event was as long
 * before the arrival as it was before the sending.
 */
function momentOf(fields: Fields, { receivedAt, correctClock }: TrackingContext): Date {
  const field = given(fields.timestamp) === undefined ? 'originalTimestamp' : 'timestamp';
  const moment = readMomentOf(fields, field);
  const sentAt = correctClock && readMomentOf(fields, 'sentAt');
  if (!moment || !sentAt) return moment ?? receivedAt;
  const corrected = readMoment(receivedAt.getTime() - (sentAt.getTime() - moment.getTime()));
  if (!corrected) throw refusedField('sentAt', `With sentAt, ${field} is a moment outside the years 1 to 9999.`);
  return corrected;
}

function readMomentOf(fields: Fields, field: string): Date | undefined {
  const value = given(fields[field]);
  if (value === undefined) return undefined;
  const moment = readMoment(value);
  if (!moment) throw refusedField(field, `${field} is ${momentForms}, in the years 1 to 9999.`);
  return moment;
}

function textOf(fields: Fields, field: string, lengthMax: number): string | undefined {
  const value = given(fields[field]);
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value.length > lengthMax)
    throw refusedField(field, `${field} is a text of at most ${lengthMax} characters.`);
  return value;
}

function objectOf(fields: Fields, field: string): Record<string, Json> {
  const value = fields[field];
  // An empty list is what PHP makes of an empty object.
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return {};
  if (!isObject(value)) throw refusedField(field, `${field} is a JSON object.`);
  return value as Record<string, Json>;
}

/** Null and the empty text say nothing. */
function given(value: unknown): unknown {
  return value === null || value === '' ? undefined : value;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
