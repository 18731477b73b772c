import { gzipSync } from 'node:zlib';
import { type Case, csv, ds, json, ndjson, post, unacceptable, unreadable } from './case.ts';

const file = (query: string, body: string | Buffer, headers: Record<string, string> = csv) =>
  ({ method: 'POST', path: `${ds}/imports?${query}`, body, headers }) as const;
const mapped = (name: 'map' | 'values', value: unknown) =>
  `kind=events&${name}=${encodeURIComponent(typeof value === 'string' ? value : JSON.stringify(value))}`;

export const imports: Case[] = [
  { what: 'no kind', ...file('', 'userId,event\n'), ...unreadable, says: [/"kind" must be events or users/] },
  { what: 'another kind', ...file('kind=event', 'userId,event\n'), ...unreadable, says: [/"kind".*events or users/] },
  {
    what: 'an unknown parameter',
    ...file('kind=events&colum=x', 'a\n'),
    ...unreadable,
    says: [/"colum"/, /map, values/],
  },
  {
    what: 'JSON',
    ...file('kind=events', '{}', json),
    status: 415,
    code: 'request.media_type',
    says: [/text\/csv or application\/x-ndjson/],
  },
  {
    what: 'another packing',
    ...file('kind=events', 'userId,event\n', { ...csv, 'content-encoding': 'br' }),
    status: 415,
    code: 'request.encoding',
    says: [/Content-Encoding: gzip/],
  },
  {
    what: 'gzip that is none',
    ...file('kind=events', 'userId,event\nu,View\n', { ...csv, 'content-encoding': 'gzip' }),
    status: 400,
    code: 'import.gzip',
    says: [/whole gzip data.*Nothing was imported/],
  },
  {
    what: 'gzip that ends too early',
    ...file('kind=events', gzipSync('userId,event\nu,View\n'.repeat(99)).subarray(0, 40), {
      ...csv,
      'content-encoding': 'gzip',
    }),
    status: 400,
    code: 'import.gzip',
    says: [/whole gzip data.*Nothing was imported/],
  },
  {
    what: 'an empty file',
    ...file('kind=events', ''),
    status: 422,
    code: 'import.empty',
    says: [/empty.*at least one line/],
  },
  {
    what: 'an empty file of lines',
    ...file('kind=users', '\n\n', ndjson),
    status: 422,
    code: 'import.empty',
    says: [/empty.*at least one line/],
  },
  {
    what: 'UTF-16',
    ...file('kind=events', Buffer.from('\ufeffuserId,event\nu,View\n', 'utf16le')),
    status: 422,
    code: 'import.encoding',
    says: [/not UTF-8; save it as UTF-8/],
  },
  {
    what: 'a header with broken quotes',
    ...file('kind=events', 'userId,"eve"nt\n'),
    status: 422,
    code: 'import.columns',
    says: [/first line, which names the columns.*RFC 4180/],
  },
  {
    what: 'a column twice',
    ...file('kind=events', 'userId,event,event\n'),
    status: 422,
    code: 'import.columns',
    says: [/"event" is there twice/],
  },
  {
    what: 'no column that names a user',
    ...file('kind=events', 'event,colour\n'),
    status: 422,
    code: 'import.columns',
    says: [/names a user.*userId, anonymousId or identity:<type>/, /Columns of the file: event, colour/],
  },
  {
    what: 'no column that names the event',
    ...file('kind=events', 'userId,timestamp\n'),
    status: 422,
    code: 'import.columns',
    says: [/event.*map or by values/, /Columns of the file: userId, timestamp/],
  },
  {
    what: 'a value and an object at once',
    ...file('kind=events', 'userId,event,properties.a,properties.a.b\n'),
    status: 422,
    code: 'import.columns',
    says: [/properties\.a cannot be a value and an object/],
  },
  {
    what: 'a map that is no JSON',
    ...file(mapped('map', 'userId=id'), 'id\n'),
    ...unreadable,
    says: [/"map": expected a JSON object/, /"customer_id"/],
  },
  {
    what: 'a map that is a list',
    ...file(mapped('map', ['id']), 'id\n'),
    ...unreadable,
    says: [/"map": expected a JSON object/],
  },
  {
    what: 'a map to a number',
    ...file(mapped('map', { userId: 1 }), 'id\n'),
    ...unreadable,
    says: [/"map": expected.*of texts/],
  },
  {
    what: 'values that are objects',
    ...file(mapped('values', { event: {} }), 'userId\n'),
    ...unreadable,
    says: [/"values": expected.*of texts/],
  },
  {
    what: 'a map to a column that is not there',
    ...file(mapped('map', { userId: 'customer' }), 'id,event\n'),
    status: 422,
    code: 'import.map',
    says: [/no column "customer" for "userId"/, /Columns of the file: id, event/],
  },
  {
    what: 'a map of an unknown target',
    ...file(mapped('map', { userid: 'id' }), 'id,event\n'),
    status: 422,
    code: 'import.map',
    says: [/"userid" is nothing to fill/, /there are userId, anonymousId/],
  },
  {
    what: 'a target filled twice',
    ...file(`${mapped('map', { event: 'what' })}&${mapped('values', { event: 'Buy' }).slice(12)}`, 'userId,what\n'),
    status: 422,
    code: 'import.values',
    says: [/"event" is filled twice/],
  },
  {
    what: 'a map for lines of JSON',
    ...file(mapped('map', { userId: 'id' }), '{"id":"u"}\n', ndjson),
    status: 422,
    code: 'import.map',
    says: [/map, values and ignore are for CSV/, /Leave map, values and ignore out/],
  },
  {
    what: 'an import that is not there',
    method: 'GET',
    path: `${ds}/imports/imp_none`,
    status: 404,
    code: 'import.unknown',
    says: [/no such import/],
  },
];

const dataset = (what: string, body: unknown, ...says: RegExp[]) => post(what, '/api/datasets', body, ...says);
export const datasets: Case[] = [
  dataset('without an id', { name: 'X' }, /"id" is missing/),
  dataset('with an id in capitals', { id: 'Shop', name: 'X' }, /"id": expected a small letter, then up to 39/),
  dataset(
    'with an id of 41 letters',
    { id: 'x'.repeat(41), name: 'X' },
    /"id": expected a small letter, then up to 39/,
  ),
  dataset(
    'of an unknown type',
    { id: 'x', name: 'X', type: 'live' },
    /"type" must be production or staging or qa or development/,
  ),
  dataset(
    'with an unknown field',
    { id: 'x', name: 'X', colour: 'red' },
    /"colour" is not known here; known: id, name, type/,
  ),
  dataset('with a name that cannot be stored', { id: 'x', name: 'a\0b' }, /"name": expected text without U\+0000/),
  { ...dataset('twice', { id: 'shop', name: 'X' }, /"shop" exists already/), status: 409, code: 'dataset.exists' },
  {
    ...dataset('too many', { id: 'x', name: 'X' }, /2 datasets, the most it may have \(LETHE_DATASETS_MAX\)/),
    status: 409,
    code: 'dataset.limit',
  },
  {
    what: 'deleted without its id',
    method: 'DELETE',
    path: '/api/datasets/shop',
    status: 422,
    code: 'dataset.not_confirmed',
    says: [/\?confirm=shop/],
  },
  {
    what: 'deleted with another id',
    method: 'DELETE',
    path: '/api/datasets/shop?confirm=blog',
    status: 422,
    code: 'dataset.not_confirmed',
    says: [/\?confirm=shop/],
  },
  {
    what: 'that is not there',
    method: 'GET',
    path: '/api/dataset/nix/summary',
    status: 404,
    code: 'dataset.unknown',
    says: [/no such dataset/],
  },
  {
    what: 'summed up with a filter',
    method: 'GET',
    path: `${ds}/summary?from=2024-01-01`,
    ...unreadable,
    says: [/"from" is not known here/],
  },
  {
    what: 'with users listed 1,001 at a time',
    method: 'GET',
    path: `${ds}/users?limit=1001`,
    ...unreadable,
    says: [/"limit".*1000/],
  },
  {
    what: 'with users sorted by name',
    method: 'GET',
    path: `${ds}/users?sort=name`,
    ...unreadable,
    says: [/"sort" must be lastActivity/],
  },
  post('with users searched for by nothing', `${ds}/users/search`, { search: '' }, /"search"/),
  post('with users searched for 1,001 at a time', `${ds}/users/search`, { limit: 1_001 }, /"limit".*1000/),
  post('with users searched for in an unknown field', `${ds}/users/search`, { name: 'u1' }, /known: search, segment/),
  {
    what: 'with users searched for from a made-up cursor',
    method: 'POST',
    path: `${ds}/users/search`,
    body: {
      sort: 'lastActivity',
      cursor: Buffer.from(JSON.stringify({ id: 1, lastActivity: 'soon' })).toString('base64url'),
    },
    status: 400,
    code: 'query.cursor',
    says: [/nextCursor of the page before/],
  },
  {
    what: 'audited since yesterday',
    method: 'GET',
    path: '/api/audit?from=yesterday',
    ...unreadable,
    says: [/"from": expected a day \(2024-05-01\)/],
  },
];

const put = (what: string, path: string, body: unknown, ...says: RegExp[]): Case => {
  return { what, method: 'PUT', path: `${ds}${path}`, body, ...unacceptable, says };
};
const named = (what: string, method: 'PUT' | 'DELETE', path: string, wrong: Partial<Case>): Case => {
  const body = method === 'PUT' ? { description: null } : undefined;
  return { what, method, path: `${ds}${path}`, ...unreadable, body, says: [], ...wrong };
};
export const vocabulary: Case[] = [
  put('an attribute without a kind', '/attributes/age', { description: 'In years' }, /"kind" must be text or number/),
  put('an attribute of an unknown kind', '/attributes/age', { kind: 'money' }, /"kind" must be text or number/),
  put(
    'an attribute with a long description',
    '/attributes/age',
    { kind: 'number', description: 'x'.repeat(501) },
    /500/,
  ),
  put(
    'an attribute with an empty description',
    '/attributes/age',
    { kind: 'number', description: ' ' },
    /null is none/,
  ),
  put('an attribute with a unit', '/attributes/age', { kind: 'number', unit: 'years' }, /known: kind, description/),
  put('an identity type without a description', '/identity-types/phone', {}, /"description" is missing/),
  put(
    'an identity type with a kind',
    '/identity-types/phone',
    { kind: 'text', description: null },
    /known: description/,
  ),
  named('an attribute that cannot be stored', 'PUT', '/attributes/a%00b', { says: [/"name".*U\+0000/] }),
  named('an identity type that is no name', 'PUT', '/identity-types/1%20a', { says: [/"type": expected a letter/] }),
  named('an attribute that is not defined', 'DELETE', '/attributes/age', {
    status: 404,
    code: 'attribute.unknown',
    says: [/No attribute of this name is defined/],
  }),
  named('an identity type that is not defined', 'DELETE', '/identity-types/email', {
    status: 404,
    code: 'identity_type.unknown',
    says: [/No identity type of this name is defined/],
  }),
];

const form = (text: string, { field = 'file', end = '--X--\r\n', times = 1 } = {}) => ({
  method: 'POST' as const,
  path: `${ds}/users/delete`,
  headers: { 'content-type': 'multipart/form-data; boundary=X' },
  body:
    `--X\r\nContent-Disposition: form-data; name="${field}"; filename="u.csv"\r\n\r\n${text}\r\n`.repeat(times) + end,
});
export const privacy: Case[] = [
  {
    what: 'as CSV',
    ...form('name\nu1\n'),
    headers: csv,
    status: 415,
    code: 'request.media_type',
    says: [/multipart\/form-data, in the field "file"/],
  },
  {
    what: 'as JSON',
    ...form(''),
    body: { file: 'u1' },
    status: 415,
    headers: json,
    code: 'request.media_type',
    says: [/multipart\/form-data/],
  },
  {
    what: 'in another field',
    ...form('name\nu1\n', { field: 'list' }),
    status: 422,
    code: 'privacy.file',
    says: [/exactly one file, in the field "file".*Nobody was deleted/],
  },
  {
    what: 'in two files',
    ...form('name\nu1\n', { times: 2 }),
    status: 422,
    code: 'privacy.file',
    says: [/exactly one file/],
  },
  {
    what: 'with a form that ends too early',
    ...form('name\nu1\n', { end: '' }),
    ...unreadable,
    says: [/ends too early.*Nobody was deleted/],
  },
  {
    what: 'without a boundary',
    ...form('name\nu1\n'),
    headers: { 'content-type': 'multipart/form-data' },
    ...unreadable,
    says: [/boundary is missing.*Nobody was deleted/],
  },
  {
    what: 'with another header',
    ...form('email\nu1\n'),
    status: 422,
    code: 'privacy.header',
    says: [/"name" or "identity:<type>".*Nobody was deleted/],
  },
  { what: 'that is empty', ...form(''), status: 422, code: 'privacy.header', says: [/"name" or "identity:<type>"/] },
  {
    what: 'with broken quotes after a good line',
    ...form('name\nu1\n"u2\n'),
    status: 422,
    code: 'privacy.row',
    says: [/Line 3 cannot be read as CSV in UTF-8.*Nobody was deleted/],
  },
  {
    what: 'after a look-up with another header',
    ...form('email\nu1\n'),
    path: `${ds}/users/look-up`,
    status: 422,
    code: 'privacy.header',
    says: [/"name" or "identity:<type>".*Nobody was looked up/],
  },
  {
    what: 'after a look-up in two files',
    ...form('name\nu1\n', { times: 2 }),
    path: `${ds}/users/look-up`,
    status: 422,
    code: 'privacy.file',
    says: [/exactly one file.*Nobody was looked up/],
  },
  {
    what: 'one user who is not there',
    method: 'DELETE',
    path: `${ds}/user/nobody`,
    status: 404,
    code: 'user.unknown',
    says: [/no such user/],
  },
  {
    what: 'one user of another identity type',
    method: 'DELETE',
    path: `${ds}/user/u1?type=email`,
    status: 404,
    code: 'user.unknown',
    says: [/no such user/],
  },
  {
    what: 'one user with an unknown parameter',
    method: 'DELETE',
    path: `${ds}/user/u1?identity=userId`,
    ...unreadable,
    says: [/"identity" is not known here; known: type/],
  },
  {
    what: 'one user with a longer id than there can be',
    method: 'DELETE',
    path: `${ds}/user/${'x'.repeat(1_100)}`,
    ...unreadable,
    says: [/longer than 1,024 characters/],
  },
];
