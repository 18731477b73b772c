import { createHash } from 'node:crypto';
import type { Json } from '../src/json.ts';
import type {
  ActionCondition,
  Actions,
  Comparison,
  Condition,
  LastActionCondition,
  Period,
  Rule,
} from '../src/segments/rule.ts';
import { dayMs, type RandomEvent, type RandomProfile, type RandomWorld, visitsOf } from './random-profiles.ts';

/**
 * Says who matches a rule by looking at objects in memory, one profile at a time, without SQL. It shares nothing with the
 * compiler but the types of a rule: two readings of the grammar that have to agree.
 */
export function usersMatching(rule: Rule, world: RandomWorld): number[] {
  return world.profiles.filter((profile) => matches(rule, profile, world)).map((profile) => profile.id);
}

export function matches(rule: Rule, profile: RandomProfile, world: RandomWorld): boolean {
  if ('all' in rule) return rule.all.every((entry) => matches(entry, profile, world));
  if ('any' in rule) return rule.any.some((entry) => matches(entry, profile, world));
  if ('not' in rule) return !matches(rule.not, profile, world);
  return holds(rule, profile, world);
}

function holds(asked: Condition, profile: RandomProfile, world: RandomWorld): boolean {
  const { now } = world;
  if ('everyone' in asked) return true;
  if ('attribute' in asked) return valueHolds(profile.attributes.get(asked.attribute), asked, now);
  if ('action' in asked) return did(asked, profile.events, now) === asked.did;
  if ('lastAction' in asked) return lastDid(asked, profile.events, now);
  if ('anonymous' in asked) {
    return asked.anonymous === profile.identities.every((identity) => identity.type === 'anonymousId');
  }
  if ('import' in asked) {
    const no = world.imports.get(asked.import) as number;
    return asked.created ? profile.createdByImport === no : profile.imports.includes(no);
  }
  if ('segment' in asked) return world.lists.get(asked.segment)?.users.has(profile.id) === asked.member;
  if ('sample' in asked) return inSample(profile.id, asked.sample.from, asked.sample.to);
  if ('identity' in asked) {
    const values = profile.identities.filter(({ type }) => type === asked.identity).map(({ value }) => value);
    if ('present' in asked) return values.length > 0 === asked.present;
    if (asked.is === 'doesNotEqual' || asked.is === 'doesNotContain') {
      return values.every((value) => valueHolds(value, asked, now));
    }
    return asked.is === 'noValue' ? values.length === 0 : values.some((value) => valueHolds(value, asked, now));
  }
  return valueHolds(figure(asked, profile, now), asked, now);
}

/** A figure as the value that a comparison is asked of; a moment as text. */
function figure(asked: Extract<Condition, { is: string }>, profile: RandomProfile, now: Date): Json | undefined {
  if ('profile' in asked) return profile.createdAt.toISOString();
  if ('visits' in asked) {
    if (asked.visits === 'count') return visitsOf(profile.events).length;
    return extreme(profile.events, asked.visits === 'firstActivity' ? Math.min : Math.max);
  }
  if (!('orders' in asked)) throw new Error(`no figure for ${JSON.stringify(asked)}`);
  const orders = profile.events.filter((event) => event.cents !== null);
  if (asked.orders === 'firstAt') return extreme(orders, Math.min);
  if (asked.orders === 'lastAt') return extreme(orders, Math.max);
  const counted = orders.filter((order) => during(order, 'within' in asked ? asked.within : undefined, now));
  if (asked.orders === 'count') return counted.length;
  return counted.reduce((sum, order) => sum + (order.cents ?? 0), 0) / 100;
}

function extreme(events: RandomEvent[], of: (...ms: number[]) => number): string | undefined {
  return events.length === 0 ? undefined : new Date(of(...events.map((event) => event.at.getTime()))).toISOString();
}

function did(asked: ActionCondition, events: RandomEvent[], now: Date): boolean {
  const found = events.filter((event) => isCalled(event, asked.action) && during(event, asked.within, now));
  const fitting = found.filter((event) => (asked.where ?? []).every((line) => propertyHolds(event, line, now)));
  return fitting.length >= (asked.atLeast ?? 1);
}

function lastDid(asked: LastActionCondition, events: RandomEvent[], now: Date): boolean {
  const fitting = events.filter(
    (event) =>
      isCalled(event, asked.lastAction) && (asked.where ?? []).every((line) => propertyHolds(event, line, now)),
  );
  if (fitting.length === 0) return asked.orNever === true;
  const ago = now.getTime() - Math.max(...fitting.map((event) => event.at.getTime()));
  return asked.moreThanDaysAgo === undefined
    ? ago < (asked.lessThanDaysAgo as number) * dayMs
    : ago > asked.moreThanDaysAgo * dayMs;
}

function isCalled(event: RandomEvent, actions: Actions): boolean {
  return actions === '*' || (typeof actions === 'string' ? [actions] : actions).includes(event.action);
}

function during(event: RandomEvent, period: Period | undefined, now: Date): boolean {
  if (!period) return true;
  if ('days' in period) return event.at.getTime() > now.getTime() - period.days * dayMs;
  const at = BigInt(event.at.getTime()) * 1000n;
  const [from, to] = [momentOf(period.from), momentOf(period.to)];
  return (from === undefined || at >= from) && (to === undefined || at < to);
}

function propertyHolds(event: RandomEvent, line: { property: string } & Comparison, now: Date): boolean {
  let value: Json | undefined = Object.fromEntries(event.properties);
  for (const step of line.property.split('.')) {
    const isObject: boolean =
      typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, step);
    value = isObject ? (value as Record<string, Json>)[step] : undefined;
  }
  return valueHolds(value, line, now);
}

function valueHolds(value: Json | undefined, asked: Comparison, now: Date): boolean {
  if (value === undefined || value === null) {
    return ['doesNotEqual', 'doesNotContain', 'includesNone', 'noValue'].includes(asked.is);
  }
  switch (asked.is) {
    case 'anyValue':
      return true;
    case 'noValue':
      return false;
    case 'true':
      return value === true;
    case 'false':
      return value === false;
    case 'equals':
      return typeof value === 'string' && [asked.value].flat().includes(value);
    case 'doesNotEqual':
      return typeof value === 'string' && ![asked.value].flat().includes(value);
    case 'contains':
      return typeof value === 'string' && value.includes(asked.value);
    case 'doesNotContain':
      return typeof value === 'string' && !value.includes(asked.value);
    case 'includesAny':
      return Array.isArray(value) && asked.value.some((text) => value.includes(text));
    case 'includesAll':
      return Array.isArray(value) && asked.value.every((text) => value.includes(text));
    case 'includesNone':
      return Array.isArray(value) && !asked.value.some((text) => value.includes(text));
    case 'equalTo':
      return value === asked.value;
    case 'atLeast':
      return typeof value === 'number' && value >= asked.value;
    case 'atMost':
      return typeof value === 'number' && value <= asked.value;
    case 'between':
      if (typeof asked.value[0] === 'string') return typeof value === 'string' && dateHolds(value, asked, now);
      return typeof value === 'number' && value >= asked.value[0] && value <= (asked.value[1] as number);
    default:
      return typeof value === 'string' && dateHolds(value, asked, now);
  }
}

function dateHolds(text: string, asked: Comparison, now: Date): boolean {
  const at = momentOf(text);
  if (at === undefined) return false;
  const nowMicros = BigInt(now.getTime()) * 1000n;
  const day = BigInt(dayMs) * 1000n;
  switch (asked.is) {
    case 'today':
      return at / day === nowMicros / day && at > 0n;
    case 'inTheLast':
      return at > nowMicros - BigInt(asked.days) * day && at <= nowMicros;
    case 'moreThanDaysAgo':
      return at < nowMicros - BigInt(asked.days) * day;
    case 'onOrAfter':
      return at >= (momentOf(asked.value) as bigint);
    case 'onOrBefore':
      return isNotAfter(at, asked.value);
    case 'between':
      return at >= (momentOf(String(asked.value[0])) as bigint) && isNotAfter(at, String(asked.value[1]));
    default:
      throw new Error(`${asked.is} is not asked of dates`);
  }
}

function isNotAfter(at: bigint, end: string): boolean {
  const moment = momentOf(end) as bigint;
  return end.length === 10 ? at < moment + BigInt(dayMs) * 1000n : at <= moment;
}

/** Microseconds since 1970 of a day or an RFC 3339 moment. */
function momentOf(text: string | undefined): bigint | undefined {
  const whole = text?.length === 10 ? `${text}T00:00:00Z` : text;
  const parts = /^([0-9-]{10})[Tt ]([0-9:]{8})([.][0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$/.exec(whole ?? '');
  if (!parts) return undefined;
  const [, date = '', time = '', decimals = '', zone = ''] = parts;
  // The day and the time of day each have to be one: the 30th of February would become March.
  const midnight = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== date || date < '0001')
    return undefined;
  const leap = time.endsWith(':60');
  const ofDay = Date.parse(`1970-01-01T${leap ? time.replace(/60$/, '59') : time}Z`) + (leap ? 1000 : 0);
  const ahead = /^z$/i.test(zone) ? 0 : Date.parse(`1970-01-01T${zone.slice(1)}:00Z`) * (zone.startsWith('-') ? -1 : 1);
  if (time.startsWith('24') || zone.includes('24:') || Number.isNaN(ofDay + ahead)) return undefined;
  return BigInt(midnight + ofDay - ahead) * 1000n + BigInt(decimals.slice(1, 7).padEnd(6, '0'));
}

function inSample(id: number, from: number, to: number): boolean {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(id));
  const share = createHash('sha256').update(bytes).digest().readUInt32BE(0);
  // In ten-thousandths of a percent, as integers.
  const scaled = (percent: number) => BigInt(Math.round(percent * 10_000)) * 2n ** 32n;
  return BigInt(share) * 1_000_000n >= scaled(from) && BigInt(share) * 1_000_000n < scaled(to);
}
