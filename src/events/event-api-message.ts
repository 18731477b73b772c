import type { Identity } from '../identities/identity.ts';
import type { Json } from '../json.ts';
import { orderProperties } from './event-api-order.ts';
import type { Message } from './message.ts';
import {
  actionLengthMax,
  eventOf,
  type Fields,
  given,
  identityIn,
  messageIdLengthMax,
  momentIn,
  objectIn,
  readFields,
  refusedField,
  textIn,
} from './message-fields.ts';

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

/**
 * Makes one event of the described system's Event API ready to be written. Its action is `action`, in place of that `itemAction`,
 * in place of that `Page View` where a flag says so; one without any only changes the user. What a rule may ask for is kept among
 * its properties: `source`, `itemAction`, `catalog`, `cart`, and what the order says. All else is passed over.
 *
 * Throws `message.…` or `identity.…`, naming the field; the text never quotes a value.
 */
export function readEventApiEvent(body: unknown, context: EventApiContext): EventApiEvent {
  const fields = readFields(body, context);
  const user = objectIn(fields, 'user');
  const source = objectIn(fields, 'source');
  const flags = objectIn(fields, 'flags');
  const action = actionOf(fields, flags);
  const traits = objectIn(user, 'attributes', 'user.attributes');
  const hasTraits = Object.keys(traits).length > 0;
  const at = momentIn(source, 'time', 'source.time') ?? context.receivedAt;
  const message: Message = { identities: identitiesOf(user), at };
  if (action === undefined && !hasTraits) {
    throw refusedField('action', 'The event names its action, or brings attributes of the user.');
  }
  if (action !== undefined) message.event = eventOf(action, propertiesOf(fields));
  if (hasTraits) message.traits = traits;
  const messageId = textIn(fields, 'messageId', messageIdLengthMax);
  if (messageId !== undefined) message.messageId = messageId;
  return { message, doNotTrack: flagOf(flags, 'doNotTrack') };
}

function actionOf(fields: Fields, flags: Fields): string | undefined {
  const isPageView = flagOf(flags, 'pageView');
  const action = textIn(fields, 'action', actionLengthMax) ?? textIn(fields, 'itemAction', actionLengthMax);
  return action ?? (isPageView ? 'Page View' : undefined);
}

function identitiesOf(user: Fields): Identity[] {
  const userId = identityIn(user, 'id', 'userId', 'user.id');
  const anonymousId =
    identityIn(user, 'anonId', 'anonymousId', 'user.anonId') ??
    // The described system's own web SDK has given the field another name since.
    identityIn(user, 'anonymousId', 'anonymousId', 'user.anonymousId');
  const identities = [userId, anonymousId].filter((identity) => identity !== undefined);
  if (identities.length > 0) return identities;
  throw refusedField('user', 'The event names nobody: it needs a user.id or a user.anonId.', 'message.identity');
}

function propertiesOf(fields: Fields): Record<string, Json> {
  const properties = orderProperties(objectIn(fields, 'order'));
  for (const field of ['source', 'itemAction', 'catalog', 'cart']) {
    const value = given(fields[field]);
    if (value !== undefined) properties[field] = value as Json;
  }
  return properties;
}

function flagOf(flags: Fields, name: string): boolean {
  const value = given(flags[name]) ?? false;
  if (typeof value !== 'boolean') throw refusedField(`flags.${name}`, `flags.${name} is true or false.`);
  return value;
}
