import { createServer } from 'node:http';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { type Browser, openBrowser, type Visit } from '../../test/browser.ts';
import { freePort, openIdClient, startOpenIdProvider } from '../../test/openid-provider.ts';
import { adminEmail, adminPassword, startTestServer, type TestServer } from '../../test/server.ts';

const begin = { provider: 'oidc' };

async function startServer(issuer: string, port = 0): Promise<TestServer> {
  return startTestServer({
    LETHE_PORT: String(port),
    LETHE_PUBLIC_URL: `http://127.0.0.1:${port}`,
    LETHE_OIDC_ISSUER: issuer,
    LETHE_OIDC_CLIENT_ID: openIdClient.id,
    LETHE_OIDC_CLIENT_SECRET: openIdClient.secret,
  });
}

test('a provider that is down keeps nobody from starting the server or using a password, and is asked again later', async () => {
  const [port, providerPort] = [await freePort(), await freePort()];
  const server = await startServer(`http://localhost:${providerPort}`, port);
  const browser = openBrowser(server.url);
  const refused = await browser.ask('POST', '/api/auth/sign-in/social', begin);
  expect(refused.json).toMatchObject({ status: 503, code: 'single_sign_on.away' });
  expect(refused.json.detail).toContain('it cannot be reached');
  const back = await browser.go(
    `${server.url}/api/auth/callback/oidc?code=x&state=x`,
    `http://localhost:${providerPort}`,
  );
  expect(back.at(-1)?.address).toBe(`${server.url}/sign-in?error=single_sign_on.away`);
  expect((await browser.signIn(adminEmail, adminPassword)).status).toBe(200);

  const provider = await startOpenIdProvider(`${server.url}/api/auth/callback/oidc`, providerPort);
  provider.people.set('ada', { email: adminEmail, email_verified: true });
  const end = await signInAsAda(openBrowser(server.url), server);
  expect(JSON.parse(end.text)).toMatchObject({ email: adminEmail, administrator: true });
  await provider.close();
  await server.close();
});

async function signInAsAda(browser: Browser, server: TestServer): Promise<Visit> {
  const { url } = (await browser.ask('POST', '/api/auth/sign-in/social', { ...begin, callbackURL: '/api/me' })).json;
  const page = (await browser.go(url, server.url)).at(-1) as Visit;
  return (await browser.submit(page, { login: 'ada', password: 'whatever' })).at(-1) as Visit;
}

test('of several first sign-ins at the same instant one makes the link, and all are the same member', async () => {
  const port = await freePort();
  const provider = await startOpenIdProvider(`http://127.0.0.1:${port}/api/auth/callback/oidc`);
  const server = await startServer(provider.issuer, port);
  provider.people.set('ada', { email: adminEmail, email_verified: true });
  const browsers = Array.from({ length: 6 }, () => openBrowser(server.url));
  const ends = await Promise.all(browsers.map((browser) => signInAsAda(browser, server)));
  const isIn = (end: Visit | undefined) => end?.address === `${server.url}/api/me`;
  expect(ends.some(isIn)).toBe(true);
  for (const [n, browser] of browsers.entries()) {
    // Whoever came a moment too late tries again.
    if (!isIn(ends[n])) await signInAsAda(browser, server);
    expect((await browser.ask('GET', '/api/me')).json).toMatchObject({ email: adminEmail });
  }
  const { rows } = await sql`SELECT account_id AS account FROM lethe.account WHERE provider_id = 'oidc'`.execute(
    server.database.database.reads,
  );
  expect(rows).toEqual([{ account: `${provider.issuer} ada` }]);
  await provider.close();
  await server.close();
});

test('a provider that never answers keeps nobody waiting who has a password', async () => {
  const web = createServer(() => undefined);
  const [port, webPort] = [await freePort(), await freePort()];
  await new Promise<void>((done) => web.listen(webPort, '127.0.0.1', done));
  const server = await startServer(`http://127.0.0.1:${webPort}`, port);
  const asked = new Promise((done) => web.once('request', done));
  const waiting = openBrowser(server.url).ask('POST', '/api/auth/sign-in/social', begin);
  await asked;
  const browser = openBrowser(server.url);
  expect((await browser.signIn(adminEmail, adminPassword)).status).toBe(200);
  expect((await browser.ask('GET', '/api/me')).status).toBe(200);
  web.closeAllConnections();
  expect((await waiting).json).toMatchObject({ status: 503, code: 'single_sign_on.away' });
  await server.close();
  await new Promise((done) => web.close(done));
});

test('a provider that is another one than the settings say, or none at all, is not trusted', async () => {
  const answers: Record<string, [number, string]> = {
    '/other': [200, JSON.stringify({ issuer: 'https://evil.example' })],
    '/page': [200, '<p>Hello</p>'],
    '/gone': [404, ''],
    '/empty': [200, ''],
  };
  const web = createServer((request, response) => {
    const name = request.url?.replace('/.well-known/openid-configuration', '') ?? '';
    const [status, body] = answers[name] ?? [500, ''];
    // The one that knows its own address, and nothing of what signing in needs.
    response.statusCode = status;
    response.end(name === '/empty' ? JSON.stringify({ issuer: `http://${request.headers.host}/empty` }) : body);
  });
  const port = await freePort();
  await new Promise<void>((done) => web.listen(port, '127.0.0.1', done));
  const detailOf = async (path: string) => {
    const server = await startServer(`http://127.0.0.1:${port}${path}`);
    const { json } = await openBrowser(server.url).ask('POST', '/api/auth/sign-in/social', begin);
    await server.close();
    expect(json).toMatchObject({ status: 503, code: 'single_sign_on.away' });
    return json.detail;
  };
  expect(await detailOf('/other')).toContain('LETHE_OIDC_ISSUER has to be "https://evil.example"');
  expect(await detailOf('/page')).toContain('there is no discovery document');
  expect(await detailOf('/gone')).toContain('it answers 404');
  expect(await detailOf('/empty')).toContain('does not name what signing in needs');
  await new Promise((done) => web.close(done));
});

test('without a provider in the settings there is nothing at its addresses', async () => {
  const server = await startTestServer();
  const { json } = await openBrowser(server.url).ask('POST', '/api/auth/sign-in/social', begin);
  expect(json).toMatchObject({ status: 404, code: 'route.unknown' });
  expect((await server.api('GET', '/api/auth/callback/oidc?code=x')).json.code).toBe('route.unknown');
  await server.close();
});
