import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { type Dataset, type DatasetDb, on } from '../src/database/handle.ts';
import { type Database, openDatabase } from '../src/database/postgres.ts';
import { findDataset } from '../src/datasets/dataset-sql.ts';
import { administer } from './administer.ts';
import { templateName } from './test-postgres.ts';

export interface TestDatabase {
  url: string;
  database: Database;
  /** The dataset `shop`, of 4 partitions. */
  dataset: Dataset;
  /** `shop` on the pool of look-ups. */
  ds: DatasetDb;
  close(): Promise<void>;
}

/** A fresh, migrated database with a dataset in it, on the real server of this test run unless told otherwise. */
export async function createTestDatabase(base = inject('postgresUrl')): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(base, `CREATE DATABASE ${name} OWNER lethe TEMPLATE ${templateName}`);
  const url = Object.assign(new URL(base), { pathname: `/${name}` }).href;
  const database = openDatabase(url, 20);
  const dataset = await findDataset(database.reads, 'shop');
  if (!dataset) throw new Error('the template has no dataset');
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
