import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readPassword } from '../../src/database/embedded/cluster.ts';
import { superuserUrl } from '../../src/database/embedded/first-database.ts';
import { LetheProcess, until } from '../lethe-process.ts';
import { jobOf } from './doomed-dataset.ts';
import { ask } from './own-postgres.ts';
import { seedsOf } from './runs.ts';
import { expectToSurvive, struckTimeoutMs } from './struck.ts';
import { mountSmallDisk } from './tmpfs.ts';

const disk = mountSmallDisk(384);
afterAll(() => disk?.remove());

describe.skipIf(!disk)('where a small file system can be mounted', { timeout: struckTimeoutMs }, () => {
  const dataDir = join(disk?.path ?? '', 'data');
  // It is not to see it coming.
  const lethe = new LetheProcess({ LETHE_DISK_FREE_BYTES_MIN: '0' }, { dataDir });

  beforeAll(async () => {
    mkdirSync(dataDir);
    await lethe.start();
  });
  afterAll(() => lethe.remove());

  /** The rest of the log's present file would last for long: the next record needs a new one. */
  async function leaveLogFile(): Promise<void> {
    const { port } = new URL(lethe.databaseUrl);
    await ask(superuserUrl(Number(port), readPassword(dataDir) ?? ''), 'SELECT pg_switch_wal()').catch(() => {});
  }

  test.each(seedsOf('full disks'))(
    'a bulk deletion whose disk is full goes on by itself when there is room again, and ends exactly (seed %i)',
    (seed) =>
      expectToSurvive(lethe, seed, {
        async strike({ random, dataset, release }) {
          disk?.fill();
          try {
            await leaveLogFile();
            await release();
            const isWell = async () => {
              const ready = await fetch(`${lethe.url}/health/ready`).catch(() => undefined);
              return ready?.ok === true && ((await jobOf(lethe, dataset))?.failure ?? null) === null;
            };
            await until(async () => !(await isWell()), 'the full disk is felt');
            await sleep(random.whole(0, 6_000));
            expect((await jobOf(lethe, dataset))?.state).not.toBe('completed');
          } finally {
            disk?.empty();
          }
        },
      }),
  );
});
