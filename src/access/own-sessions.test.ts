import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Browser, openBrowser } from '../../test/browser.ts';
import { ask, startTestServer, type TestServer } from '../../test/server.ts';
import { totpCode } from '../../test/totp.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const password = 'a password of my own';

/** A member with a password of their own, and a browser where they are signed in. */
async function newMember(): Promise<{ id: string; email: string; browser: Browser }> {
  const email = `${randomUUID()}@example.com`;
  const wanted = { email, name: 'Grace', roles: { shop: 'viewer' } };
  const { id, oneTimePassword } = (await server.api('POST', '/api/members', wanted)).json;
  const browser = openBrowser(server.url);
  await browser.signIn(email, oneTimePassword);
  const passwords = { currentPassword: oneTimePassword, newPassword: password };
  expect((await browser.ask('POST', '/api/auth/change-password', passwords)).status).toBe(200);
  return { id, email, browser };
}

async function signedIn(email: string): Promise<Browser> {
  const browser = openBrowser(server.url);
  expect((await browser.signIn(email, password)).status).toBe(200);
  return browser;
}

const sessionsOf = async (browser: Browser) => (await browser.ask('GET', '/api/auth/list-sessions')).json;
const isSignedIn = async (browser: Browser) => (await browser.ask('GET', '/api/me')).status === 200;
const codeNow = (uri: string, stepsLater: number) => totpCode(uri, Date.now() + stepsLater * 30_000);

test('a member sees their own sessions and nobody else’s, with what a page needs of each', async () => {
  await newMember();
  const { id, email, browser } = await newMember();
  await signedIn(email);
  const sessions = await sessionsOf(browser);
  expect(sessions.length).toBe(2);
  for (const session of sessions) {
    expect(Object.keys(session).sort()).toEqual(
      ['createdAt', 'expiresAt', 'id', 'ipAddress', 'token', 'updatedAt', 'userAgent', 'userId'].sort(),
    );
    expect(session).toMatchObject({ userId: id, ipAddress: '127.0.0.1' });
  }
});

test('the token by which a session is ended signs nobody in', async () => {
  const { browser } = await newMember();
  const [{ token }] = await sessionsOf(browser);
  for (const value of [token, `${token}.`, `${token}.${token}`]) {
    const answer = await ask(`${server.url}/api/me`, 'GET', undefined, { cookie: `lethe.session_token=${value}` });
    expect(answer.status).toBe(401);
  }
});

test('a member ends one session, and all others, also days after signing in', async () => {
  const { id, email, browser } = await newMember();
  const [second, third, fourth] = [await signedIn(email), await signedIn(email), await signedIn(email)];
  await sql`
    UPDATE lethe.session SET created_at = now() - interval '3 days' WHERE member_id = ${id}`.execute(
    server.database.database.writes,
  );
  const { token } = (await second.ask('GET', '/api/auth/get-session')).json.session;
  expect((await sessionsOf(browser)).map((session: { token: string }) => session.token)).toContain(token);
  expect((await browser.ask('POST', '/api/auth/revoke-session', { token })).json).toEqual({ status: true });
  expect(await Promise.all([browser, second, third, fourth].map(isSignedIn))).toEqual([true, false, true, true]);
  expect((await browser.ask('POST', '/api/auth/revoke-other-sessions', {})).json).toEqual({ status: true });
  expect(await Promise.all([browser, third, fourth].map(isSignedIn))).toEqual([true, false, false]);
  expect((await sessionsOf(browser)).length).toBe(1);
});

test('a member cannot end the session of another member', async () => {
  const grace = await newMember();
  const [{ token }] = await sessionsOf(grace.browser);
  const joan = await newMember();
  await joan.browser.ask('POST', '/api/auth/revoke-session', { token });
  await joan.browser.ask('POST', '/api/auth/revoke-other-sessions', {});
  expect(await isSignedIn(grace.browser)).toBe(true);
});

test('a second factor is in force after its first code, and its codes sign in', async () => {
  const { email, browser } = await newMember();
  const wrong = await browser.ask('POST', '/api/auth/two-factor/enable', { password: 'not the password at all' });
  expect(wrong.json).toMatchObject({ status: 400, code: 'auth.invalid_password' });
  const { totpURI, backupCodes } = (await browser.ask('POST', '/api/auth/two-factor/enable', { password })).json;
  expect((await browser.ask('GET', '/api/me')).json.secondFactor).toBe(false);
  await signedIn(email);
  const first = { code: codeNow(totpURI, 0) };
  expect((await browser.ask('POST', '/api/auth/two-factor/verify-totp', first)).status).toBe(200);
  expect((await browser.ask('GET', '/api/me')).json.secondFactor).toBe(true);

  const phone = openBrowser(server.url);
  expect((await phone.signIn(email, password)).json).toMatchObject({ twoFactorRedirect: true });
  expect(await isSignedIn(phone)).toBe(false);
  const refused = await phone.ask('POST', '/api/auth/two-factor/verify-totp', { code: '000000' });
  expect(refused.json).toMatchObject({ status: 401, code: 'auth.invalid_code' });
  expect((await phone.ask('POST', '/api/auth/two-factor/verify-totp', { code: codeNow(totpURI, 1) })).status).toBe(200);
  expect(await isSignedIn(phone)).toBe(true);

  const [code] = backupCodes;
  const later = openBrowser(server.url);
  await later.signIn(email, password);
  expect((await later.ask('POST', '/api/auth/two-factor/verify-backup-code', { code })).status).toBe(200);
  const again = openBrowser(server.url);
  await again.signIn(email, password);
  const used = await again.ask('POST', '/api/auth/two-factor/verify-backup-code', { code });
  expect(used.json).toMatchObject({ status: 401, code: 'auth.invalid_backup_code' });
});

test('a member makes new backup codes, and takes the second factor away with the password', async () => {
  const { email, browser } = await newMember();
  const enabled = (await browser.ask('POST', '/api/auth/two-factor/enable', { password })).json;
  await browser.ask('POST', '/api/auth/two-factor/verify-totp', { code: codeNow(enabled.totpURI, 0) });
  const made = (await browser.ask('POST', '/api/auth/two-factor/generate-backup-codes', { password })).json;
  expect(made.backupCodes.length).toBe(10);
  expect(made.backupCodes).not.toContain(enabled.backupCodes[0]);
  const shown = (await browser.ask('POST', '/api/auth/two-factor/get-totp-uri', { password })).json;
  expect(shown.totpURI).toBe(enabled.totpURI);

  const wrong = await browser.ask('POST', '/api/auth/two-factor/disable', { password: 'not the password at all' });
  expect(wrong.json).toMatchObject({ status: 400, code: 'auth.invalid_password' });
  expect((await browser.ask('GET', '/api/me')).json.secondFactor).toBe(true);
  expect((await browser.ask('POST', '/api/auth/two-factor/disable', { password })).json).toEqual({ status: true });
  expect((await browser.ask('GET', '/api/me')).json.secondFactor).toBe(false);
  expect(await isSignedIn(await signedIn(email))).toBe(true);
});
