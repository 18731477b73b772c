import type { Json } from '../../src/json.ts';

/** What a message says once it is taken, read a second time: this shares nothing with the product's reading. */
export interface Meaning {
  /** As `type:value`. */
  names: string[];
  event: EventMeaning | undefined;
  /** What the user's attributes become when no other message says any. */
  traits: Record<string, Json>;
}

export interface EventMeaning {
  action: string;
  properties: Record<string, Json>;
  /** Epoch milliseconds; undefined for the moment of arrival, null where it depends on the sender's clock. */
  at: number | undefined | null;
}

type Fields = Record<string, Json | undefined>;

export const trackingTypes = ['track', 'page', 'screen', 'identify', 'group', 'alias'] as const;
export type TrackingType = (typeof trackingTypes)[number];

/** A message of the tracking API. */
export function trackingMeaning(type: TrackingType, fields: Fields, { hasSentAt = false } = {}): Meaning {
  const names = [nameOf('userId', fields.userId), nameOf('anonymousId', fields.anonymousId)];
  if (type === 'alias') names.push(nameOf('anonymousId', fields.previousId));
  const context = objectOf(fields.context);
  const traits =
    type === 'group' ? { groupId: textOf(fields.groupId) } : joined(objectOf(context.traits), objectOf(fields.traits));
  const timed = said(fields.timestamp) ?? said(fields.originalTimestamp);
  const correctable = hasSentAt || said(fields.sentAt) !== undefined;
  const at = timed === undefined ? undefined : correctable ? null : momentOf(timed);
  const action = { track: fields.event as string, page: 'Page View', screen: 'Screen View' }[type as string];
  const event = action === undefined ? undefined : { action, properties: propertiesOf(type, fields, context), at };
  return { names: names.filter((name) => name !== undefined), event, traits };
}

function propertiesOf(type: TrackingType, fields: Fields, context: Record<string, Json>): Record<string, Json> {
  const aboutTheSender = ['traits', 'library', 'userAgentData', 'ip'];
  const kept = Object.fromEntries(Object.entries(context).filter(([name]) => !aboutTheSender.includes(name)));
  const inContext: Record<string, Json> = Object.keys(kept).length > 0 ? { context: kept } : {};
  const own = objectOf(fields.properties);
  if (type === 'track') return joined(inContext, own);
  const named = ['name', 'category'].filter((name) => said(fields[name]) !== undefined);
  return joined(Object.fromEntries(named.map((name) => [name, fields[name] as Json])), inContext, own);
}

/** An event of the Event API. */
export function eventApiMeaning(fields: Fields, { trusted = false } = {}): Meaning {
  const user = objectOf(fields.user);
  const anonymous = said(user.anonId) ?? user.anonymousId;
  const traits = objectOf(user.attributes);
  const names = [nameOf('userId', user.id), nameOf('anonymousId', anonymous), trusted ? emailOf(traits) : undefined];
  const action = said(fields.action) ?? said(fields.itemAction);
  const time = said(objectOf(fields.source).time);
  const properties = orderOf(fields.order);
  for (const name of ['source', 'itemAction', 'catalog', 'cart']) {
    const value = said(fields[name]);
    if (value !== undefined) properties[name] = value;
  }
  const at = time === undefined ? undefined : momentOf(time);
  const isKept = objectOf(fields.flags).doNotTrack !== true;
  const event = action === undefined ? undefined : { action: action as string, properties, at };
  return isKept
    ? { names: names.filter((name) => name !== undefined), event, traits }
    : { names: [], event: undefined, traits: {} };
}

/** The fuzzer sends orders of this one form. */
function orderOf(order: Json | undefined): Record<string, Json> {
  const { orderId, totalValue } = objectOf(objectOf(order).Product);
  return order === undefined ? {} : { order, orderId: orderId as Json, total: totalValue as Json };
}

function emailOf({ email }: Record<string, Json>): string | undefined {
  return typeof email === 'string' && /^\S+@\S+$/.test(email) ? `email:${email.toLowerCase()}` : undefined;
}

function nameOf(type: string, value: Json | undefined): string | undefined {
  const text = said(value);
  return text === undefined ? undefined : `${type}:${String(text).trim()}`;
}

/** Null and the empty text say nothing. */
function said(value: Json | undefined): Json | undefined {
  return value === null || value === '' ? undefined : value;
}

function textOf(value: Json | undefined): Json {
  return typeof value === 'number' ? String(value) : (value as Json);
}

function momentOf(value: Json): number {
  if (typeof value === 'number') return Math.trunc(value);
  if (typeof value === 'string' && /^-?\d+$/.test(value)) return Number(value);
  return Date.parse((value as string).toUpperCase());
}

function objectOf(value: Json | undefined): Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

function joined(...objects: readonly Record<string, Json>[]): Record<string, Json> {
  return Object.fromEntries(objects.flatMap((each) => Object.entries(each)));
}
