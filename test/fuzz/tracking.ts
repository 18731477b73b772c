import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { Json } from '../../src/json.ts';
import type { Random } from '../story/random.ts';
import { type Answer, type FuzzRequest, type Judge, type Refusal, refused, succeeds } from './case.ts';
import { readJson, textOf } from './json-text.ts';
import { type Meaning, type TrackingType, trackingMeaning, trackingTypes } from './meaning.ts';
import { noJson, oddObject, oddTexts, oddValue } from './odd.ts';
import { type DrawnText, drawGood, drawSpoilt, messageIdOf, nested } from './tracking-messages.ts';

export const writeKey = 'fuzz-write-key';
const authorization = basic(`${writeKey}:`);
const json = { authorization, 'content-type': 'application/json' };

export function basic(text: string): string {
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

const pathOf = (random: Random, type: TrackingType) => `/v1/${random.of([type, type[0]])}`;

function meaningOf({ type, text }: DrawnText, hasSentAt = false): Meaning {
  return trackingMeaning(type, readJson(text) as Record<string, Json>, { hasSentAt });
}

/** A message on its own that has to be taken, in one of the ways that libraries send it; sent again it changes nothing. */
export function goodMessage(random: Random, mark: string): FuzzRequest[] {
  const drawn = drawGood(random, mark);
  const packed = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync };
  const encoding = random.of(Object.keys(packed) as (keyof typeof packed)[]);
  const inBody = `{"writeKey":"${writeKey}",${drawn.text.slice(1)}`;
  const request = random.of<Pick<FuzzRequest, 'headers' | 'body'>>([
    { headers: json, body: drawn.text },
    { headers: { ...json, 'content-type': 'text/plain;charset=UTF-8' }, body: drawn.text },
    { headers: { ...json, 'content-encoding': encoding }, body: packed[encoding](drawn.text) },
    { headers: { 'content-type': 'Application/JSON; charset=utf-8' }, body: inBody },
    { headers: { authorization }, body: `\ufeff${drawn.text}` },
    { headers: json, body: ` \r\n\t${drawn.text}\n` },
  ]);
  const taken = { ...request, what: 'v1: a message', method: 'POST', path: pathOf(random, drawn.type) };
  const first: FuzzRequest = { ...taken, judge: takes(() => [meaningOf(drawn)]) };
  if (!random.chance(0.1)) return [first];
  return [first, { ...taken, what: 'v1: a message once more', judge: takes(() => []) }];
}

export function spoiltMessage(random: Random, mark: string): FuzzRequest {
  const { type, text, what, refusal } = drawSpoilt(random, mark);
  const secrets = [`-${mark}`];
  return {
    what: `v1: ${what}`,
    method: 'POST',
    path: pathOf(random, type),
    headers: json,
    body: text,
    secrets,
    judge: refused(refusal as Refusal),
  };
}

/** Good and bad messages together: the good ones are taken, and each bad one is named with its reason. */
export function batch(random: Random, mark: string): FuzzRequest {
  const count = random.of([1, 2, 3, 8, 20]);
  const share = random.of([0, 0.2, 0.5, 1]);
  const messages = Array.from({ length: count }, (_, index) => drawOne(random, `${mark}.${index}`, share));
  // At the ends of time the correction by the sender's clock leads beyond them.
  const isFarAway = messages.some(({ text }) => /0001-|9999-|62135596|2534023/.test(text));
  const hasSentAt = !isFarAway && random.chance(0.1);
  const beside = hasSentAt ? `,"sentAt":"${new Date().toISOString()}"` : '';
  const text = `{"batch":[${messages.map((each) => each.text).join()}]${beside},"writeKey":${textOf(random.of([writeKey, 7]))}}`;
  const bad = messages.flatMap(({ refusal }, index) => (refusal ? [[index, refusal[1]]] : []));
  const good = messages.filter(({ refusal }) => !refusal);
  const rejections = (answer: Answer | undefined) =>
    ((answer?.json?.rejected ?? []) as { index: number; code: string }[]).map(({ index, code }) => [index, code]);
  const judge: Judge = (answer, ledger) => {
    if (good.length > 0) succeeds(200)(answer, ledger);
    else refused([400, 'batch.rejected'])(answer, ledger);
    const got = JSON.stringify(rejections(answer));
    if (got !== JSON.stringify(bad)) throw new Error(`expected the rejected ${JSON.stringify(bad)}, got ${got}`);
    ledger.take(...good.map((each) => meaningOf(each, hasSentAt)));
  };
  const path = `/v1/${random.of(['batch', 'b', 'import'])}`;
  return { what: 'v1: a batch', method: 'POST', path, headers: json, body: text, judge, secrets: [`-${mark}`] };
}

function drawOne(random: Random, mark: string, badShare: number): DrawnText {
  if (!random.chance(badShare)) return drawGood(random, mark, { inBatch: true });
  if (random.chance(0.8)) return drawSpoilt(random, mark, { inBatch: true });
  const [text, code] = random.of([
    ['null', 'message.not_an_object'],
    ['[]', 'message.not_an_object'],
    ['17', 'message.not_an_object'],
    ['"track"', 'message.not_an_object'],
    ['{}', 'message.type'],
    ['{"type":"__proto__","userId":"x"}', 'message.type'],
    ['{"type":["track"],"userId":"x","event":"y"}', 'message.type'],
  ] as const);
  return { type: 'track', text, refusal: [400, code], what: 'no message' };
}

/** Bodies that cannot be read, whatever they hold. */
export function unreadableBody(random: Random, mark: string): FuzzRequest {
  const { type, text } = drawGood(random, mark);
  const bytes = Buffer.from(text);
  const unreadable: Refusal = [400, 'request.unreadable'];
  const cut = 1 + random.below(bytes.length - 1);
  const packed = gzipSync(bytes);
  const [what, body, refusal = unreadable, headers = {}] = random.of<UnreadableBody>([
    ['cut off', bytes.subarray(0, cut)],
    ['with more behind it', `${text}${random.of(['}', '{}', ',', 'x', '\0'])}`],
    ['that is no JSON', text.replace(JSON.stringify(messageIdOf(mark)), random.of(noJson))],
    ['that is empty', random.of(['', ' ', '\r\n', '\ufeff'])],
    ['that is no UTF-8', brokenText(random, bytes)],
    ['in UTF-16', Buffer.from(text, 'utf16le')],
    ['in UTF-32', Buffer.concat([...text].map((sign) => Buffer.from([0, 0, 0, sign.charCodeAt(0) & 127])))],
    ['nested without end', random.of(['[', '{"a":']).repeat(random.of([1_000, 60_000]))],
    ['not packed as it says', bytes, unreadable, { 'content-encoding': random.of(['gzip', 'br', 'deflate']) }],
    ['packed and cut off', packed.subarray(0, random.below(packed.length)), unreadable, { 'content-encoding': 'gzip' }],
    ['packed and broken', broken(random, packed), unreadable, { 'content-encoding': 'gzip' }],
    ['that is a bomb', random.of(bombs), [413, 'request.too_large'], { 'content-encoding': 'gzip' }],
    ['that is too large', ' '.repeat(600_000), [413, 'request.too_large']],
    ['packed as nobody knows', bytes, [415, 'request.encoding'], { 'content-encoding': random.of(unknownEncodings) }],
    ['of another media type', bytes, [415, 'request.media_type'], { 'content-type': random.of(otherMediaTypes) }],
  ]);
  return {
    what: `v1: a body ${what}`,
    method: 'POST',
    path: random.of([pathOf(random, type), '/v1/batch']),
    headers: { ...json, ...headers },
    body,
    judge: refused(refusal),
    secrets: [`-${mark}`],
    ...(refusal[0] === 413 ? { ownConnection: true } : {}),
  };
}

type UnreadableBody = readonly [
  what: string,
  body: Buffer | string,
  refusal?: Refusal,
  headers?: Record<string, string>,
];

/** Packed once: most of the work would be theirs. */
const bombs = [600_000, 20_000_000].map((bytes) => gzipSync(Buffer.alloc(bytes, ' ')));

const unknownEncodings = ['zstd', 'compress', 'gzip, gzip', '__proto__', 'constructor', 'gzip;q=1', 'x'.repeat(500)];
const otherMediaTypes = [
  'application/xml',
  'multipart/form-data; boundary=x',
  'text/html',
  '*/*',
  'json',
  'application/',
  '/',
];

/** Bytes that are no UTF-8, where a text was: alone, cut off, too long for what they say, half a pair, beyond all signs. */
export function brokenText(random: Random, bytes: Buffer): Buffer {
  const wrong = random.of(['ff', '80', 'c3', 'c080', 'e08080', 'eda080', 'f4908080', 'f8888080']);
  const inText = bytes.indexOf('"') + 1;
  return Buffer.concat([bytes.subarray(0, inText), Buffer.from(wrong, 'hex'), bytes.subarray(inText)]);
}

/** With a byte changed behind the head, so that the content or its checksum is wrong. */
function broken(random: Random, packed: Buffer): Buffer {
  const changed = Buffer.from(packed);
  const at = packed.length - 8 + random.below(4);
  changed[at] = (changed[at] as number) ^ 0x55;
  return changed;
}

/** JSON that is no message and no batch of messages. */
export function otherJson(random: Random): FuzzRequest {
  const isBatch = random.chance(0.5);
  const values = [null, true, 0, 'batch', [], [[]], [{ type: 'track' }]];
  const noBatch = [...values, {}, { batch: null }, { batch: {} }, { batch: 'x' }, oddObject(random)];
  const many = `{"batch":[${'0,'.repeat(10_000)}0]}`;
  const deep = `{"batch":${nested(random.of([100, 100_000])).slice(5, -1)}}`;
  const [body, refusal, ...others] = !isBatch
    ? ([textOf(random.of(values)), [400, 'message.not_an_object']] as [string, Refusal, ...Refusal[]])
    : random.of([
        [textOf(random.of(noBatch)), [400, 'batch.missing']],
        ['{"batch":[]}', [200, 'nothing']],
        [many, [413, 'batch.too_many']],
        [deep, [400, 'batch.rejected'], [400, 'request.unreadable']],
      ] as [string, Refusal, ...Refusal[]][]);
  const path = isBatch ? '/v1/batch' : pathOf(random, random.of(trackingTypes));
  const judge = refusal[0] === 200 ? takes(() => []) : refused(refusal, ...others);
  const ownConnection = refusal[0] === 413 ? ({ ownConnection: true } as const) : {};
  return { what: 'v1: other JSON', method: 'POST', path, headers: json, body, judge, ...ownConnection };
}

/** Somebody without a key, and addresses and methods that are not there. */
export function stranger(random: Random, mark: string): FuzzRequest {
  const { type, text } = drawGood(random, mark);
  const post = { method: 'POST', path: pathOf(random, type), body: text };
  const keys = [
    '',
    'x',
    `${writeKey}x`,
    '__proto__',
    'constructor',
    'a\0b',
    '\ud800',
    'k'.repeat(2_000),
    '%',
    "' OR ''='",
  ];
  const headers = [
    'Basic',
    'Basic !',
    'Basic =',
    'Bearer x',
    `basic ${writeKey}`,
    'Digest a="b"',
    ' ',
    'x'.repeat(5_000),
  ];
  const noKey = refused([401, 'access.write_key']);
  const inBody = `{"writeKey":${textOf(random.of([null, 7, {}, [writeKey], ...keys]))},${text.slice(1)}`;
  const { authorization: _, ...keyless } = json;
  const anywhere = `/v1/${random.of(['', 'x', 'track/', 'track/x', '__proto__', 'Track', 'batch%00', '%74rack', 'b/b'])}`;
  return random.of<FuzzRequest>([
    { what: 'v1: no write key', ...post, headers: keyless, judge: noKey },
    {
      what: 'v1: a wrong write key',
      ...post,
      headers: { ...json, authorization: basic(`${random.of(keys)}:`) },
      judge: noKey,
    },
    {
      what: 'v1: nonsense for a write key',
      ...post,
      headers: { ...json, authorization: random.of(headers) },
      judge: noKey,
    },
    { what: 'v1: a wrong write key in the body', ...post, headers: keyless, body: inBody, judge: noKey },
    {
      what: 'v1: another method',
      ...post,
      method: random.of(['PUT', 'PATCH', 'DELETE', 'GET']),
      headers: json,
      judge: refused([405, 'route.method']),
    },
    { what: 'v1: another address', ...post, path: anywhere, headers: json, judge: otherAddress(anywhere, type, text) },
    {
      what: 'v1: settings for a wrong key',
      method: 'GET',
      path: `/v1/projects/${encodeURIComponent(random.of(keys.filter((key) => key.isWellFormed() && key.length < 1_000 && key !== '')))}/settings`,
      judge: refused([404, 'write_key.unknown']),
    },
    {
      what: 'v1: figures of a library',
      method: 'POST',
      path: '/v1/m',
      headers: json,
      body: textOf(oddValue(random)),
      judge: takes(() => []),
    },
  ]);
}

/** `%74rack` is `track` written otherwise. */
function otherAddress(path: string, type: TrackingType, text: string): Judge {
  if (path !== '/v1/%74rack') return refused([404, 'route.unknown']);
  return type === 'track' ? takes(() => [meaningOf({ type, text, what: '' })]) : refusedOrTaken('track', text);
}

/**
 * A message in which signs were changed at random. What it is now says its own text: if that is no JSON it is refused as such, and
 * when it is taken it is taken as what it says.
 */
export function changedMessage(random: Random, mark: string): FuzzRequest {
  const { type, text } = drawGood(random, mark);
  const bytes = Buffer.from(text);
  let changed: Buffer = bytes;
  for (let changes = 1 + random.below(3); changes > 0; changes--) changed = change(random, changed);
  return {
    what: 'v1: a message with changed signs',
    method: 'POST',
    path: `/v1/${type}`,
    headers: json,
    body: changed,
    judge: refusedOrTaken(type, changed),
  };
}

function change(random: Random, bytes: Buffer): Buffer {
  const at = random.below(bytes.length);
  const until = at + random.below(4);
  const signs = [...'{}[]":,\\09-eE.tn \n', '\\u0000', '\\ud83d', '"":', ...oddTexts.slice(0, 4)];
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(random.of(signs)), bytes.subarray(until)]);
}

function refusedOrTaken(type: TrackingType, body: Buffer | string): Judge {
  return (answer, ledger) => {
    const fields = readBody(Buffer.from(body));
    if (fields === undefined) return refused([400, 'request.unreadable'])(answer, ledger);
    if (answer?.status === 200)
      return takes(() => [trackingMeaning(type, fields as Record<string, Json>)])(answer, ledger);
    if (answer?.status !== 400 && answer?.status !== 413)
      throw new Error(`got ${answer?.status} ${answer?.json?.code}`);
  };
}

/** Undefined for what is no UTF-8 or no JSON. */
function readBody(bytes: Buffer): unknown {
  try {
    return readJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) ?? null;
  } catch {
    return undefined;
  }
}

/** Success, and then these are to be found; a rejection beside it would be one that nobody expected. */
function takes(meanings: () => Meaning[]): Judge {
  return succeeds(200, ({ json: document, text }, ledger) => {
    if (document?.success !== true || 'rejected' in document) throw new Error(`expected success alone, got ${text}`);
    ledger.take(...meanings());
  });
}
