import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { followSegment } from '../../test/change-reader.ts';
import { command, environment, type Ran, runLethe } from '../../test/command-line.ts';
import { startTestServer, type TestServer } from '../../test/server.ts';

let server: TestServer;
let folder: string;
let env: Record<string, string>;

beforeAll(async () => {
  server = await startTestServer();
  folder = mkdtempSync(join(tmpdir(), 'lethe-cli-'));
  env = environmentFor(server);
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

function environmentFor({ url, adminHeaders }: TestServer): Record<string, string> {
  const basic = adminHeaders.authorization?.replace('Basic ', '') ?? '';
  return {
    LETHE_URL: url,
    LETHE_TOKEN: Buffer.from(basic, 'base64').toString(),
    XDG_CONFIG_HOME: join(folder, 'config'),
  };
}

const lethe = (...args: string[]): Promise<Ran> => runLethe(args, { env });
const inShop = (...args: string[]): Promise<Ran> => lethe(...args, '--dataset', 'shop');

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const mapping = [
  ['--column', 'userId=customer'],
  ['--column', 'timestamp=day'],
  ['--column', 'properties.revenue=dollars'],
  ['--value', 'type=track'],
  ['--value', 'event=Purchase'],
].flat();

describe('import', () => {
  test('takes any CSV when it is told which column is what, and prints the finished import', async () => {
    const csv = file(
      'purchases.csv',
      'customer,day,dollars\n001,2024-01-01,9.90\n002,2024-02-01,20\n003,2025-01-01,5\n',
    );
    const ran = await inShop('import', csv, ...mapping, '--json');
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(ran.json()).toMatchObject({ state: 'completed', rows: 3, accepted: 3, rejected: 0 });
    const shown = await lethe('datasets', 'show', 'shop', '--json');
    expect(shown.json().summary).toMatchObject({ users: 3, events: 3, orders: 3, revenue: 34.9 });
  });

  test('ends with 1 when rows were rejected, unless that is accepted, and names their lines', async () => {
    const csv = file('bad.csv', 'customer,day,dollars\n001,yesterday,1\n');
    const ran = await inShop('import', csv, ...mapping);
    expect(ran.status).toBe(1);
    expect(ran.stdout).toMatch(/^Imported 0 of 1 row, 1 rejected/);
    expect(ran.stderr).toMatch(/line 2: /);
    expect(await inShop('import', csv, ...mapping, '--accept-rejected', '--json')).toMatchObject({ status: 0 });
  });

  test('knows gzip by its content, and takes standard input', async () => {
    const lines = '{"type":"identify","userId":"004","traits":{"email":"ada@example.com"}}\n';
    const zipped = file('users.ndjson', gzipSync(lines));
    expect((await inShop('import', zipped, '--json')).json()).toMatchObject({ accepted: 1 });
    const piped = await runLethe(['import', '-', '--format', 'ndjson', '--dataset', 'shop', '--json'], {
      env,
      stdin: lines,
    });
    expect(piped.json()).toMatchObject({ accepted: 1 });
  });

  test('refuses what it cannot act on, and says what would be right', async () => {
    const text = file('notes.txt', '');
    expect(await inShop('import', text)).toMatchObject({ status: 2, stderr: expect.stringContaining('--format csv') });
    const pair = await inShop('import', join(folder, 'purchases.csv'), '--column', 'userId');
    expect(pair).toMatchObject({ status: 2, stderr: expect.stringContaining('has no "="') });
    expect(await inShop('import', join(folder, 'none.csv'))).toMatchObject({ status: 1 });
    const unknown = await lethe('import', join(folder, 'purchases.csv'), '--dataset', 'nowhere');
    expect(unknown).toMatchObject({ status: 1, stderr: expect.stringContaining('no such dataset') });
  });
});

describe('users', () => {
  test('are found by any of their identities', async () => {
    const ran = await inShop('users', 'find', 'ada@example.com');
    expect(ran.status).toBe(0);
    expect(ran.stdout).toMatch(/userId +004/);
    expect(await inShop('users', 'find', 'nobody')).toMatchObject({ status: 1 });
  });

  test('are deleted for good, but not without a word when nobody can be asked', async () => {
    expect(await inShop('users', 'delete', '004')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--yes'),
    });
    expect((await inShop('users', 'delete', '004', '--yes', '--json')).json()).toMatchObject({ deleted: 1 });
    expect(await inShop('users', 'find', '004')).toMatchObject({ status: 1 });
  });
});

describe('segments', () => {
  test('are created by a rule from a file, from standard input or as it is, and answer with their users', async () => {
    const rule = '{"action":"Purchase","did":false,"within":{"from":"2025-01-01T00:00:00Z"}}';
    const fromFile = await inShop('segments', 'create', 'Gone', '--rule', file('gone.json', rule), '--json');
    expect(fromFile.json()).toMatchObject({ name: 'Gone', state: 'ready', users: 2, rule: JSON.parse(rule) });
    const args = ['segments', 'create', 'Piped', '--rule', '-', '--dataset', 'shop', '--json'];
    expect((await runLethe(args, { env, stdin: rule })).json()).toMatchObject({ users: 2 });
    expect((await inShop('segments', 'create', 'Inline', '--rule', rule, '--json')).json()).toMatchObject({ users: 2 });
  });

  test('that are lists take and lose users by identity', async () => {
    expect(await inShop('segments', 'create', 'Staff', '--kind', 'manual')).toMatchObject({ status: 0 });
    const added = await inShop('segments', 'users', 'add', 'Staff', '001', 'nobody', '--json');
    expect(added.json()).toMatchObject({ users: 1, items: [{ outcome: 'added' }, { outcome: 'unknown' }] });
    expect((await inShop('segments', 'users', 'remove', 'Staff', '001', '--json')).json()).toMatchObject({ users: 0 });
  });

  test('are watched from a change on that was seen before', async () => {
    const { id } = (await inShop('segments', 'create', 'Watched', '--kind', 'manual', '--json')).json();
    const seen = await followSegment(server, id);
    await seen.close();
    await inShop('segments', 'users', 'add', 'Watched', '001');
    const watch = ['segments', 'watch', 'Watched', '--after', seen.lastId(), '--changes', '1'];
    const user = expect.stringMatching(/^usr_/);
    expect((await inShop(...watch, '--json')).json()).toMatchObject({
      segment: id,
      changes: [{ event: 'joined', user }],
    });
    expect(await inShop('segments', 'watch', 'Watched', '--json')).toMatchObject({ status: 2 });
  });

  test('are disabled, hidden, shown and enabled', async () => {
    expect(await inShop('segments', 'disable', 'Piped')).toMatchObject({ status: 0 });
    expect((await inShop('segments')).stdout).not.toMatch(/Piped/);
    expect((await inShop('segments', '--show-disabled')).stdout).toMatch(/Piped +2 +rule +disabled/);
    expect((await inShop('segments', 'enable', 'Piped', '--json')).json()).toMatchObject({ enabled: true, users: 2 });
  });

  test('with a rule that is none are refused', async () => {
    expect(await inShop('segments', 'create', 'Bad', '--rule', '{"all":[]}')).toMatchObject({ status: 1 });
    expect(await inShop('segments', 'create', 'Bad', '--rule', '{"all":')).toMatchObject({ status: 2 });
    expect(await inShop('segments', 'create', 'Bad')).toMatchObject({ status: 2 });
  });
});

describe('delete-users', () => {
  test('without a terminal asks for --expect and --yes, and changes nothing', async () => {
    for (const args of [[], ['--yes'], ['--expect', '2'], ['--json']]) {
      const ran = await inShop('delete-users', 'Gone', ...args);
      expect(ran).toMatchObject({ status: 2, stderr: expect.stringContaining('--expect N --yes') });
    }
    expect((await inShop('deletions', '--json')).json()).toEqual({ items: [] });
  });

  test('shows what would go', async () => {
    const ran = await inShop('delete-users', 'Gone', '--preview');
    expect(ran.status).toBe(0);
    expect(ran.stdout).toMatch(/2 users, 66\.7 % of this dataset/);
    expect(ran.stdout).toMatch(/cannot be stopped/);
    expect((await inShop('delete-users', 'Gone', '--preview', '--json')).json()).toMatchObject({
      users: 2,
      blockedBy: null,
    });
    expect(ran.stdout).not.toMatch(/scrub/);
    expect((await inShop('delete-users', 'Gone', '--preview', '--scrub')).stdout).toMatch(/then a scrub/);
  });

  test('is refused with the wrong number, without the right, and for an unknown segment', async () => {
    const wrong = await inShop('delete-users', 'Gone', '--expect', '3', '--yes', '--json');
    expect(wrong.status).toBe(3);
    expect(wrong.json()).toMatchObject({ error: { code: 'deletion.users_changed', expected: 3, actual: 2 } });
    const { json: editor } = await server.api('POST', '/api/tokens', { name: 'e', roles: { shop: 'editor' } });
    const args = ['delete-users', 'Gone', '--expect', '2', '--yes', '--dataset', 'shop'];
    const asEditor = { ...env, LETHE_TOKEN: `${editor.keyId}:${editor.secret}` };
    expect(await runLethe(args, { env: asEditor })).toMatchObject({ status: 3 });
    expect(await inShop('delete-users', 'gone', '--expect', '2', '--yes')).toMatchObject({ status: 1 });
  });

  test('ends with the proof, and the receipt is verified offline', async () => {
    const ran = await inShop('delete-users', 'Gone', '--expect', '2', '--yes', '--json');
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    const job = ran.json();
    expect(job).toMatchObject({ state: 'completed', users: 2, deleted: 2, rowsDeleted: { profiles: 2, events: 2 } });
    expect((await inShop('deletions')).stdout).toMatch(/Gone +2 +2 +completed/);
    expect((await inShop('deletions', 'show', job.id)).stdout).toMatch(/^Erasure +standard$/m);
    expect((await inShop('deletions', 'watch', job.id)).stdout).toMatch(/All 2 users were permanently deleted/);

    const receipt = join(folder, 'receipt.jws');
    expect(await inShop('deletions', 'receipt', job.id, '--output', receipt)).toMatchObject({ status: 0 });
    const keys = file('jwks.json', (await server.api('GET', '/.well-known/jwks.json')).text);
    const valid = await runLethe(['verify-receipt', receipt, '--keys', keys, '--json']);
    expect(valid.status).toBe(0);
    expect(valid.json()).toMatchObject({ valid: true, receipt: { job: job.id, users: 2, segment: { name: 'Gone' } } });

    const { stdout: said } = await runLethe(['verify-receipt', receipt, '--keys', keys]);
    expect(said).toMatch(/^Erasure +standard$/m);
    expect(said).toMatch(/^Ledger +2 identities in (1 entry, number \d+|2 entries, numbers \d+ to \d+)$/m);

    const text = readFileSync(receipt, 'latin1');
    const changed = file('changed.jws', `${text.slice(0, 200)}${text[200] === 'A' ? 'B' : 'A'}${text.slice(201)}`);
    expect(await runLethe(['verify-receipt', changed, '--keys', keys])).toMatchObject({ status: 1 });
    expect(await runLethe(['verify-receipt', join(folder, 'none'), '--keys', keys])).toMatchObject({ status: 2 });
    expect(await runLethe(['verify-receipt', receipt, '--keys', receipt])).toMatchObject({ status: 2 });
  });

  test('erases as the server is set, unless it is told otherwise', async () => {
    const scrubbing = await startTestServer({ LETHE_ERASURE: 'scrub' });
    const there = (...args: string[]) => runLethe([...args, '--dataset', 'shop'], { env: environmentFor(scrubbing) });
    try {
      const users = file('one.ndjson', '{"type":"identify","userId":"one"}\n');
      expect(await there('import', users)).toMatchObject({ status: 0 });
      const everyone = file('everyone.json', '{"everyone":true}');
      expect(await there('segments', 'create', 'All', '--rule', everyone)).toMatchObject({ status: 0 });
      expect((await there('delete-users', 'All', '--preview')).stdout).toMatch(/then a scrub/);
      expect((await there('delete-users', 'All', '--preview', '--no-scrub')).stdout).not.toMatch(/scrub/);
      const preview = await there('delete-users', 'All', '--preview', '--no-scrub', '--json');
      expect(preview.json()).toMatchObject({ erasure: 'standard' });
      const ran = await there('delete-users', 'All', '--expect', '1', '--yes', '--no-scrub', '--json');
      expect(ran.json()).toMatchObject({ state: 'completed', erasure: 'standard', scrub: null });
    } finally {
      await scrubbing.close();
    }
  });

  test('leaves the segment disabled and empty, nothing without a user, and nothing to delete again', async () => {
    expect((await inShop('segments', 'show', 'Gone', '--json')).json()).toMatchObject({ enabled: false, users: 0 });
    const orphans = await lethe('check', '--orphans', '--json');
    expect(orphans).toMatchObject({ status: 0 });
    expect(orphans.json()).toMatchObject({ clean: true, datasets: [{ dataset: 'shop', clean: true }] });
    expect(await inShop('delete-users', 'Gone', '--expect', '0', '--yes')).toMatchObject({ status: 3 });
  });
});

describe('members, tokens and datasets', () => {
  test('a member is added, shown and removed', async () => {
    const added = await lethe(
      'members',
      'add',
      'grace@example.com',
      '--name',
      'Grace',
      '--role',
      'shop=editor',
      '--json',
    );
    expect(added.json()).toMatchObject({ email: 'grace@example.com', oneTimePassword: expect.any(String) });
    expect((await lethe('members')).stdout).toMatch(/grace@example\.com +Grace +editor of shop/);
    expect(await lethe('members', 'remove', 'grace@example.com')).toMatchObject({ status: 0 });
    expect(await lethe('members', 'remove', 'grace@example.com')).toMatchObject({ status: 1 });
  });

  test('a token is created, may do what its role may, and works no more once it is deleted', async () => {
    const token = (await lethe('tokens', 'create', 'nightly', '--role', 'shop=viewer', '--json')).json();
    const viewer = { ...env, LETHE_TOKEN: `${token.keyId}:${token.secret}` };
    // Only one dataset is within its reach, so there is no need to name it.
    expect(await runLethe(['segments'], { env: viewer })).toMatchObject({ status: 0 });
    expect(await runLethe(['members'], { env: viewer })).toMatchObject({ status: 3 });
    expect(await lethe('tokens', 'delete', token.keyId)).toMatchObject({ status: 0 });
    expect(await runLethe(['segments'], { env: viewer })).toMatchObject({ status: 3 });
  });

  test('a dataset is created once, has to be named when there are two, and is deleted by its id', async () => {
    expect(await lethe('datasets', 'create', 'blog', '--name', 'Blog')).toMatchObject({ status: 0 });
    expect(await lethe('datasets', 'create', 'blog')).toMatchObject({ status: 3 });
    expect(await lethe('segments')).toMatchObject({ status: 2, stderr: expect.stringContaining('blog, shop') });
    const eventApi = async (to: string) =>
      (await lethe('datasets', 'change', 'blog', '--event-api', to, '--json')).json();
    expect(await eventApi('on')).toMatchObject({ id: 'blog', eventApi: true });
    expect(await eventApi('off')).toMatchObject({ id: 'blog', eventApi: false });
    expect(await lethe('datasets', 'change', 'blog', '--event-api', 'perhaps')).toMatchObject({ status: 2 });
    const change = (...to: string[]) => lethe('datasets', 'change', 'blog', ...to, '--json');
    const quietHours = { from: '22:00', to: '06:30', usersPerSecond: 500 };
    const set = await change('--quiet-hours', '22:00-06:30', '--users-per-second', '500');
    expect(set.json()).toMatchObject({ eventApi: false, quietHours });
    expect((await change('--event-api', 'off')).json()).toMatchObject({ quietHours });
    expect((await change('--quiet-hours', 'none')).json()).toMatchObject({ quietHours: null });
    for (const wrong of [
      ['--quiet-hours', '22-6'],
      ['--quiet-hours', '22:00-06:00'],
      ['--users-per-second', '9'],
      [],
    ]) {
      expect(await change(...wrong)).toMatchObject({ status: 2 });
    }
    expect(await lethe('datasets', 'delete', 'blog')).toMatchObject({ status: 2 });
    expect(await lethe('datasets', 'delete', 'blog', '--confirm', 'shop')).toMatchObject({ status: 2 });
    expect(await lethe('datasets', 'delete', 'blog', '--confirm', 'blog')).toMatchObject({ status: 0 });
  });
});

describe('signing in', () => {
  test('keeps the token for later commands, for its owner alone', async () => {
    const { LETHE_URL: url = '', ...others } = env;
    const rest: Record<string, string> = others;
    const signedIn = await runLethe(['login', '--url', url, '--json'], { env: rest });
    expect(signedIn.json()).toMatchObject({ url, datasets: ['shop'] });
    expect(statSync(signedIn.json().file).mode & 0o777).toBe(0o600);
    const { LETHE_TOKEN: _, ...withoutToken } = rest;
    expect(await runLethe(['datasets'], { env: withoutToken })).toMatchObject({ status: 0 });
  });

  test('fails with a wrong token, and is asked for where there is none', async () => {
    const elsewhere: Record<string, string> = { ...env, XDG_CONFIG_HOME: join(folder, 'elsewhere') };
    expect(await runLethe(['login'], { env: { ...elsewhere, LETHE_TOKEN: 'no:such-token-0123' } })).toMatchObject({
      status: 3,
    });
    const { LETHE_TOKEN: _, ...nobody } = elsewhere;
    const ran = await runLethe(['datasets', '--json'], { env: nobody });
    expect(ran.status).toBe(3);
    expect(ran.stderr).toMatch(/lethe login/);
    expect(ran.json()).toMatchObject({ error: { code: 'login.needed' } });
  });
});

describe('usage', () => {
  test('a command line that cannot be acted on ends with 2 and points to the help', async () => {
    for (const args of [
      ['nonsense'],
      ['import'],
      ['segments', '--colour'],
      ['datasets', 'extra'],
      ['delete-users', 'x', '--expect', 'many', '--yes'],
    ]) {
      const ran = await lethe(...args);
      expect(ran.status, args.join(' ')).toBe(2);
      expect(ran.stdout).toBe('');
      expect(ran.stderr).toMatch(/^lethe: .+\n$/);
    }
  });

  test('every command has a help that teaches', async () => {
    const { stdout } = await lethe('--help');
    for (const command of ['start', 'stop', 'demo', 'import', 'delete-users', 'verify-receipt', 'check', 'settings']) {
      expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
      const help = await lethe(command, '--help');
      expect(help).toMatchObject({ status: 0, stderr: '' });
      expect(help.stdout).toMatch(/Examples:[\s\S]+Exit status:/);
    }
  });

  test('the help of a command below a group shows its own options once, and none of the group', async () => {
    const { stdout } = await lethe('segments', 'show', '--help');
    expect(stdout.match(/--dataset/g)).toHaveLength(1);
    expect(stdout).not.toContain('--show-disabled');
    expect(stdout).toContain('--json');
  });

  test('what the server refuses is said once, with the fields that its words do not name', async () => {
    const ran = await inShop('segments', 'create', 'Odd', '--rule', '{"all":[]}');
    expect(ran.status).toBe(1);
    expect(ran.stderr.match(/at least one entry/g)).toHaveLength(1);
  });

  test.each([
    { what: 'says nothing more when whoever reads it has seen enough', script: '"$0" --help | true', said: /^$/ },
    {
      what: 'that finds no room fails in one line',
      script: '"$0" --help > /dev/full; echo "status $?" >&2',
      said: /^lethe: The output cannot be written: ENOSPC[^\n]*\nstatus 1\n$/,
    },
  ])('output $what', async ({ script, said }) => {
    const child = spawn('sh', ['-c', script, command], { env: { ...environment(), HOME: '/nonexistent' } });
    let stderr = '';
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    await once(child, 'close');
    expect(stderr).toMatch(said);
  });

  test('a server that is not there ends with 1 and says what to do', async () => {
    const ran = await runLethe(['datasets'], { env: { ...env, LETHE_URL: 'http://127.0.0.1:9' } });
    expect(ran).toMatchObject({ status: 1, stderr: expect.stringContaining('lethe start') });
  });
});
