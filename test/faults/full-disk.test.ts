import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readPassword } from '../../src/database/embedded/cluster.ts';
import { superuserUrl } from '../../src/database/embedded/first-database.ts';
import { LetheProcess } from '../lethe-process.ts';
import { seedsOf } from './runs.ts';
import { expectToSurvive, struckTimeoutMs } from './struck.ts';
import { mountSmallDisk } from './tmpfs.ts';

const disk = mountSmallDisk(384);
afterAll(() => disk?.remove());

/** More than a log of at most 256 MB has. */
const filesMax = 64;

describe.skipIf(!disk)('where a small file system can be mounted', { timeout: struckTimeoutMs }, () => {
  const dataDir = join(disk?.path ?? '', 'data');
  // It is not to see it coming.
  const lethe = new LetheProcess({ LETHE_DISK_FREE_BYTES_MIN: '0' }, { dataDir });

  beforeAll(async () => {
    mkdirSync(dataDir);
    await lethe.start();
  });
  afterAll(() => lethe.remove());

  /**
   * Fills the disk and returns when the database has died of it. Files of the log that a checkpoint has left to be used again would
   * last for long, so they are used up first. On one connection, since a new one might find no room for what it caches.
   */
  async function fillDisk(): Promise<void> {
    const { port } = new URL(lethe.databaseUrl);
    const client = new pg.Client({ connectionString: superuserUrl(Number(port), readPassword(dataDir) ?? '') });
    client.on('error', () => {});
    await client.connect();
    try {
      // The rest of a file that is left is written as well.
      const leaveFile = () =>
        client.query(`SELECT pg_logical_emit_message(false, 'test', 'not empty'), pg_switch_wal()`);
      const filesReady = async () => {
        const { rows } = await client.query(`
          SELECT count(*)::int AS files FROM pg_ls_waldir()
          WHERE name ~ '^[0-9A-F]{24}$' AND name > pg_walfile_name(pg_current_wal_insert_lsn())`);
        return rows[0].files;
      };
      // A checkpoint that the switches bring about may leave files again, of those that were left.
      for (let left = 0; (await filesReady()) > 0; left++) {
        if (left === filesMax) throw new Error(`the log has files ready after ${left} were left`);
        await leaveFile();
      }
      disk?.fill();
      // The present file may be one that was used before, and has all its room.
      const leaveFiles = async () => {
        for (let left = 0; left < filesMax; left++) await leaveFile();
      };
      await expect(leaveFiles()).rejects.toThrow(/terminat|No space left/);
    } finally {
      await client.end().catch(() => {});
    }
  }

  test.each(seedsOf('full disks'))(
    'a bulk deletion whose disk is full goes on by itself when there is room again, and ends exactly (seed %i)',
    (seed) =>
      expectToSurvive(lethe, seed, {
        async strike({ random, release }) {
          try {
            await fillDisk();
            await release();
            await sleep(random.whole(0, 6_000));
          } finally {
            disk?.empty();
          }
        },
      }),
  );
});
