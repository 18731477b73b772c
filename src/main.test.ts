import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../test/database.ts';
import { ask } from '../test/server.ts';
import { startLethe } from './main.ts';

let database: TestDatabase;
let dataDir: string;
beforeAll(async () => {
  database = await createTestDatabase();
  dataDir = mkdtempSync(join(tmpdir(), 'lethe-main-'));
});
afterAll(async () => {
  await database.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const start = (env: Record<string, string> = {}) =>
  startLethe({
    env: {
      LETHE_DATABASE_URL: database.url,
      LETHE_DATA_DIR: dataDir,
      LETHE_PORT: '0',
      LETHE_PARTITIONS: '4',
      LETHE_LOG_LEVEL: 'silent',
      ...env,
    },
  });
const token = 'mainkey:mainsecret-0123456789';
const asToken = { authorization: `Basic ${Buffer.from(token).toString('base64')}` };

test('the first start makes an administrator with a one-time password; later ones change nothing that exists', async () => {
  const settings = {
    LETHE_BOOTSTRAP_TOKEN: token,
    LETHE_BOOTSTRAP_DATASETS: 'shop,blog',
    LETHE_BOOTSTRAP_WRITE_KEY: 'shop:a-key,blog:b-key',
  };
  const first = await start(settings);
  expect(first.firstAdministrator).toMatchObject({ email: 'admin@example.com', oneTimePassword: expect.any(String) });
  expect(JSON.parse(readFileSync(join(dataDir, 'server.json'), 'utf8'))).toMatchObject({
    pid: process.pid,
    url: first.url,
    databasePid: null,
  });
  await first.stop();
  expect(() => readFileSync(join(dataDir, 'server.json'))).toThrow('ENOENT');

  const announced = await start({ ...settings, LETHE_ADMIN_PASSWORD: 'another long password' });
  expect(announced.firstAdministrator).toBeUndefined();
  const members = await ask(`${announced.url}/api/members`, 'GET', undefined, asToken);
  expect(members.json.items.length).toBe(1);
  const metrics = await ask(`${announced.url}/metrics`, 'GET');
  expect(metrics.text).toContain('lethe_announcements_total{name="server.bootstrap_ignored"} 6');
  await announced.stop();
});

test('a second server on the same data directory, or on a port in use, is refused and leaves nothing behind', async () => {
  const first = await start();
  await expect(start()).rejects.toMatchObject({ code: 'data_dir.in_use' });
  const otherDir = mkdtempSync(join(tmpdir(), 'lethe-main-'));
  const samePort = { LETHE_DATA_DIR: otherDir, LETHE_PORT: new URL(first.url).port };
  await expect(start(samePort)).rejects.toMatchObject({ code: 'server.cannot_listen' });
  await first.stop();
  await (await start({ LETHE_DATA_DIR: otherDir })).stop();
  rmSync(otherDir, { recursive: true });
});

test('a database that cannot be reached at the start is named, without its password', async () => {
  const failure = await start({ LETHE_DATABASE_URL: 'postgres://lethe:sesame@127.0.0.1:1/lethe' }).catch(
    (error) => error,
  );
  expect(failure).toMatchObject({ code: 'database.away' });
  expect(failure.message).toContain('127.0.0.1:1');
  expect(failure.message).not.toContain('sesame');
});

test('while the database is away everything answers 503 with the time to try again, and goes on when it is back', async () => {
  const line = await cuttableLine(database.url);
  const password = 'correct horse battery 7!';
  const lethe = await start({ LETHE_DATABASE_URL: line.url });
  const email = 'away@example.com';
  const member = await ask(`${lethe.url}/api/members`, 'POST', { email, name: 'A', administrator: true }, asToken);
  const signIn = (headers = {}) =>
    ask(
      `${lethe.url}/api/auth/sign-in/email`,
      'POST',
      { email, password: member.json.oneTimePassword ?? password },
      headers,
    );
  const cookie = (await signIn()).headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
  expect(cookie).toContain('session_token');
  const everything = () =>
    Promise.all([
      ask(`${lethe.url}/health/ready`, 'GET'),
      ask(`${lethe.url}/api/datasets`, 'GET', undefined, asToken),
      ask(`${lethe.url}/api/datasets`, 'GET', undefined, { cookie }),
      signIn(),
    ]);
  line.cut();
  for (const answer of await everything()) {
    expect(answer.json).toMatchObject({ status: 503, code: 'database.away' });
    expect(answer.headers.get('retry-after')).toBe('5');
  }
  expect((await ask(`${lethe.url}/health/live`, 'GET')).status).toBe(200);
  line.mend();
  const statuses = (await everything()).map((answer) => answer.status);
  // The member has a one-time password still.
  expect(statuses).toEqual([200, 200, 403, 200]);
  await lethe.stop();
  line.close();
});

/** The way to the database through a port of our own, which can be cut. */
async function cuttableLine(databaseUrl: string) {
  const { hostname, port } = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let whole = true;
  const server = createServer((near) => {
    if (!whole) return void near.destroy();
    const far = connect(Number(port), hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy()).on('close', () => to.destroy());
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const own = server.address() as { port: number };
  return {
    url: Object.assign(new URL(databaseUrl), { hostname: '127.0.0.1', port: String(own.port) }).href,
    cut() {
      whole = false;
      for (const socket of sockets) socket.destroy();
    },
    mend() {
      whole = true;
    },
    close: () => server.close(),
  };
}
