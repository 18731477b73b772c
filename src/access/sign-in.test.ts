import { afterAll, beforeAll, expect, test } from 'vitest';
import { adminEmail, adminPassword, ask, startTestServer, type TestServer } from '../../test/server.ts';
import { totpCode } from '../../test/totp.ts';
import { resetPassword } from './reset-password.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/** Signs in as a browser on the server's own page does; answers the cookies. */
async function signIn(email: string, password: string) {
  const answer = await ask(`${server.url}/api/auth/sign-in/email`, 'POST', { email, password }, ownPage());
  const cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ');
  return { ...answer, cookie };
}

const ownPage = () => ({ origin: server.url, 'sec-fetch-site': 'same-origin' });
const as = (cookie: string) => ({ cookie });
const call = (method: string, path: string, headers: Record<string, string>, body?: unknown) =>
  ask(`${server.url}${path}`, method, body, headers);

async function newMember(email: string, rights: object = {}) {
  const { json } = await server.api('POST', '/api/members', { email, name: 'Grace', ...rights });
  return json as { id: string; oneTimePassword: string };
}

test('the first administrator signs in and works with the session cookie, which no script can read and no other site sends', async () => {
  const { status, cookie, headers } = await signIn(adminEmail, adminPassword);
  expect(status).toBe(200);
  expect(headers.getSetCookie()[0]).toMatch(/^lethe\.session_token=.*HttpOnly; SameSite=Strict/);
  const datasets = await call('GET', '/api/datasets', as(cookie));
  expect(datasets.json.items.map((dataset: { id: string }) => dataset.id)).toEqual(['shop']);
  const session = await call('GET', '/api/auth/get-session', as(cookie));
  expect(session.json.user).toMatchObject({ email: adminEmail, administrator: true, mustChangePassword: false });
});

test('a wrong password and an unknown address are refused with the same words', async () => {
  const wrong = await signIn(adminEmail, 'not the password at all');
  const unknown = await signIn('nobody@example.com', 'not the password at all');
  expect([wrong.status, unknown.status]).toEqual([401, 401]);
  expect(wrong.json).toMatchObject({ status: 401, code: 'auth.invalid_email_or_password' });
  expect(unknown.json.detail).toBe(wrong.json.detail);
  expect(wrong.headers.get('content-type')).toContain('application/problem+json');
});

test('signing out ends the session', async () => {
  const { cookie } = await signIn(adminEmail, adminPassword);
  expect((await call('POST', '/api/auth/sign-out', { ...as(cookie), ...ownPage() }, {})).status).toBe(200);
  expect((await call('GET', '/api/datasets', as(cookie))).status).toBe(401);
});

test('a page of another site can do nothing with the cookie', async () => {
  const { cookie } = await signIn(adminEmail, adminPassword);
  const body = { id: 'stolen', name: 'Stolen' };
  for (const origin of ['https://evil.example', 'null', '']) {
    const foreign = { origin, ...(origin === '' ? { 'sec-fetch-site': 'same-site' } : {}) };
    const answer = await call('POST', '/api/datasets', { ...as(cookie), ...foreign }, body);
    expect(answer.json).toMatchObject({ status: 403, code: 'access.cross_site' });
  }
  const signOut = await call('POST', '/api/auth/sign-out', { ...as(cookie), origin: 'https://evil.example' }, {});
  expect(signOut.json).toMatchObject({ status: 403, code: 'access.cross_site' });
  expect((await call('GET', '/api/datasets', as(cookie))).status).toBe(200);
  expect(
    (await call('POST', '/api/datasets', { ...as(cookie), ...ownPage() }, { id: 'own', name: 'Own' })).status,
  ).toBe(201);
});

test('nobody can sign up, rename himself or make himself an administrator', async () => {
  const { cookie } = await signIn(adminEmail, adminPassword);
  for (const path of ['sign-up/email', 'update-user', 'change-email', 'delete-user', 'request-password-reset']) {
    const body = { email: 'eve@example.com', password: 'a long enough password', name: 'Eve', administrator: true };
    expect((await call('POST', `/api/auth/${path}`, { ...as(cookie), ...ownPage() }, body)).status).toBe(404);
  }
});

test('a one-time password opens nothing but the way to a password of one’s own', async () => {
  const { oneTimePassword } = await newMember('grace@example.com', { roles: { shop: 'viewer' } });
  const first = await signIn('Grace@example.com', oneTimePassword);
  expect(first.json.user.mustChangePassword).toBe(true);
  const refused = await call('GET', '/api/datasets', as(first.cookie));
  expect(refused.json).toMatchObject({ status: 403, code: 'member.password_change_required' });

  const change = (newPassword: string) =>
    call(
      'POST',
      '/api/auth/change-password',
      { ...as(first.cookie), ...ownPage() },
      { currentPassword: oneTimePassword, newPassword },
    );
  expect((await change(oneTimePassword)).json).toMatchObject({ status: 400, code: 'auth.same_password' });
  expect((await change('short')).status).toBe(400);
  expect((await change('a password of my own')).status).toBe(200);
  expect((await call('GET', '/api/datasets', as(first.cookie))).status).toBe(200);
  expect((await signIn('grace@example.com', oneTimePassword)).status).toBe(401);
});

test('resetting a password ends every session and gives a one-time password', async () => {
  await server.api('POST', '/api/members', { email: 'joan@example.com', name: 'Joan' });
  const { oneTimePassword } = await resetPassword(server.database.database.writes, ' Joan@Example.com');
  const { cookie, json } = await signIn('joan@example.com', oneTimePassword);
  expect(json.user.mustChangePassword).toBe(true);
  await resetPassword(server.database.database.writes, 'joan@example.com');
  expect((await call('GET', '/api/datasets', as(cookie))).status).toBe(401);
  await expect(resetPassword(server.database.database.writes, 'nobody@example.com')).rejects.toMatchObject({
    code: 'member.unknown',
  });
});

test('a role that is taken away is gone at the next request, and a removed member is signed out', async () => {
  const { id, oneTimePassword } = await newMember('mary@example.com', { roles: { shop: 'viewer' } });
  const { cookie } = await signIn('mary@example.com', oneTimePassword);
  const body = { currentPassword: oneTimePassword, newPassword: 'a password of my own' };
  await call('POST', '/api/auth/change-password', { ...as(cookie), ...ownPage() }, body);
  expect((await call('GET', '/api/datasets/shop', as(cookie))).status).toBe(200);
  await server.api('PATCH', `/api/members/${id}`, { roles: {} });
  expect((await call('GET', '/api/datasets/shop', as(cookie))).status).toBe(404);
  await server.api('DELETE', `/api/members/${id}`);
  expect((await call('GET', '/api/datasets', as(cookie))).status).toBe(401);
});

test('with a second factor the password alone is not enough', async () => {
  const { id, oneTimePassword } = await newMember('ida@example.com', { roles: { shop: 'viewer' } });
  const password = 'a password of my own';
  const { cookie } = await signIn('ida@example.com', oneTimePassword);
  const own = { ...as(cookie), ...ownPage() };
  await call('POST', '/api/auth/change-password', own, { currentPassword: oneTimePassword, newPassword: password });
  const enabled = await call('POST', '/api/auth/two-factor/enable', own, { password });
  expect(enabled.json.totpURI).toMatch(/^otpauth:\/\/totp\/Lethe/);
  const code = totpCode(enabled.json.totpURI);
  expect((await call('POST', '/api/auth/two-factor/verify-totp', own, { code })).status).toBe(200);

  const half = await signIn('ida@example.com', password);
  expect(half.json.twoFactorRedirect).toBe(true);
  expect((await call('GET', '/api/datasets', as(half.cookie))).status).toBe(401);
  const backup = { code: enabled.json.backupCodes[0] };
  const whole = await call(
    'POST',
    '/api/auth/two-factor/verify-backup-code',
    { ...as(half.cookie), ...ownPage() },
    backup,
  );
  expect(whole.status).toBe(200);
  const signedIn = await server.api('GET', `/api/audit?actor=${id}&action=member.signed_in`);
  expect(signedIn.json.items.length).toBe(3);
});

test('after twenty attempts in a minute from one address sign-in says to wait', async () => {
  const attempts: number[] = [];
  for (let attempt = 0; attempt < 25 && attempts.at(-1) !== 429; attempt++) {
    attempts.push((await signIn('nobody@example.com', 'not the password at all')).status);
  }
  expect(attempts.at(-1)).toBe(429);
});
