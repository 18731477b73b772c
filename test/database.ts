import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { type Dataset, type DatasetDb, on } from '../src/database/handle.ts';
import { migrate } from '../src/database/migrate.ts';
import { type Database, openDatabase } from '../src/database/postgres.ts';
import { createDataset } from '../src/datasets/create.ts';
import { administer } from './administer.ts';

export interface TestDatabase {
  url: string;
  database: Database;
  /** The dataset `shop`, of 4 partitions. */
  dataset: Dataset;
  /** `shop` on the pool of look-ups. */
  ds: DatasetDb;
  close(): Promise<void>;
}

/** A fresh, migrated database with a dataset in it, on the real server of this test run. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const base = inject('postgresUrl');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(base, `CREATE DATABASE ${name} OWNER lethe`);
  const url = Object.assign(new URL(base), { pathname: `/${name}` }).href;
  const database = openDatabase(url, 20);
  await migrate(database.starts);
  const dataset = await createDataset(
    database.starts,
    { id: 'shop', name: 'Shop', type: 'development' },
    { partitions: 4, datasetsMax: 20, now: new Date() },
  );
  return {
    url,
    database,
    dataset,
    ds: on(dataset, database.reads),
    close: async () => {
      await database.close();
      await administer(base, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}
