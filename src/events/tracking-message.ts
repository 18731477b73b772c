import type { Identity } from '../identities/identity.ts';
import type { Json, Message } from './message.ts';
import {
  actionLengthMax,
  eventOf,
  type Fields,
  given,
  identityIn,
  idIn,
  isObject,
  messageIdLengthMax,
  momentIn,
  objectIn,
  readFields,
  refusedField,
  textIn,
} from './message-fields.ts';
import { readMoment } from './moment.ts';

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

/**
 * Makes one tracking message (track, identify, page, screen, group, alias) ready to be written. The type may be left out of
 * what names an event: it is a track then.
 *
 * Throws `message.…` or `identity.…`, naming the field; the text never quotes a value.
 */
export function readTrackingMessage(body: unknown, context: TrackingContext): Message {
  const fields = readFields(body, context);
  const type = typeOf(fields);
  const traits = type === 'group' ? groupTraits(fields) : traitsOf(fields);
  const message: Message = {
    identities: identitiesOf(fields, type, context),
    at: momentOf(fields, context),
  };
  const event = trackedEvent(fields, type);
  if (event) message.event = event;
  if (Object.keys(traits).length > 0) message.traits = traits;
  const messageId = textIn(fields, 'messageId', messageIdLengthMax);
  if (messageId !== undefined) message.messageId = messageId;
  return message;
}

function typeOf(fields: Fields): MessageType {
  const type = given(fields.type) ?? (given(fields.event) === undefined ? undefined : 'track');
  const known = messageTypes.find((name) => name === type);
  if (!known) throw refusedField('type', `The type of a message is one of ${messageTypes.join(', ')}.`);
  return known;
}

function identitiesOf(fields: Fields, type: MessageType, context: TrackingContext): Identity[] {
  const identities: Identity[] = [...(context.identities ?? [])];
  const add = (identityType: string, field: string) => {
    const identity = identityIn(fields, field, identityType);
    if (identity) identities.push(identity);
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

function trackedEvent(fields: Fields, type: MessageType): Message['event'] {
  if (type === 'identify' || type === 'group' || type === 'alias') return undefined;
  const properties = { ...contextOf(fields), ...objectIn(fields, 'properties') };
  if (type === 'track') {
    const action = textIn(fields, 'event', actionLengthMax);
    if (action === undefined) throw refusedField('event', 'A track message names its event.');
    return eventOf(action, properties);
  }
  const page: Record<string, Json> = {};
  for (const field of ['name', 'category']) {
    const value = textIn(fields, field, actionLengthMax);
    if (value !== undefined) page[field] = value;
  }
  return eventOf(type === 'page' ? 'Page View' : 'Screen View', { ...page, ...properties });
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

/** Traits of the user: those of the message win over those that the sender repeats in its context. */
function traitsOf(fields: Fields): Record<string, Json> {
  const { context } = fields;
  return { ...(isObject(context) ? objectIn(context, 'traits') : {}), ...objectIn(fields, 'traits') };
}

/** The traits of a group message are the group's, not the user's. */
function groupTraits(fields: Fields): Record<string, Json> {
  const groupId = idIn(fields, 'groupId');
  if (groupId === undefined) throw refusedField('groupId', 'A group message has a groupId.');
  return { groupId };
}

/**
 * The moment of the event by our clock. `sentAt` and the time of the event are by the clock of one sender, so the event was as long
 * before the arrival as it was before the sending.
 */
function momentOf(fields: Fields, { receivedAt, correctClock }: TrackingContext): Date {
  const field = given(fields.timestamp) === undefined ? 'originalTimestamp' : 'timestamp';
  const moment = momentIn(fields, field);
  const sentAt = correctClock && momentIn(fields, 'sentAt');
  if (!moment || !sentAt) return moment ?? receivedAt;
  const corrected = readMoment(receivedAt.getTime() - (sentAt.getTime() - moment.getTime()));
  if (!corrected) throw refusedField('sentAt', `With sentAt, ${field} is a moment outside the years 1 to 9999.`);
  return corrected;
}
