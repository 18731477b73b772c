import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import type { Announcement } from '../../src/announcements.ts';
import { on } from '../../src/database/handle.ts';
import { type Database, openDatabase } from '../../src/database/postgres.ts';
import { findDataset } from '../../src/datasets/dataset-sql.ts';
import { findReceipt } from '../../src/deletions/job-sql.ts';
import { deletionJobs } from '../../src/deletions/jobs.ts';
import { publicKeys } from '../../src/deletions/receipt.ts';
import { startDeletion } from '../../src/deletions/start.ts';
import { verifyReceipt } from '../../src/deletions/verify-receipt.ts';
import { startJobs } from '../../src/jobs/jobs.ts';
import { readSettings, type Settings } from '../../src/settings.ts';
import { type Original, readScript } from './copies.ts';

/** What one way took on one copy. */
export interface Run {
  /** Users that were deleted: all, but for the slowest way a sample. */
  users: number;
  seconds: number;
  /** Of the product: its deleting phase alone, as the receipt says. */
  deletingSeconds?: number;
}

/** A way to delete the users of a segment. */
export interface Way {
  name: string;
  original: Original;
  run(url: string, users: number): Promise<Run>;
}

/** As many as the product uses. */
const connections = readSettings({}).deletionWorkers;
const administrator = { kind: 'system', id: 'bench', name: 'Benchmark', administrator: true, roles: {} } as const;

/** From the start to the signed receipt, with progress and proof. */
export const product: Way = {
  name: 'Lethe, whole job',
  original: 'product',
  async run(url, users) {
    const database = openDatabase(url, 20);
    const dataDir = mkdtempSync(join(tmpdir(), 'lethe-bench-ledger-'));
    try {
      return await runJob(database, readSettings({ LETHE_DATABASE_URL: url, LETHE_DATA_DIR: dataDir }), users);
    } finally {
      await database.close();
      rmSync(dataDir, { recursive: true });
    }
  },
};

async function runJob(database: Database, settings: Settings, users: number): Promise<Run> {
  const dataset = await findDataset(database.reads, 'shop');
  if (!dataset) throw new Error('the copy has no dataset');
  const ds = on(dataset, database.reads);
  const end = Promise.withResolvers<void>();
  // A failure may come before anybody waits for the end.
  end.promise.catch(() => {});
  const announce = (name: Announcement) => {
    if (name === 'deletion.completed') end.resolve();
  };
  const lethe = { settings, database, announce, now: () => new Date(), wakeJobs: () => jobs.wake() };
  const jobs = startJobs(deletionJobs(lethe), (_kind, _job, failure) => end.reject(failure.error));
  try {
    await connect(database);
    const began = performance.now();
    const id = await startDeletion(database.starts, dataset, {
      segmentId: 'doomd',
      expectedUsers: users,
      actor: administrator,
      now: () => new Date(),
    });
    jobs.wake();
    await end.promise;
    const seconds = secondsSince(began);
    const { receipt } = (await findReceipt(ds, id)) ?? { receipt: null };
    const { phases = [] } = await verifyReceipt(receipt ?? '', await publicKeys(database.reads));
    return { users, seconds, deletingSeconds: phases[0]?.seconds ?? Number.NaN };
  } finally {
    await jobs.stop();
  }
}

/** As with all other ways, and in a server that runs, whoever works on the deletion is connected when it begins. */
async function connect({ steps, starts }: Database): Promise<void> {
  const workers = Array.from({ length: connections }, () => sql`SELECT pg_sleep(0.01)`.execute(steps));
  await Promise.all([...workers, sql`SELECT`.execute(starts)]);
}

/** SQL over the same partitions, written by hand for this one segment; it proves and counts nothing. */
export const handTuned: Way = {
  name: 'hand-tuned SQL over the same partitions',
  original: 'product',
  async run(url, users) {
    const database = openDatabase(url, 20);
    const dataset = await findDataset(database.reads, 'shop');
    if (!dataset) throw new Error('the copy has no dataset');
    const { rows } = await sql<{ setNo: number }>`
      SELECT set_no AS "setNo" FROM ${on(dataset, database.reads).tables.segment} WHERE id = 'doomd'`.execute(
      database.reads,
    );
    await database.close();
    const script = readScript('hand-tuned.sql').replaceAll(':schema', `"ds_${dataset.id}"`);
    const slices = Array.from({ length: dataset.partitions }, (_, slice) => slice);
    const seconds = await together(
      url,
      async (client) => {
        for (let slice = slices.pop(); slice !== undefined; slice = slices.pop()) {
          const statements = script.replaceAll(':slice', String(slice)).replaceAll(':set', String(rows[0]?.setNo));
          await client.query(`BEGIN; ${statements} COMMIT;`);
        }
      },
      connections,
    );
    return { users, seconds };
  },
};

/** One statement: everything else goes by foreign keys. */
export const cascade: Way = {
  name: 'one DELETE with cascading foreign keys',
  original: 'cascading',
  async run(url, users) {
    let deleted = 0;
    const seconds = await together(
      url,
      async (client) => {
        const { rowCount } = await client.query(`
          DELETE FROM plain.profile p USING plain.membership m
          WHERE m.set_no = (SELECT set_no FROM plain.segment WHERE id = 'doomd') AND p.id = m.profile_id`);
        deleted = rowCount ?? 0;
      },
      1,
    );
    return checked({ users: deleted, seconds }, users);
  },
};

const tablesOfUser = ['event', 'visit', 'action_count', 'membership', 'identity'];

/** Calls that each delete a list of ids from every table, by so many callers at once. */
function inCalls(name: string, idsPerCall: number, { usersMax, callers }: { usersMax: number; callers: number }): Way {
  return {
    name,
    original: 'plain',
    async run(url, users) {
      const ids = await idsOf(url);
      const calls: string[][] = [];
      for (let at = 0; at < Math.min(ids.length, usersMax); at += idsPerCall)
        calls.push(ids.slice(at, at + idsPerCall));
      const sample = calls.reduce((sum, call) => sum + call.length, 0);
      const seconds = await together(
        url,
        async (client) => {
          for (let call = calls.pop(); call; call = calls.pop()) {
            await client.query('BEGIN');
            for (const table of tablesOfUser) {
              await client.query(`DELETE FROM plain.${table} WHERE profile_id = ANY($1::bigint[])`, [call]);
            }
            await client.query('DELETE FROM plain.profile WHERE id = ANY($1::bigint[])', [call]);
            await client.query('COMMIT');
          }
        },
        callers,
      );
      return checked({ users: sample, seconds }, Math.min(users, usersMax));
    },
  };
}

const all = Number.POSITIVE_INFINITY;
/** Of so slow a way a sample says enough: its rate does not depend on how many there are. */
const some = 2_000;

/** As a client of such an API does it: the next call when the last one is answered. */
export const thousandIds = inCalls('1,000 ids a call', 1_000, { usersMax: all, callers: 1 });
export const oneByOne = inCalls('one profile a transaction', 1, { usersMax: some, callers: 1 });
/** As whoever tunes it would. */
export const thousandIdsAtOnce = inCalls(`1,000 ids a call, ${connections} at once`, 1_000, {
  usersMax: all,
  callers: connections,
});
export const oneByOneAtOnce = inCalls(`one profile a transaction, ${connections} at once`, 1, {
  usersMax: some,
  callers: connections,
});

async function idsOf(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(`
    SELECT profile_id::text AS id FROM plain.membership
    WHERE set_no = (SELECT set_no FROM plain.segment WHERE id = 'doomd') ORDER BY profile_id`);
  await client.end();
  return rows.map((row) => row.id);
}

/** Runs the same on several connections at once; returns the seconds until the last has ended. */
async function together(url: string, work: (client: pg.Client) => Promise<void>, count: number): Promise<number> {
  const clients = Array.from({ length: count }, () => new pg.Client({ connectionString: url, options: '-c jit=off' }));
  await Promise.all(clients.map((client) => client.connect()));
  const began = performance.now();
  await Promise.all(clients.map(work));
  const seconds = secondsSince(began);
  await Promise.all(clients.map((client) => client.end()));
  return seconds;
}

function checked(run: Run, users: number): Run {
  if (run.users !== users) throw new Error(`deleted ${run.users} users in place of ${users}`);
  return run;
}

function secondsSince(began: number): number {
  return Math.round(performance.now() - began) / 1_000;
}
