import type { Random } from '../story/random.ts';
import type { Refusal } from './case.ts';
import { raw, textOf } from './json-text.ts';
import type { TrackingType } from './meaning.ts';
import { noMoments, nonIds, oddIds, oddMoment, oddObject, oddTexts, oddValue } from './odd.ts';

export type Fields = Record<string, unknown>;

export interface DrawnMessage {
  type: TrackingType;
  fields: Fields;
}

const people = 150;

/** The number twice, so that no changed sign makes it another message's: that would be taken once. */
export function messageIdOf(mark: string): string {
  return `m:${mark}:${mark}`;
}

/** A message that is to be taken; `mark` is its alone. */
export function drawMessage(random: Random, mark: string): DrawnMessage {
  const type = random.of([...Array(6).fill('track'), 'page', 'screen', 'identify', 'group', 'alias'] as TrackingType[]);
  const fields: Fields = { messageId: messageIdOf(mark), ...namesOf(random, type, mark) };
  if (random.chance(0.7)) fields.timestamp = oddMoment(random);
  else if (random.chance(0.2))
    Object.assign(fields, { originalTimestamp: '2024-05-01', sentAt: new Date().toISOString() });
  if (type === 'group') fields.groupId = random.of(['g1', 42, 'x'.repeat(400)]);
  if (type === 'identify') fields.traits = { mark, ...oddObject(random, 5) };
  if (type === 'alias' || type === 'group' || type === 'identify') return { type, fields };
  if (type === 'track')
    fields.event = random.of(['View Item', 'Purchase', 'é🙂', '__proto__', ...oddTexts.slice(3, 9)]);
  else if (random.chance(0.5)) Object.assign(fields, { name: random.of(['Home', 'constructor']), category: null });
  fields.properties = { mark, revenue: random.of([1, '12.50', -3, 'free', null, raw('1e20')]), ...oddObject(random) };
  if (random.chance(0.3))
    fields.context = { page: { url: random.of(oddTexts) }, library: { name: 'x' }, ip: '1.2.3.4' };
  if (random.chance(0.1)) Object.assign(fields, { integrations: {}, unknown: oddValue(random), type: 'nonsense' });
  return { type, fields };
}

/** Most messages are of people who come again; those that bring attributes are each of somebody of its own. */
function namesOf(random: Random, type: TrackingType, mark: string): Fields {
  if (type === 'identify' || type === 'group') return { userId: ` ${random.of(oddIds)}-${mark} ` };
  const person = random.below(people);
  const userId = `u${person}`;
  const anonymousId = `a${person}-${random.below(3)}`;
  // Two by two they may turn out to be one.
  if (type === 'alias') return { userId, previousId: `a${person ^ 1}-${random.below(3)}` };
  return random.of<Fields>([{ userId }, { anonymousId }, { userId, anonymousId }, { userId: person + 1_000 }]);
}

export interface Spoiling {
  what: string;
  code: string;
  /** 400 unless it says otherwise. */
  status?: number;
  /** The types that it spoils; all without it. */
  types?: readonly TrackingType[];
  spoil(fields: Fields, random: Random, type: TrackingType): void;
}

const noText = [[], {}, true, 1.5, ['u1']];
const noObject = ['text', 17, true, [1], [[]]];
const unkeepableTexts = ['\0', 'a\0b', '\ud800', 'x\udfff', '\ud83d'];
const events: readonly TrackingType[] = ['track', 'page', 'screen'];

/** What can be wrong with one message, and the code of its refusal. */
export const spoilings: readonly Spoiling[] = [
  put('a userId of another type', 'message.userId', 'userId', noText),
  put('an anonymousId of another type', 'message.anonymousId', 'anonymousId', noText),
  put('a userId that names nobody', 'identity.refused', 'userId', nonIds),
  put('an anonymousId that names nobody', 'identity.refused', 'anonymousId', nonIds),
  put('a userId that is too long', 'identity.length', 'userId', ['x'.repeat(513), '🙂'.repeat(300)]),
  put('an unkeepable userId', 'message.text', 'userId', unkeepableTexts),
  put('a previousId of another type', 'message.previousId', 'previousId', noText, ['alias']),
  put('a groupId of another type', 'message.groupId', 'groupId', noText, ['group']),
  put('no groupId', 'message.groupId', 'groupId', [undefined, null, ''], ['group']),
  put('no event', 'message.event', 'event', [undefined, null, ''], ['track']),
  put('an event of another type', 'message.event', 'event', [7, true, [], {}], ['track']),
  put('an event that is too long', 'message.event', 'event', ['x'.repeat(513)], ['track']),
  put('a name of another type', 'message.name', 'name', [7, true, []], ['page', 'screen']),
  put('properties of another type', 'message.properties', 'properties', noObject, events),
  put('traits of another type', 'message.traits', 'traits', noObject, ['track', 'page', 'screen', 'identify', 'alias']),
  put('traits in the context of another type', 'message.traits', 'context', [{ traits: 'x' }], ['track', 'identify']),
  put('no moment', 'message.timestamp', 'timestamp', noMoments),
  put('no original moment', 'message.originalTimestamp', 'originalTimestamp', noMoments),
  put('no moment of sending', 'message.sentAt', 'sentAt', noMoments),
  put('a messageId of another type', 'message.messageId', 'messageId', [1, true, [], {}]),
  put('a messageId that is too long', 'message.messageId', 'messageId', ['x'.repeat(1_001)]),
  put('an unkeepable value', 'message.text', 'unknown', unkeepableTexts),
  put('an unkeepable name', 'message.text', 'unknown', [{ '\0': 1 }, { a: [{ '\udc00': 1 }] }]),
  put('a number beyond numbers', 'message.number', 'unknown', ['1e999', '-1e999', '1e309'].map(raw)),
  put('objects nested too deeply', 'message.depth', 'unknown', [40, 200, 5_000].map(nested)),
  put('too many bytes', 'message.too_large', 'unknown', ['x'.repeat(33_000), { ['k'.repeat(33_000)]: 1 }]),
  put('too many attributes', 'profile.attributes', 'traits', [manyTraits(101)], ['identify']),
  {
    what: 'nobody',
    code: 'message.identity',
    spoil: (fields: Fields, random: Random) => {
      for (const name of ['userId', 'anonymousId', 'previousId']) fields[name] = random.of([undefined, null, '']);
    },
  },
].map((each) => (each.code === 'message.too_large' ? { ...each, status: 413 } : each));

function put(
  what: string,
  code: string,
  field: string,
  values: readonly unknown[],
  types?: readonly TrackingType[],
): Spoiling {
  return {
    what,
    code,
    ...(types ? { types } : {}),
    spoil: (fields, random) => {
      fields[field] = random.of(values);
      // The moment of the event is looked for in two places, the first of which is taken.
      if (field === 'originalTimestamp') fields.timestamp = undefined;
      if (field === 'sentAt') fields.timestamp = '2024-05-01';
    },
  };
}

function manyTraits(count: number): Fields {
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`t${n}`, n]));
}

/** Lists within each other, as signs: `JSON.stringify` itself would not write that many. */
export function nested(depth: number): string {
  return raw(`${'['.repeat(depth)}${']'.repeat(depth)}`);
}

export interface DrawnText {
  type: TrackingType;
  text: string;
  /** The refusal that is right, where the message is spoilt. */
  refusal?: Refusal;
  what: string;
}

/** A message that is to be refused, with the reason; `inBatch` it says its type. */
export function drawSpoilt(random: Random, mark: string, { inBatch = false } = {}): DrawnText {
  const { type, fields } = drawMessage(random, mark);
  if (inBatch) fields.type = type;
  const {
    what,
    code,
    status = 400,
    spoil,
  } = random.of(spoilings.filter(({ types }) => types === undefined || types.includes(type)));
  spoil(fields, random, type);
  return { type, text: textOf(fields), refusal: [status, code], what };
}

/** A message that is to be taken, as text. Some of its names are there twice, and then the last one counts. */
export function drawGood(random: Random, mark: string, { inBatch = false } = {}): DrawnText {
  const { type, fields } = drawMessage(random, mark);
  if (inBatch) fields.type = type;
  const text = textOf(fields);
  // Odd values happen to be long at times.
  if (Buffer.byteLength(text) > 25_000) return drawGood(random, mark, { inBatch });
  if (!random.chance(0.1)) return { type, text, what: 'a message' };
  const names = Object.keys(fields).filter((name) => fields[name] !== undefined);
  const wrong = Object.fromEntries(random.some(names, 3).map((name) => [name, random.of([1, [], 'wrong', {}])]));
  const beginning = textOf({ again: 1, ...wrong }).slice(0, -1);
  return { type, text: `${beginning},${text.slice(1)}`, what: 'a message with names twice' };
}
