import { type Case, ds, post, type World } from './case.ts';

const token = (what: string, body: unknown, ...says: RegExp[]) => post(what, '/api/tokens', body, ...says);
export const tokens: Case[] = [
  token('without a name', { roles: { shop: 'viewer' } }, /"name" is missing: expected a string/),
  token(
    'with a role that there is not',
    { name: 'T', roles: { shop: 'boss' } },
    /"roles\.shop" must be editor or campaignAuthor/,
  ),
  token('with roles as a list', { name: 'T', roles: ['shop'] }, /"roles": expected an object, not an array/),
  {
    ...token(
      'for a dataset that is not there',
      { name: 'T', roles: { nix: 'viewer' } },
      /no dataset "nix"/,
      /roles\.nix/,
    ),
    code: 'dataset.unknown',
  },
  {
    ...token(
      'limited to a dataset that is not there',
      { name: 'T', administrator: true, datasets: ['shop', 'nix'] },
      /no dataset "nix"/,
    ),
    code: 'dataset.unknown',
  },
  {
    ...token(
      'limited without being an administrator’s',
      { name: 'T', datasets: ['shop'] },
      /"datasets" limits the token of an administrator.*"roles"/,
    ),
    code: 'token.datasets',
  },
  token('limited to nothing', { name: 'T', administrator: true, datasets: [] }, /"datasets".*>=1/),
  token(
    'with a secret of one’s own',
    { name: 'T', secret: 'mine' },
    /"secret" is not known here; known: name, administrator/,
  ),
  token('with a name that cannot be stored', { name: '\ud800' }, /"name".*surrogate pair/),
  {
    what: 'that is not there, deleted',
    method: 'DELETE',
    path: '/api/tokens/key_none',
    status: 404,
    code: 'token.unknown',
    says: [/no such token/],
  },
  { ...post('for writing without a name', `${ds}/write-keys`, {}, /"name" is missing/) },
  {
    what: 'for writing that is not there, deleted',
    method: 'DELETE',
    path: `${ds}/write-keys/none`,
    status: 404,
    code: 'write_key.unknown',
    says: [/no such write key/],
  },
];

const member = (what: string, body: unknown, ...says: RegExp[]) => post(what, '/api/members', body, ...says);
const change = (id: 'administrator' | 'member') => (world: World) => `/api/members/${world[id]}`;
export const members: Case[] = [
  member('without anything', {}, /"email" is missing/, /"name" is missing/),
  member('without an address', { email: 'bob', name: 'Bob' }, /"email": expected an e-mail address/),
  member(
    'with a password',
    { email: 'b@example.com', name: 'Bob', password: 'x' },
    /"password" is not known here; known: email, name, administrator, roles/,
  ),
  {
    ...member('twice', { email: 'GRACE@example.com', name: 'Grace' }, /member with this e-mail address already/),
    status: 409,
    code: 'member.exists',
  },
  {
    ...member(
      'for a dataset that is not there',
      { email: 'b@example.com', name: 'Bob', roles: { nix: 'editor' } },
      /no dataset "nix"/,
    ),
    code: 'dataset.unknown',
  },
  {
    what: 'renamed together with a wrong role',
    method: 'PATCH',
    path: change('member'),
    body: { name: 'New', roles: { nix: 'editor' } },
    status: 422,
    code: 'dataset.unknown',
    says: [/roles\.nix/, /no dataset "nix"/],
  },
  {
    what: 'given the address of another',
    method: 'PATCH',
    path: change('member'),
    body: { email: 'ada@example.com' },
    status: 409,
    code: 'member.exists',
    says: [/e-mail address already/],
  },
  {
    what: 'who is the last administrator, made less',
    method: 'PATCH',
    path: change('administrator'),
    body: { administrator: false },
    status: 409,
    code: 'member.last_administrator',
    says: [/make another member an administrator first/],
  },
  {
    what: 'who is the last administrator, removed',
    method: 'DELETE',
    path: change('administrator'),
    status: 409,
    code: 'member.last_administrator',
    says: [/make another member an administrator first/],
  },
  {
    what: 'who is not there',
    method: 'DELETE',
    path: '/api/members/none',
    status: 404,
    code: 'member.unknown',
    says: [/no such member/],
  },
];
