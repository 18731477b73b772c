import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EmbeddedServer, startEmbedded } from '../embedded.ts';
import { backUpCluster } from './back-up.ts';
import { restoreCluster } from './restore.ts';

const parent = realpathSync(mkdtempSync(join(tmpdir(), 'lethe-backup-')));
const dataDir = join(parent, 'data');
const file = join(parent, 'backup.tar.gz');
let server: EmbeddedServer;
let client: pg.Client;

beforeAll(async () => {
  server = await startEmbedded({ dataDir, log: () => {} });
  client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query('CREATE SCHEMA s');
  await client.query('CREATE TABLE s.line (no bigint PRIMARY KEY, filler text)');
});
afterAll(async () => {
  await client.end();
  await server.stop();
  rmSync(parent, { recursive: true, force: true });
});

/** Commits one line after the other until it is told to stop; returns how many. */
function writeLines() {
  const state = { committed: 0, stop: false };
  const done = (async () => {
    while (!state.stop) {
      const next = state.committed + 1;
      await client.query(`INSERT INTO s.line VALUES ($1, repeat('x', 500))`, [next]);
      state.committed = next;
    }
  })();
  return { state, done };
}

test('a backup that is made while others write holds everything that was committed before it, and nothing in part', async () => {
  const { state, done } = writeLines();
  await expect.poll(() => state.committed).toBeGreaterThan(200);
  const before = state.committed;
  const made = await backUpCluster(dataDir, file, new Date('2026-11-26T10:00:00Z'));
  state.stop = true;
  await done;
  expect(made.bytes).toBeGreaterThan(1_000_000);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(parent).filter((name) => name.includes('unfinished'))).toEqual([]);
  const { rows: slots } = await client.query('SELECT count(*)::int AS slots FROM pg_replication_slots');
  expect(slots).toEqual([{ slots: 0 }]);

  const restored = join(parent, 'restored');
  expect(await restoreCluster(restored, file)).toMatchObject({ format: 1, madeAt: '2026-11-26T10:00:00.000Z' });
  const other = await startEmbedded({ dataDir: restored, log: () => {} });
  const reader = new pg.Client({ connectionString: other.url });
  await reader.connect();
  try {
    const { rows } = await reader.query(
      'SELECT count(*)::int AS lines, max(no)::int AS last, min(length(filler)) AS shortest FROM s.line',
    );
    expect(rows[0].lines).toBe(rows[0].last);
    expect(rows[0].lines).toBeGreaterThanOrEqual(before);
    expect(rows[0].shortest).toBe(500);
    await reader.query(`INSERT INTO s.line VALUES (0, 'goes on')`);
  } finally {
    await reader.end();
    await other.stop();
  }
});

test('a backup is never written over a file, nor restored over a database', async () => {
  writeFileSync(join(parent, 'mine'), 'mine');
  await expect(backUpCluster(dataDir, join(parent, 'mine'), new Date())).rejects.toMatchObject({
    code: 'backup.exists',
  });
  expect(readFileSync(join(parent, 'mine'), 'utf8')).toBe('mine');
  const occupied = join(parent, 'occupied');
  await (await startEmbedded({ dataDir: occupied, log: () => {} })).stop();
  await expect(restoreCluster(occupied, file)).rejects.toMatchObject({ code: 'data_dir.not_empty' });
  await expect(restoreCluster(dataDir, file)).rejects.toMatchObject({ code: 'data_dir.in_use' });
});

test('a file that is no backup, or not the whole of one, is refused and leaves nothing', async () => {
  const whole = readFileSync(file);
  writeFileSync(join(parent, 'half'), whole.subarray(0, whole.length / 2));
  writeFileSync(join(parent, 'other'), 'something else');
  for (const [name, target] of [
    ['half', 'from-half'],
    ['other', 'from-other'],
    ['missing', 'from-missing'],
  ] as const) {
    const into = join(parent, target);
    await expect(restoreCluster(into, join(parent, name))).rejects.toMatchObject({ code: 'backup.unreadable' });
    expect(readdirSync(into).filter((left) => left.startsWith('postgres'))).toEqual([]);
  }
});
