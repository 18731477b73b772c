import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSettings } from '../src/settings.ts';
import { members, tokens } from './bad-input/access.ts';
import type { Case, World } from './bad-input/case.ts';
import { datasets, imports, privacy, vocabulary } from './bad-input/data.ts';
import { deletions, rules, segments } from './bad-input/segments.ts';
import { environment } from './command-line.ts';
import { runImport } from './imports.ts';
import { startTestServer, type TestServer } from './server.ts';
import { until } from './waiting.ts';

const groups: Record<string, Case[]> = {
  'an import': imports,
  'a rule': rules,
  'a segment': segments,
  'a bulk deletion': deletions,
  'a token': tokens,
  'a member': members,
  'a dataset': datasets,
  'a deletion by name': privacy,
  'what is said of': vocabulary,
};

let server: TestServer;
let world: World;

beforeAll(async () => {
  server = await startTestServer({ LETHE_BOOTSTRAP_DATASETS: 'blog', LETHE_DATASETS_MAX: '2' });
  await runImport(server, 'userId,event\nu1,View\nu2,View\nu3,Purchase\n');
  const list = await segment({ name: 'List', kind: 'manual' });
  await server.api('POST', `/api/dataset/shop/segments/${list}/users`, { ids: ['u1'] });
  const disabledList = await segment({ name: 'Disabled', kind: 'subscriberList' });
  await server.api('PATCH', `/api/dataset/shop/segments/${disabledList}`, { enabled: false });
  const grace = { email: 'grace@example.com', name: 'Grace', roles: { shop: 'editor' } };
  world = {
    everybody: await segment({ name: 'Everybody', kind: 'rule', rule: { everyone: true } }),
    nobody: await segment({ name: 'Nobody', kind: 'rule', rule: { action: 'Refund', did: true } }),
    list,
    nesting: await segment({ name: 'Nesting', kind: 'rule', rule: { segment: list, member: true } }),
    disabledList,
    administrator: (await server.api('GET', '/api/members')).json.items[0].id,
    member: (await server.api('POST', '/api/members', grace)).json.id,
  };
});
afterAll(() => server.close());

async function segment(body: object): Promise<string> {
  const { id } = (await server.api('POST', '/api/dataset/shop/segments', body)).json;
  const state = async () => (await server.api('GET', `/api/dataset/shop/segments/${id}`)).json.state;
  await until(async () => (await state()) === 'ready', 'the segment is computed');
  return id;
}

/** Everything that a half-done request could leave: how many rows every table has, what is in them, and the files of imports. */
async function snapshot(): Promise<unknown> {
  const { reads } = server.database.database;
  const { rows: tables } = await sql<{ name: string }>`
    SELECT format('%I.%I', n.nspname, c.relname) AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND (n.nspname = 'lethe' OR n.nspname LIKE 'ds\\_%')
    ORDER BY 1`.execute(reads);
  const contents = tables.map(
    ({ name }) => `
      SELECT '${name.replaceAll("'", "''")}' AS name, count(*) AS rows, sum(hashtextextended(t::text, 0))::text AS content
      FROM ${name} t`,
  );
  const { rows } = await sql.raw(`${contents.join(' UNION ALL ')} ORDER BY 1`).execute(reads);
  const spool = join(server.dataDir, 'imports');
  return { rows, spooled: existsSync(spool) ? readdirSync(spool, { recursive: true }).sort() : [] };
}

describe.each(Object.entries(groups))('%s', (_, cases) => {
  let before: unknown;
  beforeAll(async () => {
    before = await snapshot();
  });

  test.each(cases)('$what: $status, and what would be right', async (wrong: Case) => {
    const { method, path, body, headers, status, code, says } = wrong;
    const answer = await server.api(
      method,
      typeof path === 'string' ? path : path(world),
      typeof body === 'function' ? body(world) : body,
      headers,
    );
    expect([answer.status, answer.json?.code]).toEqual([status, code]);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.json).toMatchObject({ type: `urn:lethe:problem:${code}`, status, title: expect.any(String) });
    const errors: { field: string; detail: string }[] = answer.json.errors ?? [];
    const said = [answer.json.detail, ...errors.map(({ field, detail }) => `${field}: ${detail}`)];
    for (const expected of says) expect(said.join('\n')).toMatch(expected);
  });

  test('refused leaves nothing half-done', async () => {
    expect(await snapshot()).toEqual(before);
  });
});

test('there are enough of them', () => {
  expect(Object.values(groups).flat().length).toBeGreaterThanOrEqual(100);
});

describe('a setting', () => {
  const dataDir = join(mkdtempSync(join(tmpdir(), 'lethe-settings-')), 'data');
  afterAll(() => rmSync(join(dataDir, '..'), { recursive: true, force: true }));
  const command = fileURLToPath(new URL('../bin/lethe', import.meta.url));
  const run = (args: string[], env: Record<string, string>) =>
    new Promise<{ status: number; out: string; said: string[] }>((resolve) => {
      const options = { env: { ...environment(), LETHE_DATA_DIR: dataDir, ...env } };
      const child = execFile(command, args, options, (_, out, said) =>
        resolve({ status: child.exitCode ?? -1, out, said: said.trimEnd().split('\n') }),
      );
    });

  test.each([
    ['LETHE_PORT', '80a', /LETHE_PORT=80a: expected a whole number from 0 to 65535/],
    ['LETHE_PARTITIONS', '5', /LETHE_PARTITIONS=5: expected 1, 4, 16, 64 or 256/],
    ['LETHE_TRUST_PROXY', '1', /LETHE_TRUST_PROXY=1: expected true or false/],
    ['LETHE_DATABASE_URL', 'mysql://me:hunter2@db/x', /LETHE_DATABASE_URL: expected .*postgres:\/\//],
    ['LETHE_ADMIN_PASSWORD', 'hunter2', /LETHE_ADMIN_PASSWORD: expected .*12/],
    ['LETHE_BOOTSTRAP_TOKEN', 'key:hunter2', /LETHE_BOOTSTRAP_TOKEN: expected keyId:secret/],
    ['LETHE_BOOTSTRAP_DATASETS', 'shop,Blog', /LETHE_BOOTSTRAP_DATASETS=shop,Blog: expected ids/],
  ])('%s=%s: refused with what would be right, and no secret', (name, value, right) => {
    expect(() => readSettings({ [name]: value })).toThrow(right);
    expect(() => readSettings({ [name]: value })).not.toThrow(/hunter2/);
  });

  test('that is wrong ends "settings" and "start" with a line for each, and leaves no file', async () => {
    const wrong = { LETHE_PORT: '80a', LETHE_DATASETS_MAX: '0', LETHE_ADMIN_PASSWORD: 'hunter2' };
    for (const args of [['settings'], ['start']]) {
      const { status, out, said } = await run(args, wrong);
      expect([1, 2]).toContain(status);
      expect(out).toBe('');
      expect(said).toEqual([
        expect.stringMatching(/^lethe: LETHE_PORT=80a: expected a whole number from 0 to 65535/),
        expect.stringMatching(/^LETHE_ADMIN_PASSWORD: expected/),
        expect.stringMatching(/^LETHE_DATASETS_MAX=0: expected a whole number from 1 to 1000/),
      ]);
    }
    expect(existsSync(dataDir)).toBe(false);
  });

  test('that is misspelt is told by "settings", which shows the others', async () => {
    const { status, out, said } = await run(['settings', '--json'], { LETHE_PROT: '9000' });
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ unknown: ['LETHE_PROT'] });
    expect(said).toEqual(['']);
    expect((await run(['settings'], { LETHE_PROT: '9000' })).said.join()).toMatch(/LETHE_PROT.*misspelt/);
  });
});
