import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { environment, runLethe } from '../../test/command-line.ts';
import { createTestDatabase, type TestDatabase } from '../../test/database.ts';
import { until } from '../../test/lethe-process.ts';
import { isRunning } from '../processes.ts';
import { readServerFile } from '../server-file.ts';

const command = fileURLToPath(new URL('../../bin/lethe', import.meta.url));

let folder: string;
let database: TestDatabase;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lethe-machine-'));
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a server on this machine', () => {
  const settings = () => ({ LETHE_DATA_DIR: join(folder, 'data'), LETHE_DATABASE_URL: database.url, LETHE_PORT: '0' });

  test('starts, says how to sign in the first time, is found by check and stop, and ends with 0', async () => {
    const env = settings();
    const started = runLethe(['start', '--json'], { env: { ...env, LETHE_LOG_LEVEL: 'silent' } });
    await until(() => existsSync(join(env.LETHE_DATA_DIR, 'server.json')), 'the server is ready');
    const { url, pid } = JSON.parse(readFileSync(join(env.LETHE_DATA_DIR, 'server.json'), 'utf8'));
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);

    const check = await runLethe(['check', '--json'], { env });
    expect(check.status).toBe(0);
    expect(check.json().findings).toContainEqual({
      state: 'ok',
      about: 'Server',
      detail: `running at ${url} (process ${pid})`,
    });
    const second = await runLethe(['start'], { env });
    expect(second).toMatchObject({ status: 3, stderr: expect.stringContaining('in use by another Lethe') });

    expect(await runLethe(['stop'], { env })).toMatchObject({ status: 0 });
    const { status, json } = await started;
    expect(status).toBe(0);
    expect(json()).toMatchObject({
      url,
      firstAdministrator: { email: 'admin@example.com', oneTimePassword: expect.any(String) },
    });
    expect(isRunning(pid)).toBe(false);
    expect(await runLethe(['stop'], { env })).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('LETHE_DATA_DIR'),
    });
  });

  test('gets a new one-time password for a member, whether it runs or not', async () => {
    const ran = await runLethe(['members', 'reset-password', 'admin@example.com', '--json'], { env: settings() });
    expect(ran.json()).toMatchObject({ email: 'admin@example.com', oneTimePassword: expect.stringMatching(/.{12}/) });
    const nobody = await runLethe(['members', 'reset-password', 'nobody@example.com'], { env: settings() });
    expect(nobody).toMatchObject({ status: 1 });
  });

  test('has settings, each with its value, where it came from and what it means; secrets are hidden', async () => {
    const { items, unknown } = (
      await runLethe(['settings', '--json'], { env: { ...settings(), LETHE_PROT: '1' } })
    ).json();
    expect(items).toContainEqual(expect.objectContaining({ name: 'LETHE_PORT', value: 0, from: 'environment' }));
    expect(items).toContainEqual(expect.objectContaining({ name: 'LETHE_DATABASE_URL', value: '********' }));
    expect(unknown).toEqual(['LETHE_PROT']);
  });

  test('is said to be late with users whom time should long have moved', async () => {
    const dueSince = (minutes: number) =>
      sql`INSERT INTO ${database.ds.tables.clock} VALUES (${minutes}, now() - make_interval(mins => ${minutes}))`.execute(
        database.ds.db,
      );
    const clockFindings = async () =>
      (await runLethe(['check', '--json'], { env: settings() }))
        .json()
        .findings.filter(({ about }: { about: string }) => about === 'Clock');
    await dueSince(9);
    expect(await clockFindings()).toEqual([]);
    await dueSince(120);
    expect(await clockFindings()).toEqual([
      { state: 'warning', about: 'Clock', detail: expect.stringMatching(/^of dataset shop: 2 users .* 2 h/) },
    ]);
  });

  test('is not right when a setting or the database is not', async () => {
    const badPort = await runLethe(['check'], { env: { ...settings(), LETHE_PORT: 'many' } });
    expect(badPort).toMatchObject({ status: 1, stdout: expect.stringContaining('LETHE_PORT=many') });
    const away = { ...settings(), LETHE_DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none' };
    expect(await runLethe(['check'], { env: away })).toMatchObject({ status: 1 });
    expect(await runLethe(['start'], { env: { ...away, LETHE_DATA_DIR: join(folder, 'other') } })).toMatchObject({
      status: 1,
    });
  });
});

describe('the demonstration', () => {
  const temporary = () => {
    const path = mkdtempSync(join(folder, 'tmp-'));
    return { path, env: { ...environment(), TMPDIR: path, HOME: path } };
  };

  test('goes from an empty folder to the proof, with the figures that were generated, and leaves nothing behind', async () => {
    const { path, env } = temporary();
    const ran = await runLethe(['demo', '--users', '400', '--json'], { env });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    const told = ran.json();
    expect(told.before).toMatchObject({ users: 400 });
    expect(told.job).toMatchObject({ state: 'completed', users: told.preview.users, remaining: 0 });
    expect(told.after.summary.users).toBe(400 - told.job.users);
    expect(told).toMatchObject({
      receipt: { valid: true, oneChangedByteRefused: true },
      after: { orphans: { clean: true }, segment: { enabled: false, users: 0 } },
      running: null,
    });
    expect(readdirSync(path)).toEqual([]);
  });

  test.each(['A server and a database', 'A shop with three years of history', 'Delete all users in the segment'])(
    'cleans up when it is interrupted after "%s"',
    async (chapter) => {
      const { path, env } = temporary();
      const child = spawn(command, ['demo', '--users', '3000'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
      let said = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (data) => {
          said += data;
        });
      await until(() => said.includes(chapter), `the demonstration says "${chapter}"`);
      const servers = () => readdirSync(path).map((dataDir) => readServerFile(join(path, dataDir)));
      const pids = servers().flatMap((server) => (server ? [server.pid, server.databasePid ?? 0] : []));
      child.kill('SIGINT');
      const [status] = await once(child, 'close');
      expect(status).toBe(1);
      expect(said).toMatch(/nothing is left of it/);
      expect(pids.filter(isRunning)).toEqual([]);
      expect(readdirSync(path)).toEqual([]);
    },
  );

  test('refuses a folder that has something in it', async () => {
    const { path, env } = temporary();
    mkdirSync(join(path, 'mine'));
    expect(await runLethe(['demo', '--data', path], { env })).toMatchObject({ status: 2 });
    expect(readdirSync(path)).toEqual(['mine']);
  });
});
