import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Browser, openBrowser, type Visit } from '../../test/browser.ts';
import { freePort, type OpenIdProvider, openIdClient, startOpenIdProvider } from '../../test/openid-provider.ts';
import { startTestServer, type TestServer } from '../../test/server.ts';

let provider: OpenIdProvider;
let server: TestServer;

/** A server that knows the provider of this address, under the name "Example ID". */
async function startServer(issuer: string, port: number): Promise<TestServer> {
  return startTestServer({
    LETHE_PORT: String(port),
    LETHE_PUBLIC_URL: `http://127.0.0.1:${port}`,
    LETHE_OIDC_ISSUER: issuer,
    LETHE_OIDC_CLIENT_ID: openIdClient.id,
    LETHE_OIDC_CLIENT_SECRET: openIdClient.secret,
    LETHE_OIDC_NAME: 'Example ID',
  });
}

const wayBack = (port: number) => `http://127.0.0.1:${port}/api/auth/callback/oidc`;

beforeAll(async () => {
  const port = await freePort();
  provider = await startOpenIdProvider(wayBack(port));
  server = await startServer(provider.issuer, port);
});
afterAll(async () => {
  await server.close();
  await provider.close();
});

async function newMember(email: string): Promise<{ id: string; oneTimePassword: string }> {
  return (await server.api('POST', '/api/members', { email, name: 'Grace', roles: { shop: 'viewer' } })).json;
}

const begin = (browser: Browser, callbackURL = '/api/me') =>
  browser.ask('POST', '/api/auth/sign-in/social', { provider: 'oidc', callbackURL });

/** From the button to the last page: signs in at the provider under this name. */
async function signInAs(browser: Browser, name: string): Promise<Visit[]> {
  const { json } = await begin(browser);
  const there = await browser.go(json.url, server.url);
  return browser.submit(there.at(-1) as Visit, { login: name, password: 'whatever' });
}

const addressOf = (visits: Visit[]) => visits.at(-1)?.address.replace(server.url, '');

/** Everything about members that a sign-in could leave behind. */
async function rowsOfMembers(): Promise<unknown> {
  const { rows } = await sql`
    SELECT (SELECT json_agg(m ORDER BY id) FROM lethe.member m) AS members,
           (SELECT json_agg(a ORDER BY id) FROM lethe.account a) AS accounts,
           (SELECT json_agg(s ORDER BY id) FROM lethe.session s) AS sessions`.execute(server.database.database.reads);
  return rows[0];
}

test('the sign-in page offers the provider by its name', async () => {
  const { json } = await server.api('GET', '/api/sign-in', undefined, { authorization: '' });
  expect(json).toEqual({ singleSignOn: { name: 'Example ID' } });
});

test('a member whose address the provider has verified signs in, and is known by the provider’s own id from then on', async () => {
  const { id } = await newMember('grace@example.com');
  provider.people.set('grace', { email: 'Grace@Example.com', email_verified: true });
  const browser = openBrowser(server.url);
  const visits = await signInAs(browser, 'grace');
  expect(addressOf(visits)).toBe('/api/me');
  expect(JSON.parse(visits.at(-1)?.text ?? '')).toMatchObject({ id, email: 'grace@example.com', name: 'Grace' });
  const audit = (await server.api('GET', `/api/audit?actor=${id}&action=member.signed_in`)).json;
  expect(audit.items.length).toBe(1);

  provider.people.set('grace', { email: 'married@example.com', email_verified: true });
  const later = openBrowser(server.url);
  expect(JSON.parse((await signInAs(later, 'grace')).at(-1)?.text ?? '')).toMatchObject({ id });
});

test('the session cookie is for our own pages only, and the first page after the provider is one', async () => {
  await newMember('strict@example.com');
  provider.people.set('strict', { email: 'strict@example.com', email_verified: true });
  const browser = openBrowser(server.url);
  const visits = await signInAs(browser, 'strict');
  const [callback, first] = visits.slice(-2) as [Visit, Visit];
  // The provider's page began this navigation: what is Strict does not come with it, the state of the flow does.
  expect(callback.address).toContain('/api/auth/callback/oidc?code=');
  expect(callback.sent).toEqual(['lethe.state']);
  // So it answers a page, without a script, from which the browser goes on.
  expect([callback.status, callback.headers.get('refresh')]).toEqual([200, '0; url=/api/me']);
  expect(callback.text).not.toContain('<script');
  const set = callback.headers.getSetCookie().find((line) => line.startsWith('lethe.session_token='));
  expect(set).toMatch(/HttpOnly; SameSite=Strict$/);
  expect(first.sent).toEqual(['lethe.session_token']);
  expect(first.status).toBe(200);
  expect([...browser.cookies.values()].map(({ name }) => name)).not.toContain('lethe.state');
});

test('the provider’s tokens are not kept, and a one-time password that nobody has used is void', async () => {
  const { id, oneTimePassword } = await newMember('tokens@example.com');
  provider.people.set('tokens', { email: 'tokens@example.com', email_verified: true });
  await signInAs(openBrowser(server.url), 'tokens');
  const { rows } = await sql`
    SELECT provider_id AS provider, account_id AS account, access_token, refresh_token, id_token, password
    FROM lethe.account WHERE member_id = ${id}`.execute(server.database.database.reads);
  const nothing = { access_token: null, refresh_token: null, id_token: null, password: null };
  expect(rows).toEqual([{ provider: 'oidc', account: `${provider.issuer} tokens`, ...nothing }]);
  expect((await openBrowser(server.url).signIn('tokens@example.com', oneTimePassword)).status).toBe(401);
});

test('an unknown, an unverified and a missing address are refused and leave nothing behind', async () => {
  await newMember('ida@example.com');
  provider.people.set('stranger', { email: 'stranger@example.com', email_verified: true });
  provider.people.set('unverified', { email: 'ida@example.com', email_verified: false });
  provider.people.set('silent', { email: 'ida@example.com' });
  provider.people.set('nameless', {});
  const before = await rowsOfMembers();
  const refused = async (name: string) => {
    const browser = openBrowser(server.url);
    const visits = await signInAs(browser, name);
    expect((await browser.ask('GET', '/api/me')).status).toBe(401);
    return addressOf(visits);
  };
  expect(await refused('stranger')).toBe('/sign-in?error=single_sign_on.no_member');
  expect(await refused('unverified')).toBe('/sign-in?error=single_sign_on.email_not_verified');
  expect(await refused('silent')).toBe('/sign-in?error=single_sign_on.email_not_verified');
  expect(await refused('nameless')).toBe('/sign-in?error=single_sign_on.email_not_verified');
  expect(await rowsOfMembers()).toEqual(before);
});

test('a removed member is refused, also one who was linked before, and whose address is changed is linked no more', async () => {
  const { id } = await newMember('mary@example.com');
  provider.people.set('mary', { email: 'mary@example.com', email_verified: true });
  expect(addressOf(await signInAs(openBrowser(server.url), 'mary'))).toBe('/api/me');
  await server.api('PATCH', `/api/members/${id}`, { email: 'somebody-else@example.com' });
  expect(addressOf(await signInAs(openBrowser(server.url), 'mary'))).toBe('/sign-in?error=single_sign_on.no_member');
  await server.api('PATCH', `/api/members/${id}`, { email: 'mary@example.com' });
  expect(addressOf(await signInAs(openBrowser(server.url), 'mary'))).toBe('/api/me');
  await server.api('DELETE', `/api/members/${id}`);
  expect(addressOf(await signInAs(openBrowser(server.url), 'mary'))).toBe('/sign-in?error=single_sign_on.no_member');
});

test('a way back that was not begun in this browser signs nobody in', async () => {
  await newMember('victim@example.com');
  provider.people.set('victim', { email: 'victim@example.com', email_verified: true });
  const notBegunHere = '/sign-in?error=single_sign_on.not_begun_here';
  const attacker = openBrowser(server.url);
  const page = (await attacker.go((await begin(attacker)).json.url, server.url)).at(-1) as Visit;
  const victim = openBrowser(server.url);
  for (const [key, cookie] of attacker.cookies) if (cookie.host === 'localhost') victim.cookies.set(key, cookie);
  const visits = await victim.submit(page, { login: 'victim', password: 'whatever' });
  expect(addressOf(visits)).toBe(notBegunHere);
  expect((await victim.ask('GET', '/api/me')).status).toBe(401);
  for (const query of ['', '?code=x', '?code=x&state=wrong', '?error=access_denied&state=wrong']) {
    const browser = openBrowser(server.url);
    expect(addressOf(await browser.go(`${server.url}/api/auth/callback/oidc${query}`, provider.issuer))).toBe(
      notBegunHere,
    );
  }
});

test('a code works once, and one that was made up does not', async () => {
  await newMember('once@example.com');
  provider.people.set('once', { email: 'once@example.com', email_verified: true });
  const browser = openBrowser(server.url);
  const callback = (await signInAs(browser, 'once')).at(-2) as Visit;
  const again = openBrowser(server.url);
  expect(addressOf(await again.go(callback.address, provider.issuer))).toContain('/sign-in?error=');
  const { url } = (await begin(again)).json;
  const state = new URL(url).searchParams.get('state') ?? '';
  const madeUp = `${server.url}/api/auth/callback/oidc?code=made-up&state=${state}`;
  expect(addressOf(await again.go(madeUp, provider.issuer))).toBe('/sign-in?error=single_sign_on.failed');
  expect((await again.ask('GET', '/api/me')).status).toBe(401);
});

test('whoever gives up at the provider is back at the sign-in page', async () => {
  const browser = openBrowser(server.url);
  const page = (await browser.go((await begin(browser)).json.url, server.url)).at(-1) as Visit;
  const visits = await browser.go(`${page.address}/abort`, provider.issuer);
  expect(addressOf(visits)).toBe('/sign-in?error=single_sign_on.denied');
});

test('the browser is led to no other host, and the provider asked for nothing else', async () => {
  const browser = openBrowser(server.url);
  for (const callbackURL of [
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    'evil',
    '/a\nb',
    '/\t/evil.example',
  ]) {
    const { status, json } = await begin(browser, callbackURL);
    expect([status, json.errors[0].field]).toEqual([422, 'callbackURL']);
  }
  for (const more of [
    { errorCallbackURL: 'https://evil.example' },
    { scopes: ['admin'] },
    { idToken: { token: 'x' } },
  ]) {
    const { json } = await browser.ask('POST', '/api/auth/sign-in/social', { provider: 'oidc', ...more });
    expect(json).toMatchObject({ status: 422, code: 'request.unacceptable' });
  }
  const foreign = { origin: 'https://evil.example', authorization: '' };
  const { json } = await server.api('POST', '/api/auth/sign-in/social', { provider: 'oidc' }, foreign);
  expect(json).toMatchObject({ status: 403, code: 'access.cross_site' });
  const asked = new URL((await begin(browser)).json.url).searchParams;
  expect(asked.get('redirect_uri')).toBe(`${server.url}/api/auth/callback/oidc`);
  expect(asked.get('scope')?.split(' ').sort()).toEqual(['email', 'openid', 'profile']);
  expect([asked.get('code_challenge_method'), (asked.get('nonce') ?? '').length >= 16]).toEqual(['S256', true]);
});

test('the second factor of Lethe is not asked for', async () => {
  const { id } = await newMember('factor@example.com');
  provider.people.set('factor', { email: 'factor@example.com', email_verified: true });
  await sql`UPDATE lethe.member SET second_factor_enabled = true WHERE id = ${id}`.execute(
    server.database.database.writes,
  );
  expect(addressOf(await signInAs(openBrowser(server.url), 'factor'))).toBe('/api/me');
});

test('a session that was opened with the one-time password ends when its owner comes in by single sign-on', async () => {
  const { oneTimePassword } = await newMember('barbara@example.com');
  provider.people.set('barbara', { email: 'barbara@example.com', email_verified: true });
  const stranger = openBrowser(server.url);
  expect((await stranger.signIn('barbara@example.com', oneTimePassword)).status).toBe(200);
  expect((await stranger.ask('GET', '/api/me')).status).toBe(403);
  const barbara = openBrowser(server.url);
  await signInAs(barbara, 'barbara');
  expect((await barbara.ask('GET', '/api/me')).status).toBe(200);
  expect((await stranger.ask('GET', '/api/me')).status).toBe(401);
});

test('somebody who got the address of a linked member at the provider is another person, and refused', async () => {
  provider.people.set('namesake', { email: 'grace@example.com', email_verified: true });
  const before = await rowsOfMembers();
  const namesake = openBrowser(server.url);
  expect(addressOf(await signInAs(namesake, 'namesake'))).toMatch(/^\/sign-in\?error=single_sign_on\./);
  expect((await namesake.ask('GET', '/api/me')).status).toBe(401);
  expect(await rowsOfMembers()).toEqual(before);
});
