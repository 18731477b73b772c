import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { createTestDatabase } from '../../test/database.ts';
import { fillDataset } from '../../test/fill-dataset.ts';
import { systemActor } from '../access/system-actor.ts';
import { on } from '../database/handle.ts';
import { readSettings } from '../settings.ts';
import { Room, roomNeeded } from './room.ts';
import { startDeletion } from './start.ts';
import { findRunning } from './start-sql.ts';

const mb = 1_048_576;
const log = { max: 1_024 * mb, taken: 64 * mb };
const extent = { users: 100_000, deleted: 0, rows: 3_000_000, profiles: 200_000, pages: 10_000, figuresOfFirst: 10 };
const written = 1_500_000 * 64 + 10_000 * 8_192;

test('a job needs room for what it writes to the log, up to what the log may grow to', () => {
  const standard = { copied: 0, log };
  expect(roomNeeded(extent, standard)).toBe(written);
  expect(roomNeeded({ ...extent, users: 100_000_000 }, standard)).toBe((2_048 - 64) * mb);
});

test('a scrub needs room for its largest table a second time, and for that in the log', () => {
  expect(roomNeeded(extent, { copied: 50 * mb, log })).toBe(written + 2 * 50 * mb);
});

test('a job that does not fit says how much it needs before it begins, and one that has begun does not wait for it', async () => {
  const world = await createTestDatabase();
  onTestFinished(() => world.close());
  const dataDir = mkdtempSync(join(tmpdir(), 'lethe-room-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  mkdirSync(join(dataDir, 'postgres/pg_wal'), { recursive: true });
  writeFileSync(join(dataDir, 'postgres/pg_wal/000000010000000000000001'), Buffer.alloc(mb));
  const now = new Date();
  const users = await fillDataset(on(world.dataset, world.database.writes), {
    profiles: 200,
    eventsPerProfile: 1,
    share: 0.5,
  });
  await startDeletion(world.database.starts, world.dataset, {
    segmentId: 'doomd',
    expectedUsers: users,
    actor: systemActor,
    now: () => now,
  });
  // As many as would fill the log.
  await sql`UPDATE ${world.ds.tables.deletion} SET users = 1000000000`.execute(world.database.writes);
  const job = await findRunning(world.ds);
  if (!job) throw new Error('no job');
  const { bavail, bsize } = statfsSync(dataDir);
  const diskFreeBytesMin = Math.max(1, bavail * bsize - 500 * mb);
  const settings = { ...readSettings({ LETHE_DATA_DIR: dataDir }), diskFreeBytesMin };
  const lethe = { settings, database: world.database, announce: () => {}, now: () => now, wakeJobs: () => {} };
  const deletion = { dataset: world.dataset, job };
  expect(await new Room(lethe).short(deletion)).toMatch(
    /^it needs about [\d,]+ MB of disk and [\d,]+ MB have to stay free \(LETHE_DISK_FREE_BYTES_MIN\), but [\d,]+ MB are free; it begins when there is room$/,
  );
  await sql`UPDATE ${world.ds.tables.deletion_slice} SET profiles_deleted = 1 WHERE slice = 0`.execute(
    world.database.writes,
  );
  expect(await new Room(lethe).short(deletion)).toBe(undefined);
});
