import type { Random } from '../story/random.ts';
import { type FuzzRequest, type Judge, type Refusal, refused, refusedSomehow, succeeds } from './case.ts';
import { raw, textOf } from './json-text.ts';
import { oddNames, oddObject, oddTexts, oddValue } from './odd.ts';
import { brokenText } from './tracking.ts';
import { nested } from './tracking-messages.ts';

export interface ApiAccess {
  credentials: Record<string, string>;
  /** A manual segment. */
  list: string;
}

const ds = '/api/dataset/shop';
const unreadable: Refusal = [400, 'request.unreadable'];
const unacceptable: Refusal = [422, 'request.unacceptable'];

/** Calls that take a body, each with one that it would accept. */
const calls = ({ list }: ApiAccess, random: Random, mark: string): [method: string, path: string, body: object][] => [
  ['POST', `${ds}/segments`, { name: `S ${mark}`, kind: 'manual' }],
  ['PATCH', `${ds}/segments/${list}`, { name: `S ${mark}` }],
  ['POST', `${ds}/segments/preview`, { rule: drawRule(random) }],
  ['POST', `${ds}/segments/${list}/users`, { ids: [`u${random.below(99)}`, 'usr_1', '__proto__'] }],
  ['PUT', `${ds}/segments/${list}/users`, { ids: [] }],
  ['POST', `${ds}/users/search`, { search: random.of(oddTexts).slice(0, 200) || 'x', limit: 10 }],
  ['PUT', `${ds}/attributes/a-${mark}`, { kind: 'text', description: 'x' }],
  ['PATCH', '/api/datasets/blog', { eventApi: false }],
];

/** What is created by which call, for those that create something. */
const creates = (method: string, path: string) =>
  method === 'POST' && path === `${ds}/segments`
    ? 'segment'
    : method === 'PUT' && path.startsWith(`${ds}/attributes`)
      ? 'attribute'
      : undefined;

function drawRule(random: Random, depth = 3): object {
  const value = random.of(oddTexts);
  if (depth > 0 && random.chance(0.5)) {
    const inner = Array.from({ length: 1 + random.below(3) }, () => drawRule(random, depth - 1));
    return random.of([{ all: inner }, { any: inner }, { not: inner[0] }]);
  }
  return random.of<object>([
    { everyone: true },
    { attribute: random.of(['mark', '__proto__', 'constructor', 'é']), is: 'equals', value },
    { attribute: 'mark', is: 'doesNotContain', value: value || 'x' },
    { action: random.of(['View Item', '*', '__proto__']), did: random.chance(0.5), atLeast: 1 + random.below(3) },
    {
      action: 'Purchase',
      did: true,
      where: [{ property: random.of(['revenue', '__proto__', 'a.b']), is: 'atLeast', value: 1e20 }],
    },
    { orders: 'value', is: 'atMost', value: -5e-324 },
    { profile: 'createdAt', is: 'inTheLast', days: 1 },
    { anonymous: true },
    { sample: { from: 0, to: 0.001 } },
  ]);
}

export function goodCall(random: Random, mark: string, access: ApiAccess): FuzzRequest {
  const [method, path, body] = random.of(calls(access, random, mark));
  const creating = creates(method, path);
  const judge = succeeds(creating === 'segment' ? 201 : 200, (_, ledger) => {
    if (creating) ledger.create(creating);
  });
  const headers = { ...access.credentials, 'content-type': 'application/json' };
  return { what: `api: ${method} ${shortened(path)}`, method, path, headers, body: textOf(body), judge };
}

function shortened(path: string): string {
  return path.replace(/\/(a-[\d.]+|[A-Za-z0-9]{5})(?=\/|$)/, '/…');
}

/** Something is wrong with the body of a call. */
export function badCall(random: Random, mark: string, access: ApiAccess): FuzzRequest {
  const [method, path, body] = random.of(calls(access, random, mark));
  const text = textOf(body);
  const json = { 'content-type': 'application/json' };
  const [first = ''] = Object.keys(body);
  const unknown = random.of(oddNames.filter((name) => name !== '__proto__'));
  const poison = random.of([
    '{"__proto__":{"polluted":1},',
    '{"\\u005f_proto__":{},',
    '{"constructor":{"prototype":{"polluted":1}},',
  ]);
  const [what, sent, refusals, headers = json] = random.of<BadCall>([
    ['that is cut off', text.slice(0, 1 + random.below(text.length - 1)), [unreadable]],
    ['with more behind it', `${text}}`, [unreadable]],
    ['that is empty', '', [unreadable]],
    ['that is no UTF-8', brokenText(random, Buffer.from(text)), [unreadable]],
    ['of another type', textOf(random.of([[], 'x', 7, true, null, [[body]]])), [unacceptable]],
    ['with an unknown field', textOf({ ...body, [unknown]: oddValue(random) }), [unacceptable, unreadable]],
    ['with poison', `${poison}${text.slice(1)}`, [unreadable, unacceptable]],
    ['with a field of another type', textOf({ ...body, [first]: random.of([7, [7], { a: 1 }]) }), 'somehow'],
    ['with a number beyond numbers', textOf({ ...body, [first]: raw('1e999') }), 'somehow'],
    ['nested too deeply', textOf({ ...body, [first]: nested(random.of([100, 100_000])) }), 'somehow'],
    ['with an unkeepable text', textOf({ ...body, [first]: random.of(['\0', 'a\ud800']) }), 'somehow'],
    ['without its field', textOf({ ...body, [first]: undefined, odd: 1 }), [unacceptable]],
    [
      'of another media type',
      text,
      [[415, 'request.media_type']],
      { 'content-type': random.of(['text/plain', 'application/xml', 'x', 'application/json+x']) },
    ],
    ['that is too large', `{"${'k'.repeat(600_000)}":1}`, [[413, 'request.too_large']]],
  ]);
  // Whoever looks for what nobody can be called finds nobody.
  const asksForNobody = path.endsWith('/users/search') && what === 'with an unkeepable text';
  return {
    what: `api: a body ${what}`,
    method,
    path,
    headers: { ...access.credentials, ...headers },
    body: sent,
    judge: refusals === 'somehow' ? (asksForNobody ? foundOrRefused : refusedSomehow) : refused(...refusals),
    ...(what === 'that is too large' ? { ownConnection: true } : {}),
  };
}

const foundOrRefused: Judge = (answer, ledger) => {
  if (answer?.status !== 200) refusedSomehow(answer, ledger);
};

type BadCall = readonly [
  what: string,
  body: Buffer | string,
  refusals: readonly Refusal[] | 'somehow',
  headers?: Record<string, string>,
];

/** Rules that are none. */
export function badRule(random: Random, { credentials }: ApiAccess): FuzzRequest {
  const deep = Array.from({ length: 9 }).reduce<object>((inner) => ({ not: inner }), { everyone: true });
  const rule = random.of<unknown>([
    null,
    [],
    'everyone',
    {},
    { all: [] },
    { any: {} },
    { not: [] },
    { everyone: false },
    { everyone: true, anonymous: true },
    { attribute: 'a', is: 'like', value: 'x' },
    { attribute: 7, is: 'equals', value: 'x' },
    { attribute: 'a', is: '__proto__', value: 'x' },
    { attribute: 'a', is: 'between', value: [2] },
    { attribute: 'a', is: 'equals', value: { $ne: null } },
    { attribute: 'a', is: 'inTheLast', days: random.of([-1, 1.5, 'x', raw('1e999')]) },
    { action: 'A', did: 'yes' },
    { action: 'A', did: true, atLeast: random.of([-1, 0.5, raw('1e400'), '2']) },
    { action: 'A', did: true, within: { from: 'yesterday' } },
    { constructor: 'x' },
    { sample: { from: 5, to: 1 } },
    { segment: 'nix00', member: true },
    { all: Array.from({ length: 201 }, () => ({ everyone: true })) },
    deep,
    { any: nested(random.of([10, 50_000])) },
    { attribute: 'a\0', is: 'equals', value: 'x' },
    oddObject(random),
  ]);
  return {
    what: 'api: a rule that is none',
    method: 'POST',
    path: `${ds}/segments/preview`,
    headers: { ...credentials, 'content-type': 'application/json' },
    body: textOf({ rule }),
    judge: refusedSomehow,
  };
}

/** Addresses with odd parts, queries and cursors. */
export function oddAddress(random: Random, { credentials, list }: ApiAccess): FuzzRequest {
  const parts = [
    '%00',
    '%ff',
    '%c3%28',
    '%',
    '%zz',
    '..%2f..',
    '%2e%2e',
    '__proto__',
    'constructor',
    '%F0%9F%99%82',
    'x'.repeat(1_000),
    'x'.repeat(1_025),
    "'--",
    '%ud800',
  ];
  const part = random.of(parts);
  const query = random.of([
    'limit=0',
    'limit=-1',
    'limit=1001',

    'limit=x',
    'limit=1&limit=2',
    'x=1',
    '__proto__=1',
    'cursor=x',
    'cursor=bnVsbA',
    'cursor=eyJhIjoxfQ',
    `cursor=${'x'.repeat(3_000)}`,
  ]);
  const lists = [
    '/api/datasets',
    '/api/tokens',
    '/api/members',
    '/api/audit',
    `${ds}/segments`,
    `${ds}/users`,
    `${ds}/imports`,
    `${ds}/deletions`,
    `${ds}/write-keys`,
  ];
  const things = [
    `${ds}/user/`,
    `${ds}/segments/`,
    `${ds}/deletions/`,
    `${ds}/imports/`,
    '/api/datasets/',
    '/api/dataset/',
    '/api/tokens/',
    '/api/members/',
  ];
  const one = random.of(things);
  const get = { method: 'GET', headers: credentials };
  return random.of<FuzzRequest>([
    { what: 'api: an odd name', ...get, path: `${one}${part}`, judge: refusedSomehow },
    { what: 'api: an odd name, deleted', ...get, method: 'DELETE', path: `${one}${part}`, judge: refusedSomehow },
    { what: 'api: an odd query', ...get, path: `${random.of(lists)}?${query}`, judge: oddQuery(query) },
    {
      what: 'api: an address that is not there',
      ...get,
      path: `/api/${part.replace(/%(?!2)/g, '')}/x`,
      judge: refused([404, 'route.unknown']),
    },
    {
      what: 'api: another method',
      ...get,
      method: 'PUT',
      path: `${ds}/segments/${list}`,
      judge: refused([405, 'route.method']),
    },
    {
      what: 'api: no credentials',
      method: 'GET',
      path: random.of(lists),
      judge: refused([401, 'access.unauthenticated']),
    },
    {
      what: 'api: nonsense for credentials',
      method: 'GET',
      path: random.of(lists),
      headers: {
        authorization: random.of([
          'Basic',
          'Basic AAAA',
          'Basic Og==',
          'Basic bnVsbDpudWxs',
          'x'.repeat(4_000),
          'Basic AGE6Yg==',
        ]),
      },
      judge: refused([401, 'access.unauthenticated']),
    },
    {
      what: 'api: a session that is none',
      method: 'GET',
      path: '/api/me',
      headers: { cookie: random.of(['lethe.session_token=x', '__proto__=1', ';;;', 'a=%00', 'x'.repeat(4_000)]) },
      judge: refused([401, 'access.unauthenticated']),
    },
  ]);
}

/** Not every list takes every parameter, and a cursor may be one of another list; nothing else may happen. */
function oddQuery(query: string): FuzzRequest['judge'] {
  if (!query.startsWith('cursor')) return refused(unreadable);
  return refused(unreadable, [400, 'query.cursor']);
}
