import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { isRunning, processesIn } from '../processes.ts';
import { launchersForRoot } from './embedded/launcher.ts';
import { type EmbeddedOptions, type EmbeddedServer, findEmbedded, startEmbedded } from './embedded.ts';

const isRoot = process.getuid?.() === 0;

/** A data directory that was started before: copying it is quicker than making one. */
let used: string;
let parent: string;
/** Not there yet, unless a test or its group begins with `useCopy`. */
let dataDir: string;
let events: string[];
let cleanups: (() => unknown)[];

beforeAll(async () => {
  used = mkdtempSync(join(tmpdir(), 'lethe-embedded-used-'));
  await (await startEmbedded({ dataDir: used, log: () => {} })).stop();
});

afterAll(() => rmSync(used, { recursive: true, force: true }));

beforeEach(() => {
  // Closed to everybody else, as a temporary folder is.
  parent = mkdtempSync(join(tmpdir(), 'lethe-embedded-'));
  dataDir = join(parent, 'data');
  events = [];
  cleanups = [];
});

afterEach(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
  expect(processesIn(join(dataDir, 'postgres')), 'processes that a test left behind').toEqual([]);
  rmSync(parent, { recursive: true, force: true });
});

/** For what is not about a first start. */
function useCopy() {
  spawnSync('cp', ['-a', used, dataDir]);
}

async function start(options: Partial<EmbeddedOptions> = {}): Promise<EmbeddedServer> {
  const log: EmbeddedOptions['log'] = (event) => events.push(event);
  const server = await startEmbedded({ dataDir, log, ...options });
  cleanups.push(() => server.stop());
  return server;
}

async function query(url: string, text: string, values: unknown[] = []) {
  const client = new pg.Client({ connectionString: url });
  // A lost connection is told to the statement as well.
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** Another process that owns the data directory until it is killed; resolves with the pids of both. */
async function startElsewhere(options: { uid?: number; gid?: number; detached?: boolean } = {}) {
  const program = `
    import { startEmbedded } from ${JSON.stringify(new URL('./embedded.ts', import.meta.url).href)};
    const server = await startEmbedded({ dataDir: ${JSON.stringify(dataDir)}, log() {} });
    console.log(server.pid);
    setInterval(() => {}, 60_000);`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', program], {
    ...options,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  cleanups.push(() => kill(owner));
  const ended = once(owner, 'exit').then(() => Promise.reject(new Error('it did not start')));
  ended.catch(() => {});
  const [line] = await Promise.race([once(owner.stdout as NodeJS.ReadableStream, 'data'), ended]);
  return { owner, postgresPid: Number(line) };
}

async function kill(owner: ChildProcess) {
  if (owner.exitCode !== null || owner.signalCode !== null) return;
  owner.kill('SIGKILL');
  await once(owner, 'exit');
}

describe('the embedded server as it runs', () => {
  let running: EmbeddedServer;
  beforeAll(async () => {
    running = await startEmbedded({ dataDir: used, log: () => {} });
  });
  afterAll(() => running.stop());

  it('keeps its promises about what is on disk, and knows letters beyond ASCII', async () => {
    const { url } = running;
    const [row] = await query(
      url,
      `SELECT current_setting('fsync') AS fsync, current_setting('full_page_writes') AS pages,
              current_setting('synchronous_commit') AS commits, current_setting('wal_level') AS wal,
              current_setting('jit') AS jit, current_setting('max_locks_per_transaction') AS locks,
              pg_encoding_to_char(encoding) AS encoding, lower('ÄÖÜ') AS lower, 'a' < 'B' AS dictionary
       FROM pg_database WHERE datname = current_database()`,
    );
    expect(row).toEqual({
      ...{ fsync: 'on', pages: 'on', commits: 'on', wal: 'replica', jit: 'off', locks: '256' },
      ...{ encoding: 'UTF8', lower: 'äöü', dictionary: false },
    });
  });

  it('does not compress its log while its binaries have nothing fast for it', async () => {
    const { url } = running;
    const [row] = await query(
      url,
      "SELECT setting, enumvals @> '{lz4}' AS lz4 FROM pg_settings WHERE name = 'wal_compression'",
    );
    // When binaries with lz4 come, measure it and say so in configuration.ts.
    expect(row).toEqual({ setting: 'off', lz4: false });
  });

  it('lets Lethe in with its password only, and not as superuser', async () => {
    const { url } = running;
    await expect(query(url.replace(/:[0-9a-f]+@/, ':wrong@'), 'SELECT 1')).rejects.toThrow('password');
    expect(await query(url, 'SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user')).toEqual([
      { rolsuper: false, rolcreatedb: false },
    ]);
    expect(statSync(join(used, 'postgres.password')).mode & 0o777).toBe(0o600);
  });

  it('is found by a command beside it', async () => {
    expect(findEmbedded(used)).toBe(running.url);
  });
});

describe('the embedded server', () => {
  it('keeps what was written from one start to the next', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.stop();
    const second = await start();
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    expect(events).toEqual(['database.started', 'database.stopped', 'database.started']);
  });

  it('runs a copy that came back from a backup open to everybody', async () => {
    useCopy();
    chmodSync(join(dataDir, 'postgres'), 0o755);
    chmodSync(join(dataDir, 'postgres.password'), 0o644);
    await start();
    expect(statSync(join(dataDir, 'postgres')).mode & 0o777).toBe(0o700);
    expect(statSync(join(dataDir, 'postgres.password')).mode & 0o777).toBe(0o600);
  });

  it('leaves no process behind when it is stopped', async () => {
    useCopy();
    const server = await start();
    const pids = processesIn(join(dataDir, 'postgres'));
    expect(pids).toContain(server.pid);
    await server.stop();
    expect(pids.filter(isRunning)).toEqual([]);
    expect(findEmbedded(dataDir)).toBeUndefined();
  });

  it('writes no value of a statement into its log, whatever goes wrong', async () => {
    useCopy();
    const { url } = await start();
    const secret = 'alice@example.com';
    await query(url, 'CREATE TABLE person (email text PRIMARY KEY)');
    await query(url, 'INSERT INTO person VALUES ($1)', [secret]);
    const failing: [string, unknown[]][] = [
      ['INSERT INTO person VALUES ($1)', [secret]],
      [`INSERT INTO person VALUES ('${secret}')`, []],
      ['SELECT $1::int', [secret]],
      [`SELECT '${secret}'::int`, []],
      [`DO $$BEGIN RAISE EXCEPTION 'no %', '${secret}'; END$$`, []],
      [`SELECT "${secret}"`, []],
    ];
    for (const [text, values] of failing) await expect(query(url, text, values)).rejects.toThrow();
    // A killed connection is logged with the statement it was at, unless told otherwise.
    const slow = query(url, `SELECT pg_sleep(60), '${secret}'`).catch(() => {});
    await vi.waitFor(async () => {
      const rows = await query(
        url,
        `SELECT pid FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()`,
      );
      expect(rows).toHaveLength(1);
      process.kill(rows[0].pid, 'SIGSEGV');
    });
    await slow;
    const log = () => readFileSync(join(dataDir, 'postgres.log'), 'utf8');
    await vi.waitFor(() => expect(log()).toContain('was terminated by signal'), { timeout: 20_000 });
    expect(log()).not.toContain(secret);
  });

  it('takes settings for tests and measurements, also when a server with others has been left behind', async () => {
    useCopy();
    const { owner } = await startElsewhere();
    await kill(owner);
    const { url } = await start({ settings: { work_mem: '7MB' } });
    expect(await query(url, "SELECT current_setting('work_mem') AS value")).toEqual([{ value: '7MB' }]);
    expect(events).toEqual(['database.started']);
  });
});

describe('when Lethe is killed', () => {
  beforeEach(useCopy);

  it('takes over the server that lives on', async () => {
    const { owner, postgresPid } = await startElsewhere();
    await kill(owner);
    expect(isRunning(postgresPid)).toBe(true);
    const server = await start();
    expect(server.pid).toBe(postgresPid);
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(events).toEqual(['database.taken_over']);
  });

  it('watches the server that it has taken over', async () => {
    const { owner } = await startElsewhere();
    await kill(owner);
    const server = await start();
    await diesAndComesBack(server);
  });

  it('starts anew when the server is gone as well, though its file names a process of somebody else', async () => {
    const { owner, postgresPid } = await startElsewhere();
    const file = join(dataDir, 'postgres/postmaster.pid');
    await kill(owner);
    const stranger = spawn('sleep', ['600'], { stdio: 'ignore' });
    cleanups.push(() => kill(stranger));
    const lines = readFileSync(file, 'utf8').split('\n');
    process.kill(postgresPid, 'SIGKILL'); // after which the file stays behind
    await vi.waitFor(() => expect(processesIn(join(dataDir, 'postgres'))).toEqual([]), { timeout: 20_000 });
    writeFileSync(file, [stranger.pid, ...lines.slice(1)].join('\n'));
    const server = await start();
    expect(server.pid).not.toBe(stranger.pid);
    expect(events).toEqual(['database.started']);
    expect(isRunning(stranger.pid ?? 0)).toBe(true);
  });

  it('never starts a second server beside one whose file was lost', async () => {
    const { owner, postgresPid } = await startElsewhere();
    await kill(owner);
    rmSync(join(dataDir, 'postgres/postmaster.pid'));
    const server = await start();
    expect(isRunning(postgresPid)).toBe(false);
    expect(server.pid).not.toBe(postgresPid);
  });

  it('is not ended by a signal to the process group of Lethe', async () => {
    const { owner, postgresPid } = await startElsewhere({ detached: true });
    process.kill(-(owner.pid ?? 0), 'SIGINT');
    await once(owner, 'exit');
    expect(isRunning(postgresPid)).toBe(true);
    expect((await start()).pid).toBe(postgresPid);
  });
});

describe('two Lethes on one data directory', () => {
  it('refuses the second, names the folder and the first, and leaves the first alone', async () => {
    useCopy();
    const { owner } = await startElsewhere();
    const refused = startEmbedded({ dataDir, log: () => {} });
    await expect(refused).rejects.toMatchObject({ kind: 'conflict', code: 'data_dir.in_use' });
    await expect(refused).rejects.toThrow(dataDir);
    await expect(refused).rejects.toThrow(`process ${owner.pid}`);
    expect(await query(findEmbedded(dataDir) ?? '', 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await kill(owner);
    await start();
  });

  it('lets exactly one of several simultaneous starts through', async () => {
    const starts = await Promise.allSettled([1, 2, 3].map(() => start()));
    expect(starts.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
  });
});

async function diesAndComesBack(server: EmbeddedServer) {
  const { url, pid } = server;
  await query(url, 'CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS answer');
  const busy = query(url, 'SELECT count(*) FROM generate_series(1, 1000000000)').catch(() => 'lost');
  const back = new Promise<void>((resolve) => server.onRestart(resolve));
  process.kill(pid, 'SIGKILL');
  await back;
  expect(await busy).toBe('lost');
  expect(server.url).toBe(url);
  expect(server.pid).not.toBe(pid);
  expect(await query(url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
}

describe('when PostgreSQL is killed', () => {
  beforeEach(useCopy);

  it('is restarted at the same address with what was committed, time and again', async () => {
    const server = await start();
    await diesAndComesBack(server);
    await diesAndComesBack(server);
    const told = ['database.died', 'database.restarted'];
    expect(events).toEqual(['database.started', ...told, ...told]);
  });

  it('stops in order even if it has just died', async () => {
    const server = await start();
    process.kill(server.pid, 'SIGKILL');
    await server.stop();
    expect(findEmbedded(dataDir)).toBeUndefined();
    // The others of its processes notice by themselves that the first one is gone.
    await vi.waitFor(() => expect(processesIn(join(dataDir, 'postgres'))).toEqual([]), { timeout: 20_000 });
  });
});

describe('what cannot work', () => {
  it('says which folder it cannot write', async () => {
    writeFileSync(join(parent, 'file'), '');
    dataDir = join(parent, 'file/data');
    const refused = startEmbedded({ dataDir, log: () => {} });
    await expect(refused).rejects.toMatchObject({ code: 'data_dir.unwritable' });
    await expect(refused).rejects.toThrow(dataDir);
  });

  it('refuses the files of another PostgreSQL', async () => {
    mkdirSync(join(dataDir, 'postgres'), { recursive: true });
    writeFileSync(join(dataDir, 'postgres/PG_VERSION'), '17\n');
    writeFileSync(join(dataDir, 'postgres.password'), 'secret\n', { mode: 0o600 });
    await expect(startEmbedded({ dataDir, log: () => {} })).rejects.toMatchObject({ code: 'database.version' });
  });

  it('asks for the password file when it is lost', async () => {
    mkdirSync(join(dataDir, 'postgres'), { recursive: true });
    await expect(startEmbedded({ dataDir, log: () => {} })).rejects.toMatchObject({ code: 'database.password_lost' });
  });

  it('says what the log says when PostgreSQL does not start, and can be started again', async () => {
    useCopy();
    const refused = startEmbedded({ dataDir, log: () => {}, settings: { shared_buffers: 'plenty' } });
    await expect(refused).rejects.toMatchObject({ code: 'database.start_failed' });
    await expect(refused).rejects.toThrow(/shared_buffers|configuration file/);
    await start();
  });

  it('begins again after a first start that was interrupted', async () => {
    mkdirSync(join(dataDir, 'postgres.new-1/base'), { recursive: true });
    await start();
    expect(readdirSync(dataDir).filter((name) => name.startsWith('postgres.new'))).toEqual([]);
  });
});

/** Whether another user may run this Node with this code: not in a folder that is closed to others. */
const othersMayRun =
  isRoot &&
  spawnSync(process.execPath, ['-e', `fs.readFileSync(${JSON.stringify(import.meta.filename)})`], {
    uid: 65_534,
    gid: 65_534,
  }).status === 0;

describe.runIf(isRoot)('started by root', () => {
  // Another user without a privilege cannot run what is below a folder that is closed to others.
  const ways = launchersForRoot.filter(({ name }) => name !== 'other user' || othersMayRun);
  it.each(ways.map((launcher) => [launcher.name, launcher] as const))(
    'runs as somebody else by way of: %s',
    async (name, launcher) => {
      if (name === 'other user') chmodSync(parent, 0o755);
      const first = await start({ launchers: [launcher] });
      await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
      await first.stop();
      const second = await start({ launchers: [launcher] });
      expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    },
  );

  it('runs below a folder that is closed to everybody but root', async () => {
    chmodSync(parent, 0o700);
    await start();
  });

  it('runs below a folder that is closed to everybody but somebody else', async () => {
    chmodSync(parent, 0o700);
    chownSync(parent, 1234, 1234);
    await start();
  });

  it('takes the files along when another way has to be used than before', async () => {
    useCopy();
    for (const launcher of [...launchersForRoot.slice(0, 2)].reverse()) {
      const server = await start({ launchers: [launcher] });
      expect(statSync(join(dataDir, 'postgres/base')).uid).toBe(launcher.owner?.uid);
      await server.stop();
    }
  });

  it('names the folder and what to do when no way works', async () => {
    chmodSync(parent, 0o700);
    const launchers = launchersForRoot.filter(({ name }) => name === 'other user');
    const refused = startEmbedded({ dataDir, log: () => {}, launchers });
    await expect(refused).rejects.toMatchObject({ code: 'database.root' });
    await expect(refused).rejects.toThrow(dataDir);
    await expect(refused).rejects.toThrow('chmod a+x');
  });

  it('gives up the ballast when the disk is full, so that it can recover', async ({ skip }) => {
    const disk = mkdtempSync(join(parent, 'disk-'));
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=192m', 'tmpfs', disk]).status !== 0) skip('no right to mount');
    cleanups.push(() => spawnSync('umount', [disk]));
    dataDir = join(disk, 'data');
    const server = await start();
    const ballast = join(dataDir, 'ballast');
    writeFileSync(ballast, Buffer.alloc(64 * 1024 * 1024));
    await query(server.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const back = new Promise<void>((resolve) => server.onRestart(resolve));
    // Its log alone: a table that cannot grow is an error of the statement, a log that cannot is the end of the server.
    const fill =
      "SELECT pg_logical_emit_message(true, 'fill', repeat(md5(n::text), 30000)) FROM generate_series(1, 10) n";
    let full = false;
    const filling = (async () => {
      while (!full) await query(server.url, fill).catch(() => (full = events.includes('database.died')));
    })();
    await back;
    full = true;
    await filling;
    expect(events).toContain('database.ballast_spent');
    expect(await query(server.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });
});

it.runIf(othersMayRun)('runs directly when Lethe is started by an ordinary user', async () => {
  chmodSync(parent, 0o755);
  chownSync(parent, 65_534, 65_534);
  const { owner, postgresPid } = await startElsewhere({ uid: 65_534, gid: 65_534 });
  expect(statSync(`/proc/${postgresPid}`).uid).toBe(65_534);
  await kill(owner);
  process.kill(postgresPid, 'SIGINT');
  await vi.waitFor(() => expect(isRunning(postgresPid)).toBe(false), { timeout: 20_000 });
});
