import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser } from '../../test/browser.ts';
import { adminEmail, adminPassword, startTestServer, type TestServer } from '../../test/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

test('a member learns who is signed in and what may be offered', async () => {
  const browser = openBrowser(server.url);
  expect((await browser.ask('GET', '/api/me')).json).toMatchObject({ status: 401, code: 'access.unauthenticated' });
  await browser.signIn(adminEmail, adminPassword);
  expect((await browser.ask('GET', '/api/me')).json).toEqual({
    kind: 'member',
    id: expect.any(String),
    name: 'Administrator',
    email: adminEmail,
    administrator: true,
    roles: {},
    datasets: null,
    secondFactor: false,
  });
});

test('a member with a one-time password has to set another one before anything else', async () => {
  const grace = { email: 'grace@example.com', name: 'Grace', roles: { shop: 'editor' } };
  const { oneTimePassword } = (await server.api('POST', '/api/members', grace)).json;
  const browser = openBrowser(server.url);
  await browser.signIn(grace.email, oneTimePassword);
  const refused = await browser.ask('GET', '/api/me');
  expect(refused.json).toMatchObject({ status: 403, code: 'member.password_change_required' });
  const passwords = { currentPassword: oneTimePassword, newPassword: 'a password of my own' };
  expect((await browser.ask('POST', '/api/auth/change-password', passwords)).status).toBe(200);
  expect((await browser.ask('GET', '/api/me')).json).toMatchObject({ email: grace.email, roles: { shop: 'editor' } });
});

test('a token learns what it reaches, and has neither address nor second factor', async () => {
  const headers = await server.tokenHeaders({ administrator: true, datasets: ['shop'] });
  const { json } = await server.api('GET', '/api/me', undefined, headers);
  const none = { email: null, secondFactor: null };
  expect(json).toMatchObject({ kind: 'token', name: 'test', administrator: true, datasets: ['shop'], ...none });
});

test('without an OpenID provider the sign-in page offers none', async () => {
  const { status, json } = await server.api('GET', '/api/sign-in', undefined, { authorization: '' });
  expect([status, json]).toEqual([200, { singleSignOn: null }]);
});
