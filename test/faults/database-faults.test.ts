import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LetheProcess } from '../lethe-process.ts';
import { Network } from './network.ts';
import { type OwnPostgres, startOwnPostgres } from './own-postgres.ts';
import { seedsOf } from './runs.ts';
import { expectToSurvive, type Strike, struckTimeoutMs } from './struck.ts';

let database: OwnPostgres;
let network: Network;
let lethe: LetheProcess;
/** Alone, a worker takes several slices at once. */
const workers = process.env.FAULT_WORKERS ?? (Math.random() < 0.5 ? '1' : '2');

beforeAll(async () => {
  database = await startOwnPostgres();
  network = await Network.before(database.url);
  const settings = { LETHE_DATABASE_URL: network.addressOf(database.url), LETHE_DELETION_WORKERS: workers };
  lethe = new LetheProcess(settings, { databaseUrl: database.url });
  await lethe.start();
});
afterAll(async () => {
  await lethe?.remove();
  await network?.close();
  await database?.stop();
});

const survives = (seed: number, strike: Strike['strike'], among?: Strike['among']) =>
  expectToSurvive(lethe, seed, among ? { strike, among } : { strike });

/** Of the server under test; those of the test itself have no such name. */
const itsConnections = `datname = current_database() AND application_name LIKE 'lethe %' AND pid <> pg_backend_pid()`;
const inSteps = `datname = current_database() AND application_name LIKE 'lethe deletion %'`;

describe(`a bulk deletion (workers: ${workers}) ends exactly, without anybody doing anything, although`, {
  timeout: struckTimeoutMs,
}, () => {
  test.each(seedsOf('connections ended'))('its connections are ended by the database (seed %i)', (seed) =>
    survives(seed, async ({ random, release }) => {
      const end = (whose: string) =>
        database.administer(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${whose}`);
      expect((await end(itsConnections)).length).toBeGreaterThan(0);
      await sleep(random.whole(0, 500));
      await release();
      for (let again = random.whole(0, 2); again > 0; again--) {
        await sleep(random.whole(0, 60));
        await end(random.oneOf([itsConnections, inSteps]));
      }
    }),
  );

  test.each(seedsOf('connections cut'))('the network cuts its connections (seed %i)', (seed) =>
    survives(seed, async ({ random, release }) => {
      if (random.oneOf([true, false])) {
        network.shut();
        await sleep(random.whole(0, 1_500));
        network.open();
      } else network.cut();
      await release();
      await sleep(random.whole(0, 60));
      network.cut();
    }),
  );

  test.each(seedsOf('answers to a commit lost'))('a commit is made and its answer lost (seed %i)', (seed) =>
    survives(seed, async ({ random, phase, release }) => {
      // Of one worker, who takes two slices first and proves all at once.
      const commitsLeft = { start: 5, deleting: 4, lastStep: 3, verifying: 2, scrubbing: 1, completing: 1 };
      const lost = network.loseAnswerToCommit(random.whole(1, commitsLeft[phase]));
      await release();
      await lost;
    }),
  );

  test.each(seedsOf('statements cancelled'))('its statements are cancelled (seed %i)', (seed) =>
    survives(
      seed,
      async ({ random, release }) => {
        const cancel = () =>
          database.administer(
            `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE state = 'active' AND ${inSteps}`,
          );
        // A step that had waited too long is tried again within a second.
        for (let cancelled = 0; cancelled === 0; await sleep(20)) cancelled = (await cancel()).length;
        await release();
        for (let again = random.whole(0, 3); again > 0; again--) {
          await sleep(random.whole(0, 40));
          await cancel();
        }
      },
      ['start', 'deleting', 'lastStep', 'verifying'],
    ),
  );

  test.each(seedsOf('statement time-outs'))('a statement time-out is set for its role meanwhile (seed %i)', (seed) =>
    survives(seed, async ({ random, release }) => {
      // Too short for any statement at all.
      await database.administer(`ALTER ROLE lethe SET statement_timeout = '1ms'`);
      try {
        await database.administer(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${itsConnections}`);
        await release();
        await sleep(random.whole(500, 2_000));
      } finally {
        await database.administer('ALTER ROLE lethe RESET statement_timeout');
      }
    }),
  );

  test.each(seedsOf('read-only times'))('its database is read-only for a while (seed %i)', (seed) =>
    survives(seed, async ({ random, release }) => {
      await database.administer('ALTER ROLE lethe SET default_transaction_read_only = on');
      try {
        await database.administer(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${itsConnections}`);
        await release();
        await sleep(random.whole(500, 3_000));
      } finally {
        await database.administer('ALTER ROLE lethe RESET default_transaction_read_only');
      }
    }),
  );

  test.each(seedsOf('deadlocks'))('others lock its rows in the opposite order (seed %i)', (seed) =>
    survives(
      seed,
      async ({ random, dataset, release }) => {
        const schema = `"ds_${dataset.id}"`;
        const other = new pg.Client({ connectionString: database.url });
        await other.connect();
        try {
          await other.query('BEGIN');
          const { rows } = await other.query(`
            SELECT profile_id AS id FROM ${schema}.identity WHERE profile_id IN (
              SELECT profile_id FROM ${schema}.membership_3 WHERE set_no = (SELECT set_no FROM ${schema}.segment WHERE id = 'doomd'))
            ORDER BY profile_id DESC LIMIT 1 FOR UPDATE SKIP LOCKED`);
          await release();
          // Whose wait has lasted a second by then is given up: the step's or this one's.
          await sleep(random.whole(200, 1_500));
          const locked = other.query(`SELECT FROM ${schema}.profile_3 WHERE id = $1 FOR UPDATE`, [rows[0].id]);
          const outcome = await locked.then(
            () => 'the step was given up',
            (error) => error.code,
          );
          expect(['the step was given up', '40P01']).toContain(outcome);
          await sleep(random.whole(0, 200));
        } finally {
          await other.end();
        }
      },
      ['lastStep'],
    ),
  );

  test.each(seedsOf('restarts of PostgreSQL'))('PostgreSQL is restarted (seed %i)', (seed) =>
    survives(seed, async ({ random, release }) => {
      if (random.oneOf([true, false])) {
        await release();
        await sleep(random.whole(0, 80));
      }
      await database.restart(random.oneOf(['SIGINT', 'SIGQUIT', 'SIGKILL'] as const));
    }),
  );
});
