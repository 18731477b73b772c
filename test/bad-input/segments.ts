import { type Case, ds, json, post, unacceptable, unreadable, type World } from './case.ts';

const preview = (what: string, rule: unknown, code: string, ...says: RegExp[]): Case => {
  return { what, method: 'POST', path: `${ds}/segments/preview`, body: { rule }, status: 422, code, says };
};
const invalid = (what: string, rule: unknown, ...says: RegExp[]) => preview(what, rule, 'rule.invalid', ...says);
const levels = (count: number): unknown => (count === 0 ? { everyone: true } : { all: [levels(count - 1)] });

export const rules: Case[] = [
  preview('none', undefined, 'rule.empty', /There is no rule.*\{"everyone": true\}/),
  preview('an empty object', {}, 'rule.empty', /There is no rule.*\{"everyone": true\}/),
  preview('an empty group', { any: [{ all: [] }] }, 'rule.empty', /rule\.any\.0\.all/, /at least one entry/),
  preview('nine levels', levels(9), 'rule.too_deep', /at most 8 levels/),
  preview('201 conditions', { any: Array(201).fill({ anonymous: true }) }, 'rule.too_large', /at most 200 conditions/),
  preview(
    'a segment that is not there',
    { segment: 'zzzzz', member: true },
    'rule.unknown_segment',
    /no segment "zzzzz"/,
  ),
  preview(
    'an import that is not there',
    { import: 'imp_0', created: true },
    'rule.unknown_import',
    /no import "imp_0"/,
  ),
  invalid('text', 'everyone', /rule: Expected a group or a condition/),
  invalid('an unknown condition', { weather: 'rain' }, /"weather" is no group and no condition.*attribute, action/),
  invalid(
    'two conditions in one',
    { everyone: true, anonymous: true },
    /One group or condition at a time.*\{"all": \[…\]\}/,
  ),
  invalid(
    'an unknown operator',
    { attribute: 'a', is: 'like', value: 'x' },
    /rule\.is/,
    /"like" is no operator.*contains/,
  ),
  invalid('no operator', { attribute: 'a', value: 'x' }, /rule\.is/, /operator is missing.*equals/),
  invalid('no value', { attribute: 'a', is: 'equals' }, /rule\.value: Missing: expected text/),
  invalid(
    'text for a number',
    { attribute: 'a', is: 'atLeast', value: '5' },
    /rule\.value: Expected a number, not text/,
  ),
  invalid(
    'a range backwards',
    { orders: 'value', is: 'between', value: [9, 1] },
    /rule\.value: Expected \[low, high\].*lower one first/,
  ),
  invalid(
    'a day that no calendar has',
    { attribute: 'a', is: 'onOrAfter', value: '2024-02-30' },
    /rule\.value: Expected a day \(2024-05-01\)/,
  ),
  invalid('half a day', { visits: 'lastActivity', is: 'inTheLast', days: 0.5 }, /rule\.days: Expected whole days/),
  invalid(
    'an unknown field',
    { anonymous: true, not_really: 1 },
    /rule\.not_really: There is no such field.*anonymous/,
  ),
  invalid('an action without did', { action: 'Buy' }, /rule\.did: Missing: expected true or false/),
  invalid('an action 0 times', { action: 'Buy', did: true, atLeast: 0 }, /rule\.atLeast: Expected at least 1/),
  invalid(
    'a period backwards',
    { action: 'Buy', did: true, within: { from: '2024-02-01', to: '2024-01-01' } },
    /rule\.within: Expected "from" before "to"/,
  ),
  invalid(
    'a sample beyond 100 percent',
    { sample: { from: 0, to: 110 } },
    /rule\.sample\.to: Expected percent from 0 to 100/,
  ),
];

const create = (what: string, body: unknown, ...says: RegExp[]) => post(what, `${ds}/segments`, body, ...says);
const one =
  (id: keyof World, rest = '') =>
  (world: World) =>
    `${ds}/segments/${world[id]}${rest}`;

export const segments: Case[] = [
  create('without a name', { kind: 'manual' }, /"name" is missing/),
  create('with an empty name', { name: ' ', kind: 'manual' }, /"name".*needs a name/),
  create('with a long name', { name: 'x'.repeat(201), kind: 'manual' }, /"name".*200/),
  create('with a name that cannot be stored', { name: 'a\0b', kind: 'manual' }, /"name".*U\+0000/),
  create('in a folder without a name', { name: 'S', kind: 'manual', folder: ' ' }, /"folder".*null is no folder/),
  create('in a folder that is a number', { name: 'S', kind: 'manual', folder: 7 }, /"folder": expected a string/),
  create('in a folder that cannot be stored', { name: 'S', kind: 'manual', folder: 'a\0b' }, /"folder".*U\+0000/),
  create('of an unknown kind', { name: 'S', kind: 'list' }, /"kind" must be rule or manual or subscriberList/),
  create(
    'with an unknown field',
    { name: 'S', kind: 'manual', enabled: false },
    /"enabled" is not known here; known: name, folder, kind, rule/,
  ),
  create('from a list', [], /The body: expected an object, not an array/),
  { ...create('of kind rule without one', { name: 'S', kind: 'rule' }, /rule: There is no rule/), code: 'rule.empty' },
  {
    ...create(
      'of kind manual with a rule',
      { name: 'S', kind: 'manual', rule: { everyone: true } },
      /leave "rule" out/,
    ),
    code: 'segment.rule_unexpected',
  },
  {
    what: 'created from broken JSON',
    method: 'POST',
    path: `${ds}/segments`,
    body: '{"name":',
    headers: json,
    ...unreadable,
    says: [/not valid JSON/],
  },
  {
    what: 'enabled by a text',
    method: 'PATCH',
    path: one('list'),
    body: { enabled: 'yes' },
    ...unacceptable,
    says: [/"enabled": expected a boolean/],
  },
  {
    what: 'moved to a folder with a long name',
    method: 'PATCH',
    path: one('list'),
    body: { folder: 'x'.repeat(201) },
    ...unacceptable,
    says: [/"folder".*200/],
  },
  {
    what: 'with a history of no day',
    method: 'GET',
    path: (world) => `${ds}/segments/${world.list}/history?from=yesterday`,
    ...unreadable,
    says: [/"from": expected a day such as 2024-05-01/],
  },
  {
    what: 'with a history that ends before it begins',
    method: 'GET',
    path: (world) => `${ds}/segments/${world.list}/history?from=2024-05-02&to=2024-05-01`,
    status: 400,
    code: 'query.days',
    says: [/"to": expected a day that is not before "from" and at most 1000 days/],
  },
  {
    what: 'with the changes of 91 days',
    method: 'GET',
    path: `${ds}/segments/history?days=91`,
    ...unreadable,
    says: [/"days".*90/],
  },
  {
    what: 'compared with none',
    method: 'GET',
    path: (world) => `${ds}/segments/${world.list}/compare`,
    ...unreadable,
    says: [/"with" is missing/],
  },
  {
    what: 'compared with one that is not there',
    method: 'GET',
    path: (world) => `${ds}/segments/${world.list}/compare?with=nope0`,
    status: 404,
    code: 'segment.unknown',
    says: [/no such segment/],
  },
  {
    what: 'given another kind',
    method: 'PATCH',
    path: one('list'),
    body: { kind: 'rule' },
    ...unacceptable,
    says: [/"kind" is not known here; known: name, folder, rule, enabled/],
  },
  {
    what: 'nested in itself',
    method: 'PATCH',
    path: one('nesting'),
    body: (world: World) => ({ rule: { segment: world.nesting, member: true } }),
    status: 422,
    code: 'rule.cycle',
    says: [/depend on itself/],
  },
  {
    what: 'that is not there',
    method: 'PATCH',
    path: `${ds}/segments/zzzzz`,
    body: { name: 'S' },
    status: 404,
    code: 'segment.unknown',
    says: [/no such segment/],
  },
  {
    what: 'deleted while another uses it',
    method: 'DELETE',
    path: one('list'),
    status: 409,
    code: 'segment.in_use',
    says: [/used by segment "Nesting".*first/],
  },
  {
    what: 'listed with another flag',
    method: 'GET',
    path: `${ds}/segments?showDisabled=maybe`,
    ...unreadable,
    says: [/"showDisabled": expected true or false/],
  },
  {
    what: 'listed from a made-up cursor',
    method: 'GET',
    path: `${ds}/segments?cursor=eyJuYW1lIjoiXHUwMDAwIiwiaWQiOiJ4In0`,
    status: 400,
    code: 'query.cursor',
    says: [/nextCursor of the page before/],
  },
  {
    what: 'given users without ids',
    method: 'POST',
    path: one('list', '/users'),
    body: {},
    ...unacceptable,
    says: [/"ids" is missing: expected an array/],
  },
  {
    what: 'given users by number',
    method: 'POST',
    path: one('list', '/users'),
    body: { ids: ['u1', 2] },
    ...unacceptable,
    says: [/"ids\.1": expected a string, not a number/],
  },
  {
    what: 'given too many users',
    method: 'PUT',
    path: one('list', '/users'),
    body: { ids: Array(10_001).fill('u') },
    ...unacceptable,
    says: [/"ids".*10000/],
  },
  {
    what: 'relieved of users without a body',
    method: 'DELETE',
    path: one('list', '/users'),
    ...unacceptable,
    says: [/The body is missing: expected an object/],
  },
  {
    what: 'of a rule given users',
    method: 'POST',
    path: one('everybody', '/users'),
    body: { ids: ['u1'] },
    status: 409,
    code: 'segment.not_a_list',
    says: [/only those of a manual segment/],
  },
  {
    what: 'disabled and given users',
    method: 'PUT',
    path: one('disabledList', '/users'),
    body: { ids: ['u1'] },
    status: 409,
    code: 'segment.disabled',
    says: [/Enable it first/],
  },
];

const start = (what: string, body: unknown, ...says: RegExp[]): Case => {
  return { what, method: 'POST', path: one('everybody', '/deletions'), body, ...unacceptable, says };
};
export const deletions: Case[] = [
  start('without a body', undefined, /The body is missing: expected an object/),
  start('without consent', { expectedUsers: 3 }, /"consent": expected true/),
  start('with consent refused', { consent: false, expectedUsers: 3 }, /"consent": expected true/),
  start('with consent as text', { consent: 'true', expectedUsers: 3 }, /"consent": expected true/),
  start('without the number', { consent: true }, /"expectedUsers" is missing: expected a number/),
  start(
    'with the number as text',
    { consent: true, expectedUsers: '3' },
    /"expectedUsers": expected a number, not a string/,
  ),
  start('with a fraction', { consent: true, expectedUsers: 2.5 }, /"expectedUsers": expected a whole number/),
  start('with a negative number', { consent: true, expectedUsers: -3 }, /"expectedUsers".*>=0/),
  start(
    'with an unknown field',
    { consent: true, expectedUsers: 3, force: true },
    /"force" is not known here; known: consent, expectedUsers/,
  ),
  { ...start('from broken JSON', '{"consent":true,', /not valid JSON/), headers: json, ...unreadable },
  {
    ...start(
      'with a number that is no longer true',
      { consent: true, expectedUsers: 2 },
      /now has 3 users, not 2.*Nothing was deleted/,
    ),
    status: 409,
    code: 'deletion.users_changed',
  },
  {
    ...start('of nobody', { consent: true, expectedUsers: 0 }, /has no users/),
    path: one('nobody', '/deletions'),
    status: 409,
    code: 'deletion.nothing_to_delete',
  },
  {
    ...start('in a segment that is not there', '{', /no such segment/),
    path: `${ds}/segments/zzzzz/deletions`,
    headers: json,
    status: 404,
    code: 'segment.unknown',
  },
  {
    ...start('under a key with spaces', { consent: true, expectedUsers: 3 }, /1 to 255 visible ASCII/),
    headers: { 'idempotency-key': 'a b' },
    status: 400,
    code: 'idempotency.key',
  },
  {
    what: 'of a job that is not there',
    method: 'GET',
    path: `${ds}/deletions/del_none/receipt`,
    status: 404,
    code: 'deletion.unknown',
    says: [/no such bulk deletion/],
  },
  {
    what: 'listed from a made-up cursor',
    method: 'GET',
    path: `${ds}/deletions?cursor=x~y`,
    status: 400,
    code: 'query.cursor',
    says: [/nextCursor of the page before/],
  },
];
