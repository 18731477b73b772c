import { gzipSync } from 'node:zlib';
import type { Json } from '../../src/json.ts';
import type { Random } from '../story/random.ts';
import { type FuzzRequest, type Judge, type Refusal, refused, succeeds } from './case.ts';
import { raw, readJson, textOf } from './json-text.ts';
import { eventApiMeaning } from './meaning.ts';
import { noJson, noMoments, nonIds, oddIds, oddMoment, oddObject, oddTexts, oddValue } from './odd.ts';
import { brokenText } from './tracking.ts';
import { type Fields, nested } from './tracking-messages.ts';

const people = 60;

/** Where and how an event is sent; the trusted way takes JSON only. */
interface Way {
  trusted: boolean;
  request(text: string | Buffer): Pick<FuzzRequest, 'method' | 'path' | 'headers' | 'body'>;
}

export interface EventApiAccess {
  credentials: Record<string, string>;
}

const openPath = '/api2/event/shop';
const trustedPath = '/api2/authevent/shop';
const form = { 'content-type': 'application/x-www-form-urlencoded' };

function wayOf(random: Random, { credentials }: EventApiAccess, bytes: number): Way {
  const json = { 'content-type': random.of(['application/json', 'application/json; charset=utf-8', 'text/plain']) };
  const base64 = (text: string | Buffer) => Buffer.from(text).toString(random.of(['base64', 'base64url'] as const));
  const post = { method: 'POST', path: openPath };
  const ways: Way[] = [
    { trusted: false, request: (body) => ({ ...post, headers: json, body }) },
    {
      trusted: false,
      request: (body) => ({ ...post, headers: { ...json, 'content-encoding': 'gzip' }, body: gzipSync(body) }),
    },
    { trusted: true, request: (body) => ({ ...post, path: trustedPath, headers: { ...json, ...credentials }, body }) },
    {
      trusted: false,
      request: (text) => ({ ...post, headers: form, body: `a=1&event=${encodeURIComponent(base64(text))}` }),
    },
    { trusted: false, request: (text) => ({ ...post, headers: form, body: `event=${base64(text)}` }) },
  ];
  const inAddress: Way = {
    trusted: false,
    request: (text) => ({ method: 'GET', path: `${openPath}?event=${base64(text)}` }),
  };
  // Longer ones do not fit into the head of a request.
  return random.of(bytes < 8_000 ? [...ways, inAddress] : ways);
}

function drawEvent(random: Random, mark: string): Fields {
  const person = random.below(people);
  const fields: Fields = {
    messageId: `e:${mark}`,
    action: random.of(['View Item', 'Purchase', '__proto__', oddTexts[4]]),
    user: random.of<Fields>([
      { id: `e${person}` },
      { anonId: `ea${person}` },
      { id: `e${person}`, anonId: `ea${person}` },
    ]),
    source: { channel: 'Web', mark, url: random.of(oddTexts), ...oddObject(random, 2) },
    flags: { noCampaigns: true, ...(random.chance(0.05) ? { doNotTrack: true } : {}) },
  };
  if (random.chance(0.6)) (fields.source as Fields).time = oddMoment(random);
  if (random.chance(0.3))
    fields.user = { id: `${random.of(oddIds)}-${mark}`, attributes: { mark, ...oddObject(random, 4) } };
  if (random.chance(0.3)) fields.order = { Product: { orderId: mark, totalValue: random.of([0, 12.5, '7.50', -1]) } };
  if (random.chance(0.3)) Object.assign(fields, { itemAction: 'View Item', catalog: oddObject(random, 2), cart: [] });
  if (random.chance(0.2)) Object.assign(fields, { account: oddValue(random), unknown: oddValue(random) });
  return fields;
}

export function goodEvent(random: Random, mark: string, access: EventApiAccess): FuzzRequest {
  const text = textOf(drawEvent(random, mark));
  // Odd values happen to be long at times.
  if (Buffer.byteLength(text) > 25_000) return goodEvent(random, mark, access);
  const way = wayOf(random, access, text.length);
  const meaning = eventApiMeaning(readJson(text) as Record<string, Json>, way);
  const judge = succeeds(200, ({ json }, ledger) => {
    if (json?.errorCode !== 0 || !Array.isArray(json.campaignResponses)) throw new Error('expected errorCode 0');
    const isKept = meaning.names.length > 0;
    if (isKept !== /^usr_\d+$/.test(String(json.persistedUserId))) throw new Error('persistedUserId is wrong');
    ledger.take(meaning);
  });
  return { what: `api2: an event${way.trusted ? ', trusted' : ''}`, ...way.request(text), judge };
}

type Spoil = (fields: Fields) => void;

const user =
  (of: Fields): Spoil =>
  (fields) =>
    Object.assign(fields, { user: of });

/** What can be wrong with an event, and the code of its refusal. */
function drawSpoiling(random: Random): [what: string, code: string, spoil: Spoil] {
  const put =
    (field: string, value: unknown): Spoil =>
    (fields) =>
      Object.assign(fields, { [field]: value });
  const noObject = random.of(['text', 17, true, [{}]]);
  const noText = random.of([[], {}, true, 1.5]);
  const unkeepable = random.of(['\0', '\ud800', 'x\udfff']);
  return random.of<[string, string, Spoil]>([
    ['nobody', 'message.identity', user(random.of<Fields>([{}, { id: null, anonId: '' }, { ID: 'x' }]))],
    ['no user', 'message.identity', put('user', random.of([undefined, null, '']))],
    ['a user of another type', 'message.user', put('user', noObject)],
    ['an id of another type', 'message.user.id', user({ id: noText })],
    ['an anonymous id of another type', 'message.user.anonId', user({ id: 'e1', anonId: noText })],
    ['an id that names nobody', 'identity.refused', user({ id: random.of(nonIds), anonId: 'ea1' })],
    ['an id that is too long', 'identity.length', user({ id: 'é'.repeat(513) })],
    ['attributes of another type', 'message.user.attributes', user({ id: 'e1', attributes: noObject })],
    ['an action of another type', 'message.action', put('action', random.of([7, true, [], {}, 'x'.repeat(513)]))],
    [
      'no action',
      'message.action',
      (fields) => {
        user({ id: 'e1' })(fields);
        Object.assign(fields, { action: null, itemAction: undefined });
      },
    ],
    ['a source of another type', 'message.source', put('source', noObject)],
    ['no moment', 'message.source.time', put('source', { time: random.of(noMoments) })],
    ['flags of another type', 'message.flags', put('flags', noObject)],
    ['a flag of another type', 'message.flags.doNotTrack', put('flags', { doNotTrack: random.of(['true', 1, []]) })],
    ['an order of another type', 'message.order', put('order', random.of(['o1', 17, true, [1]]))],
    ['a messageId of another type', 'message.messageId', put('messageId', random.of([1, true, 'x'.repeat(1_001)]))],
    ['an unkeepable text', 'message.text', put('unknown', random.of<unknown>([unkeepable, { [unkeepable]: 1 }]))],
    ['a number beyond numbers', 'message.number', put('cart', raw('1e999'))],
    ['objects nested too deeply', 'message.depth', put('catalog', nested(random.of([40, 1_000, 7_000])))],
    ['too many bytes', 'message.too_large', put('cart', 'x'.repeat(33_000))],
  ]);
}

export function spoiltEvent(random: Random, mark: string, access: EventApiAccess): FuzzRequest {
  const fields = drawEvent(random, mark);
  const [what, code, spoil] = drawSpoiling(random);
  spoil(fields);
  const text = textOf(fields);
  const judge = refusedAsInvalid([code === 'message.too_large' ? 413 : 400, code]);
  return { what: `api2: ${what}`, ...wayOf(random, access, text.length).request(text), judge, secrets: [`-${mark}`] };
}

/** The problem document of an event that is wrong has the code of the described system too. */
function refusedAsInvalid(...refusals: readonly Refusal[]): Judge {
  return (answer, ledger) => {
    refused(...refusals)(answer, ledger);
    if (answer?.json?.errorCode !== 5) throw new Error(`expected errorCode 5, got ${answer?.json?.errorCode}`);
  };
}

export function unreadableEvent(random: Random, mark: string, access: EventApiAccess): FuzzRequest {
  const text = textOf({ ...drawEvent(random, mark), source: { mark } });
  const bytes = Buffer.from(text);
  const unreadable = refusedAsInvalid([400, 'request.unreadable']);
  const sent = (what: string, body: Buffer | string, judge = unreadable): FuzzRequest => {
    return { what: `api2: ${what}`, ...wayOf(random, access, body.length).request(body), judge };
  };
  const posted = (what: string, body: Buffer | string, headers: Record<string, string>, judge = unreadable) => {
    return { what: `api2: ${what}`, method: 'POST', path: openPath, body, headers, judge };
  };
  const json = { 'content-type': 'application/json' };
  const inForm = random.of([
    '',
    'event',
    'event=',
    'event=%7B%7D',
    'event={}',
    'x=1',
    `event=e30&event=e30`,
    '%',
    'event=%zz',
    'event=e30;',
  ]);
  const inAddress = random.of([
    '',
    '?event=',
    '?event=%00',
    '?event[]=e30',
    '?__proto__=1',
    '?event=e30&event=e30',
    '?event=%F0%28%8C%28',
  ]);
  return random.of<() => FuzzRequest>([
    () => sent('an event that is cut off', bytes.subarray(0, 1 + random.below(bytes.length - 1))),
    () => sent('an event with more behind it', `${text}${random.of(['}', '{}', 'x'])}`),
    () => sent('an event that is no JSON', text.replace(`"e:${mark}"`, random.of(noJson))),
    () => sent('an event that is no UTF-8', brokenText(random, bytes)),
    () => sent('an event in UTF-16', Buffer.from(text, 'utf16le')),
    () =>
      sent('other JSON', textOf(random.of([null, [], 'x', 7, true])), refusedAsInvalid([400, 'message.not_an_object'])),
    () => posted('a form without an event', inForm, form),
    () => ({
      what: 'api2: an address without an event',
      method: 'GET',
      path: `${openPath}${inAddress}`,
      judge: unreadable,
    }),
    () => posted('an empty body', '', json),
    () =>
      posted(
        'an event packed as nobody knows',
        gzipSync(text),
        { ...json, 'content-encoding': random.of(['zstd', '__proto__']) },
        refusedAsInvalid([415, 'request.encoding']),
      ),
    () => posted('an event not packed as it says', text, { ...json, 'content-encoding': 'gzip' }),
    () =>
      posted(
        'another media type',
        text,
        { 'content-type': random.of(['application/xml', 'multipart/form-data', 'x']) },
        refusedAsInvalid([415, 'request.media_type']),
      ),
    () => ({
      ...posted('a body that is too large', 'x'.repeat(200_000), json, refusedAsInvalid([413, 'request.too_large'])),
      ownConnection: true,
    }),
  ])();
}

/** Datasets that take no events, strangers where a token is needed, other methods. */
export function strangerToEvents(random: Random, mark: string, { credentials }: EventApiAccess): FuzzRequest {
  const body = textOf(drawEvent(random, mark));
  const json = { 'content-type': 'application/json' };
  const unknown = random.of([
    'blog',
    'nix',
    'SHOP',
    'shop%20',
    '__proto__',
    'constructor',
    '%C3%A9',
    'x'.repeat(200),
    "'--",
  ]);
  const post = { method: 'POST', headers: json, body };
  return random.of<FuzzRequest>([
    {
      what: 'api2: a dataset that takes none',
      ...post,
      path: `/api2/event/${unknown}`,
      judge: refused([404, 'dataset.unknown']),
    },
    {
      what: 'api2: a dataset that is not there',
      ...post,
      path: `/api2/authevent/${unknown.replace('blog', 'nix')}`,
      headers: { ...json, ...credentials },
      judge: refused([404, 'dataset.unknown']),
    },
    { what: 'api2: no token', ...post, path: trustedPath, judge: refused([401, 'access.unauthenticated']) },
    {
      what: 'api2: a wrong token',
      ...post,
      path: trustedPath,
      headers: { ...json, authorization: random.of(['Basic', 'Basic eDp5', 'Basic AAAA', 'Bearer x', 'Basic Og==']) },
      judge: refused([401, 'access.unauthenticated']),
    },
    {
      what: 'api2: another method',
      ...post,
      method: random.of(['PUT', 'PATCH', 'DELETE']),
      path: random.of([openPath, trustedPath]),
      judge: refused([405, 'route.method']),
    },
    {
      what: 'api2: another address',
      ...post,
      path: `/api2/${random.of(['', 'event', 'event/', 'event/shop/x', 'events/shop', 'authevent'])}`,
      // Without a name behind the slash it is one that no dataset has.
      judge: refused([404, 'route.unknown'], [404, 'dataset.unknown']),
    },
    {
      what: 'api2: a name that is no name',
      ...post,
      path: '/api2/event/a%00b',
      judge: refused([400, 'request.unreadable'], [404, 'dataset.unknown']),
    },
    {
      what: 'api2: an address that cannot be read',
      ...post,
      path: `/api2/event/%${random.of(['', 'zz', 'c3%28'])}`,
      judge: refused([400, 'request.unreadable']),
    },
  ]);
}
