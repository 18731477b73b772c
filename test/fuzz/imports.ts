import { gzipSync } from 'node:zlib';
import type { Json } from '../../src/json.ts';
import type { Random } from '../story/random.ts';
import { type FuzzRequest, type Refusal, refused, succeeds } from './case.ts';
import { readJson } from './json-text.ts';
import { type Meaning, trackingMeaning } from './meaning.ts';
import { noJson, oddTexts } from './odd.ts';
import { type DrawnText, drawGood, drawSpoilt } from './tracking-messages.ts';

const path = '/api/dataset/shop/imports';

interface Row {
  bytes: Buffer;
  /** What the row says, where it is good. */
  meaning?: Meaning;
}

/** A file in which good and bad rows stand together, packed or not: the good ones are taken, and the bad ones are counted. */
export function goodImport(random: Random, mark: string, credentials: Record<string, string>): FuzzRequest {
  const isCsv = random.chance(0.5);
  const rows = Array.from({ length: 1 + random.below(12) }, (_, index) =>
    (isCsv ? drawCells : drawLine)(random, `${mark}.${index}`),
  );
  const head = isCsv ? [Buffer.from('userId,event,messageId,timestamp,properties.mark,"properties.odd"')] : [];
  const ending = random.of(['\n', '\r\n']);
  const lines = [...head, ...rows.map(({ bytes }) => bytes)].flatMap((bytes) => [bytes, Buffer.from(ending)]);
  const bom = Buffer.from(isCsv && random.chance(0.2) ? '\ufeff' : '');
  const file = Buffer.concat([bom, ...lines]);
  const packed = random.chance(0.4);
  const good = rows.flatMap(({ meaning }) => meaning ?? []);
  const judge = succeeds(202, ({ json }, ledger) => {
    ledger.imports.push({ id: String(json?.id), accepted: good.length, rejected: rows.length - good.length });
    ledger.take(...good);
    ledger.create('import');
  });
  return {
    what: `imports: a file of ${isCsv ? 'CSV' : 'NDJSON'}`,
    method: 'POST',
    path: `${path}?kind=events`,
    headers: {
      ...credentials,
      'content-type': isCsv ? 'text/csv' : 'application/x-ndjson',
      ...(packed ? { 'content-encoding': 'gzip' } : {}),
    },
    body: packed ? gzipSync(file) : file,
    judge,
  };
}

function drawLine(random: Random, mark: string): Row {
  const kind = random.below(4);
  if (kind === 0) return { bytes: Buffer.from(drawSpoiltLine(random, mark)) };
  if (kind === 1) {
    const wrong = random.of([
      '{',
      '}',
      '[]',
      'null',
      '17',
      '{"type":"x"}',
      '{"userId":"\0"}',
      ...noJson.filter((sign) => sign !== ''),
    ]);
    return { bytes: Buffer.from(wrong) };
  }
  const drawn = drawOne(random, mark, drawGood);
  if (random.chance(0.1)) return { bytes: Buffer.concat([Buffer.from([0xff]), Buffer.from(drawn.text)]) };
  return { bytes: Buffer.from(drawn.text), meaning: meaningOf(drawn) };
}

/** What a page may not say of a clock says nothing in a file: its moments are as they were written. */
function drawSpoiltLine(random: Random, mark: string): string {
  for (;;) {
    const drawn = drawOne(random, mark, drawSpoilt);
    if (drawn.what !== 'no moment of sending') return drawn.text;
  }
}

/** Files are trusted, and a row is a line. */
function drawOne(random: Random, mark: string, draw: typeof drawGood): DrawnText {
  return draw(random, mark, { inBatch: true });
}

function meaningOf({ type, text }: DrawnText): Meaning {
  const meaning = trackingMeaning(type, readJson(text) as Record<string, Json>);
  const { event } = meaning;
  const fields = readJson(text) as Record<string, Json>;
  if (event?.at === null) event.at = Date.parse(fields.originalTimestamp as string);
  return meaning;
}

function drawCells(random: Random, mark: string): Row {
  const person = `u${random.below(100)}`;
  const odd = random.of(oddTexts.filter((text) => !text.includes('\u0000')));
  const quoted = (text: string) =>
    /[",\r\n]/.test(text) || random.chance(0.2) ? `"${text.replaceAll('"', '""')}"` : text;
  const good = [person, 'View Item', `i-${mark}`, '2024-05-01', mark, odd];
  const bad = random.of<string[] | Buffer>([
    good.slice(1),
    [...good, 'more'],
    ['', ...good.slice(1)],
    ['null', ...good.slice(1)],
    [person, '', ...good.slice(2)],
    ['x'.repeat(513), ...good.slice(1)],
    [person, 'View Item', `i-${mark}`, 'yesterday', mark, 'x'],
    Buffer.from(`${person},"View Item"x,i-${mark},2024-05-01,${mark},x`),
    Buffer.from(`${person},a\0b,i-${mark},2024-05-01,${mark},x`),
    Buffer.concat([
      Buffer.from(`${person},`),
      Buffer.from([0xc3, 0x28]),
      Buffer.from(`,i-${mark},2024-05-01,${mark},x`),
    ]),
  ]);
  if (random.chance(0.3)) return { bytes: Buffer.isBuffer(bad) ? bad : Buffer.from(bad.map(quoted).join()) };
  const properties: Record<string, Json> = { mark: cell(mark), ...(odd === '' ? {} : { odd: cell(odd) }) };
  return {
    bytes: Buffer.from(good.map(quoted).join()),
    meaning: {
      names: [`userId:${person}`],
      event: { action: 'View Item', properties, at: Date.parse('2024-05-01') },
      traits: {},
    },
  };
}

/** A cell that is exactly a number of JSON is that number, unless it cannot hold it. */
function cell(text: string): Json {
  if (!/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text)) return text;
  const read = readJson(text) as Json;
  return typeof read === 'number' && Number.isFinite(read) ? read : text;
}

/** Files that are no files: nothing of them is kept. */
export function badImport(random: Random, mark: string, credentials: Record<string, string>): FuzzRequest {
  const csv = `userId,event,messageId\nu1,View Item,i-${mark}\n`;
  const packed = gzipSync(csv);
  const type = { 'content-type': 'text/csv' };
  const gzip = { ...type, 'content-encoding': 'gzip' };
  const [what, body, headers, refusal, query = 'kind=events'] = random.of<BadImport>([
    ['packed and cut off', packed.subarray(0, 1 + random.below(packed.length - 1)), gzip, [400, 'import.gzip']],
    ['not packed as it says', csv, gzip, [400, 'import.gzip']],
    ['packed and broken', Buffer.concat([packed.subarray(0, -6), Buffer.from('broken')]), gzip, [400, 'import.gzip']],
    [
      'of another media type',
      csv,
      { 'content-type': random.of(['text/html', 'application/json', 'x']) },
      [415, 'request.media_type'],
    ],
    [
      'packed as nobody knows',
      csv,
      { ...type, 'content-encoding': random.of(['br', 'zip', 'constructor']) },
      [415, 'request.encoding'],
    ],
    ['without a kind', csv, type, [400, 'request.unreadable'], ''],
    [
      'of another kind',
      csv,
      type,
      [400, 'request.unreadable'],
      `kind=${random.of(['x', '__proto__', 'events&kind=users', ''])}`,
    ],
    [
      'with a wrong map',
      csv,
      type,
      [400, 'request.unreadable'],
      `kind=events&map=${encodeURIComponent(random.of(['{', '[]', 'null', '{"userId":{}}', '"x"']))}`,
    ],
    [
      'with another parameter',
      csv,
      type,
      [400, 'request.unreadable'],
      `kind=events&${random.of(['x=1', '__proto__[a]=1', 'constructor=1'])}`,
    ],
  ]);
  return {
    what: `imports: a file ${what}`,
    method: 'POST',
    path: `${path}?${query}`,
    headers: { ...credentials, ...headers },
    body,
    judge: refused(refusal),
  };
}

type BadImport = readonly [
  what: string,
  body: Buffer | string,
  headers: Record<string, string>,
  refusal: Refusal,
  query?: string,
];
