import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { startEmbedded } from '../src/database/embedded.ts';
import { type Dataset, on } from '../src/database/handle.ts';
import { migrate } from '../src/database/migrate.ts';
import { type Database, openDatabase } from '../src/database/postgres.ts';
import { createDataset } from '../src/datasets/create.ts';
import { findDataset } from '../src/datasets/dataset-sql.ts';
import { readJob } from '../src/deletions/job.ts';
import { deletionJobs } from '../src/deletions/jobs.ts';
import { ensureSigningKey } from '../src/deletions/receipt.ts';
import { startDeletion } from '../src/deletions/start.ts';
import { startJobs } from '../src/jobs/jobs.ts';
import { readSettings } from '../src/settings.ts';
import { administer } from '../test/administer.ts';
import { fillDataset } from '../test/fill-dataset.ts';
import { machine, median, serverSettings } from './machine.ts';

const administrator = { kind: 'system', id: 'bench', name: 'Benchmark', administrator: true, roles: {} } as const;

/**
 * The product's bulk deletion, from its start to the signed receipt with the proof, against the deletion alone in SQL written by
 * hand (deletion-hand-tuned.sql), on identical copies of one database, in turn.
 */
export async function deletionBenchmark(options: Record<string, string | boolean | undefined>) {
  const profiles = Number(options.profiles ?? 200_000);
  const eventsPerProfile = Number(options['events-per-profile'] ?? 10);
  const share = Number(options.share ?? 0.5);
  const pairs = Number(options.pairs ?? 3);
  const dataDir = mkdtempSync(join(tmpdir(), 'lethe-bench-'));
  const server = await startEmbedded({ dataDir, log: () => {} });
  const say = options.json ? () => {} : (text: string) => console.log(text);
  try {
    say(`Filling ${profiles} profiles with ${eventsPerProfile} events each…`);
    const users = await fill(server.url, { profiles, eventsPerProfile, share });
    const runs: { product: Run; handTuned: Run; ratio: number }[] = [];
    for (let pair = 0; pair < pairs; pair++) {
      // In turn, and each first every other time: what the machine does meanwhile falls on both.
      const first = pair % 2 === 0;
      const early = await onCopy(server.url, first ? runProduct : runHandTuned, users);
      const late = await onCopy(server.url, first ? runHandTuned : runProduct, users);
      const [product, handTuned] = first ? [early, late] : [late, early];
      const ratio = product.usersPerSecond / handTuned.usersPerSecond;
      runs.push({ product, handTuned, ratio });
      say(`product ${product.usersPerSecond}/s, by hand ${handTuned.usersPerSecond}/s, ratio ${ratio.toFixed(2)}`);
    }
    return {
      benchmark: 'deletion',
      machine: machine(),
      settings: await settingsOf(server.url),
      options: { profiles, eventsPerProfile, share, users, connections: readSettings({}).deletionWorkers },
      runs,
      productUsersPerSecond: median(runs.map((run) => run.product.usersPerSecond)),
      handTunedUsersPerSecond: median(runs.map((run) => run.handTuned.usersPerSecond)),
      ratio: median(runs.map((run) => run.ratio)),
    };
  } finally {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

interface Run {
  seconds: number;
  usersPerSecond: number;
}

async function fill(url: string, filling: Parameters<typeof fillDataset>[1]): Promise<number> {
  await administer(url, 'CREATE DATABASE original OWNER lethe');
  const database = openDatabase(databaseUrl(url, 'original'), 10);
  try {
    await migrate(database.starts);
    await ensureSigningKey(database.starts, new Date());
    const dataset = await createDataset(
      database.starts,
      { id: 'shop', name: 'Shop', type: 'development' },
      { partitions: readSettings({}).partitions, datasetsMax: 20, now: new Date() },
    );
    const users = await fillDataset(on(dataset, database.writes), filling);
    await sql`VACUUM (ANALYZE)`.execute(database.writes);
    return users;
  } finally {
    await database.close();
  }
}

/** Runs one side on a fresh copy, after a checkpoint, so that neither pays for the writes of the other. */
async function onCopy(
  url: string,
  side: (database: Database, url: string, users: number) => Promise<number>,
  users: number,
): Promise<Run> {
  await administer(url, 'CREATE DATABASE copy OWNER lethe TEMPLATE original');
  await administer(url, 'CHECKPOINT');
  const copy = databaseUrl(url, 'copy');
  const database = openDatabase(copy, 20);
  try {
    const seconds = await side(database, copy, users);
    return { seconds: Math.round(seconds * 1_000) / 1_000, usersPerSecond: Math.round(users / seconds) };
  } finally {
    await database.close();
    await administer(url, 'DROP DATABASE copy WITH (FORCE)');
  }
}

async function runProduct(database: Database, url: string, users: number): Promise<number> {
  const dataset = await shop(database);
  const settings = readSettings({ LETHE_DATABASE_URL: url });
  const lethe = { settings, database, announce: () => {}, now: () => new Date(), wakeJobs: () => jobs.wake() };
  const failures: unknown[] = [];
  const jobs = startJobs(deletionJobs(lethe), (_kind, _job, failure) => failures.push(failure.error));
  try {
    const began = performance.now();
    const id = await startDeletion(database.starts, dataset, {
      segmentId: 'doomd',
      expectedUsers: users,
      actor: administrator,
      now: () => new Date(),
    });
    jobs.wake();
    for (;;) {
      const job = await readJob(on(dataset, database.reads), id, settings.deletionWorkers);
      if (failures.length > 0) throw failures[0];
      if (job.completedAt) return (performance.now() - began) / 1_000;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  } finally {
    await jobs.stop();
  }
}

async function runHandTuned(database: Database, url: string): Promise<number> {
  const dataset = await shop(database);
  const { rows } = await sql<{ setNo: number }>`
    SELECT set_no AS "setNo" FROM ${on(dataset, database.reads).tables.segment} WHERE id = 'doomd'`.execute(
    database.reads,
  );
  const script = readFileSync(new URL('deletion-hand-tuned.sql', import.meta.url), 'utf8').replace(/^--.*$/gm, '');
  const slices = Array.from({ length: dataset.partitions }, (_, slice) => slice);
  const began = performance.now();
  await Promise.all(
    Array.from({ length: readSettings({}).deletionWorkers }, async () => {
      const client = new pg.Client({ connectionString: url, options: '-c jit=off' });
      await client.connect();
      for (let slice = slices.pop(); slice !== undefined; slice = slices.pop()) {
        const statements = script
          .replaceAll(':schema', `"ds_${dataset.id}"`)
          .replaceAll(':slice', String(slice))
          .replaceAll(':set', String(rows[0]?.setNo));
        await client.query(`BEGIN; ${statements} COMMIT;`);
      }
      await client.end();
    }),
  );
  return (performance.now() - began) / 1_000;
}

async function shop(database: Database): Promise<Dataset> {
  const dataset = await findDataset(database.reads, 'shop');
  if (!dataset) throw new Error('the copy has no dataset');
  return dataset;
}

async function settingsOf(url: string) {
  const database = openDatabase(url, 10);
  try {
    return await serverSettings(database.reads);
  } finally {
    await database.close();
  }
}

function databaseUrl(url: string, name: string): string {
  return Object.assign(new URL(url), { pathname: `/${name}` }).href;
}
