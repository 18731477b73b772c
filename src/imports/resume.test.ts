import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/database.ts';
import { checkInvariants } from '../../test/invariants.ts';
import { until, untilWaiting } from '../../test/waiting.ts';
import { systemActor } from '../access/system-actor.ts';
import { on } from '../database/handle.ts';
import { startJobs } from '../jobs/jobs.ts';
import { StepSize } from '../jobs/step-size.ts';
import type { Lethe } from '../lethe.ts';
import { readSettings } from '../settings.ts';
import { advanceImport, type ImportContext } from './advance-import.ts';
import type { ImportRow } from './import.ts';
import { findImport } from './import-sql.ts';
import { importJobs } from './jobs.ts';
import { removeSpools, spoolPath } from './spool.ts';
import { startImport } from './start-import.ts';

const now = new Date('2026-01-15T12:00:00Z');
const rowsMax = 4_500;
/** Every fifth row is rejected; repeated rows count. */
const file = `userId,event,properties.revenue\n${Array.from({ length: rowsMax }, (_, n) => (n % 5 === 4 ? `,Purchase,1\n` : `u${n % 700},Purchase,0.10\n`)).join('')}`;
const accepted = (rowsMax / 5) * 4;

let world: TestDatabase;
let dataDir: string;
beforeEach(async () => {
  world = await createTestDatabase();
  dataDir = mkdtempSync(join(tmpdir(), 'lethe-resume-'));
});
afterEach(async () => {
  await world.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const start = () =>
  startImport(
    on(world.dataset, world.database.writes),
    { kind: 'events', format: 'csv', mapping: { map: {}, values: {} }, upload: Readable.from([file]), packed: false },
    { actor: systemActor, dataDir, now: () => now },
  );

const context = (id: string): ImportContext => ({
  limits: { attributesPerProfileMax: 100, messageIdHours: 48 },
  messageKey: Buffer.alloc(32),
  now,
  path: spoolPath(dataDir, 'shop', id),
  eventBytesMax: 32_768,
  size: new StepSize({ first: 1_000, min: 1_000, max: 1_000, msMax: 125 }),
});

/** One step from where the database says the import is, as a server that has just started takes it. */
async function step(id: string): Promise<'more' | 'elsewhere' | 'finished'> {
  const row = (await findImport(world.ds, id)) as ImportRow;
  return row.state === 'running' ? advanceImport(world.dataset, world.database.steps, row, context(id)) : 'finished';
}

async function expectImportedOnce(id: string): Promise<void> {
  const row = { state: 'completed', rows: rowsMax, accepted, rejected: rowsMax - accepted };
  expect(await findImport(world.ds, id)).toMatchObject(row);
  const { rows } = await sql`
    SELECT (SELECT count(*) FROM ${world.ds.tables.event}) AS events,
           (SELECT sum(revenue)::text FROM ${world.ds.tables.profile}) AS revenue,
           (SELECT count(*) FROM ${world.ds.tables.import_error}) AS errors`.execute(world.ds.db);
  expect(rows).toEqual([{ events: accepted, revenue: '360.0', errors: rowsMax - accepted }]);
  await checkInvariants(world.ds);
}

describe('an import that was interrupted goes on where it was and doubles nothing', () => {
  test('when its connection is lost in the middle of a step', async () => {
    const { id } = await start();
    expect(await step(id)).toBe('more');
    for (let round = 0; round < 3; round++) {
      const blocker = await world.database.starts.startTransaction().execute();
      await sql`LOCK TABLE ${world.ds.tables.event} IN SHARE MODE`.execute(blocker);
      const broken = step(id).catch((error: Error) => error);
      await untilWaiting(world.database.reads);
      await sql`
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(world.database.reads);
      expect(await broken).toBeInstanceOf(Error);
      await blocker.rollback().execute();
      expect((await findImport(world.ds, id))?.rows).toBe(1_000 + round * 1_000);
      expect(await step(id)).toBe('more');
    }
    while ((await step(id)) !== 'finished');
    await expectImportedOnce(id);
  });

  test('when two servers work on it at the same time', async () => {
    const { id } = await start();
    const work = async () => {
      while ((await step(id)) !== 'finished');
    };
    await Promise.all([work(), work(), work()]);
    await expectImportedOnce(id);
  });

  test('when the server stops and another one starts, which also clears away what a crash left', async () => {
    const { id } = await start();
    await step(id);
    const folder = join(dataDir, 'imports', 'shop');
    writeFileSync(join(folder, 'imp_brokenUpload'), 'userId,ev');
    const settings = { ...readSettings({}), dataDir, databaseUrl: world.url };
    const lethe: Lethe = { settings, database: world.database, announce: () => {}, now: () => now, wakeJobs: () => {} };
    const jobs = startJobs(importJobs(lethe), (_, __, { error }) => {
      throw error;
    });
    await until(async () => readdirSync(folder).length === 0, 'all files are gone');
    await jobs.stop();
    await expectImportedOnce(id);
  });
});

test('an import whose file was taken away says how far it came and ends', async () => {
  const { id } = await start();
  await step(id);
  rmSync(spoolPath(dataDir, 'shop', id));
  const lethe: Lethe = {
    settings: { ...readSettings({}), dataDir },
    database: world.database,
    announce: () => {},
    now: () => now,
    wakeJobs: () => {},
  };
  const jobs = startJobs(importJobs(lethe), () => {});
  await until(async () => (await findImport(world.ds, id))?.state === 'failed', 'it has ended');
  await jobs.stop();
  expect(await findImport(world.ds, id)).toMatchObject({
    rows: 1_000,
    failure: { code: 'import.file_gone' },
  });
  await checkInvariants(world.ds);
});

test('an upload whose dataset is deleted meanwhile, and its file with it, is refused because the dataset is gone', async () => {
  async function* upload() {
    yield Buffer.from('userId,event\n');
    await removeSpools(dataDir, 'shop');
    yield Buffer.from('u,View\n');
  }
  const refused = startImport(
    on(world.dataset, world.database.writes),
    { kind: 'events', format: 'csv', mapping: { map: {}, values: {} }, upload: Readable.from(upload()), packed: false },
    { actor: systemActor, dataDir, now: () => now },
  );
  await expect(refused).rejects.toMatchObject({ kind: 'notFound', code: 'dataset.unknown' });
});
