import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded } from '../src/database/embedded.ts';
import { migrate } from '../src/database/migrate.ts';
import { openDatabase } from '../src/database/postgres.ts';
import { createDataset } from '../src/datasets/create.ts';
import { administer } from './administer.ts';

/** The database that every test's own is a copy of: migrated, with the dataset `shop` of 4 partitions. To migrate takes four times as long. */
export const templateName = 'test_template';

/**
 * A real PostgreSQL for tests, on a data directory of its own that goes with it. It answers before anything is on the disk: the tests that
 * kill a server have one of their own.
 */
export async function startTestPostgres(): Promise<{ url: string; stop(): Promise<void> }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'lethe-test-'));
  const haste = { fsync: 'off', full_page_writes: 'off' };
  // Commit times say in which order transactions came that some tests ran at the same time.
  const settings = { max_connections: '200', track_commit_timestamp: 'on', ...haste };
  const server = await startEmbedded({ dataDir, log: () => {}, settings });
  await createTemplate(server.url);
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function createTemplate(base: string): Promise<void> {
  await administer(base, `CREATE DATABASE ${templateName} OWNER lethe`);
  const database = openDatabase(Object.assign(new URL(base), { pathname: `/${templateName}` }).href, 2);
  try {
    await migrate(database.starts);
    const shop = { id: 'shop', name: 'Shop', type: 'development' } as const;
    await createDataset(database.starts, shop, { partitions: 4, datasetsMax: 20, now: new Date() });
  } finally {
    // PostgreSQL copies no database that somebody is connected to.
    await database.close();
  }
}
