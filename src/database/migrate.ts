import { sql } from 'kysely';
import { type Migration, type MigrationProvider, Migrator } from 'kysely/migration';
import { LetheError, messageOf } from '../errors.ts';
import { schemaOf } from './handle.ts';
import * as dataset001 from './migrations/dataset-001-initial.ts';
import * as dataset002 from './migrations/dataset-002-folders.ts';
import * as dataset003 from './migrations/dataset-003-vocabulary.ts';
import * as dataset004 from './migrations/dataset-004-clock.ts';
import * as dataset005 from './migrations/dataset-005-merge-request.ts';
import * as dataset006 from './migrations/dataset-006-membership-change.ts';
import * as dataset007 from './migrations/dataset-007-deletion-phases.ts';
import * as dataset008 from './migrations/dataset-008-erasures.ts';
import * as dataset009 from './migrations/dataset-009-scrub.ts';
import * as dataset010 from './migrations/dataset-010-proof-ranges.ts';
import * as shared001 from './migrations/shared-001-datasets.ts';
import * as shared002 from './migrations/shared-002-access.ts';
import * as shared003 from './migrations/shared-003-functions.ts';
import * as shared004 from './migrations/shared-004-event-api.ts';
import * as shared006 from './migrations/shared-006-erasure-secret.ts';
import * as shared007 from './migrations/shared-007-quiet-hours.ts';
import * as shared008 from './migrations/shared-008-account-once.ts';
import type { Db } from './postgres.ts';

/** Migrations of the shared schema, in order. Add at the end; never change one that has been released. */
const shared: Record<string, (db: Db) => Promise<void>> = {
  '001-datasets': shared001.up,
  '002-access': shared002.up,
  '003-functions': shared003.up,
  '004-event-api': shared004.up,
  '006-erasure-secret': shared006.up,
  '007-quiet-hours': shared007.up,
  '008-account-once': shared008.up,
};

/** Migrations of a dataset's schema, in order. */
const dataset: Record<string, (db: Db, schema: string, partitions: number) => Promise<void>> = {
  '001-initial': dataset001.up,
  '002-folders': dataset002.up,
  '003-vocabulary': dataset003.up,
  '004-clock': dataset004.up,
  '005-merge-request': dataset005.up,
  '006-membership-change': dataset006.up,
  '007-deletion-phases': dataset007.up,
  '008-erasures': dataset008.up,
  '009-scrub': dataset009.up,
  '010-proof-ranges': dataset010.up,
};

/** Brings the shared schema up to date, then every dataset's, each in a transaction of its own. */
export async function migrate(db: Db): Promise<void> {
  await sql`CREATE SCHEMA IF NOT EXISTS lethe`.execute(db);
  await run(
    db,
    'lethe',
    providerOf(shared, (up, tx) => up(tx)),
  );
  const { rows } = await sql<{
    id: string;
    partitions: number;
  }>`SELECT id, partitions FROM lethe.dataset ORDER BY no`.execute(db);
  for (const row of rows) await migrateDataset(db, row);
}

/** Brings the schema of one dataset up to date. */
export async function migrateDataset(db: Db, { id, partitions }: { id: string; partitions: number }): Promise<void> {
  const schema = schemaOf({ id });
  await run(
    db,
    schema,
    providerOf(dataset, (up, tx) => up(tx, schema, partitions)),
  );
}

function providerOf<Up>(steps: Record<string, Up>, call: (up: Up, db: Db) => Promise<void>): MigrationProvider {
  const migrations = Object.entries(steps).map(([name, up]): [string, Migration] => [
    name,
    { up: (tx) => call(up, tx as Db) },
  ]);
  return { getMigrations: async () => Object.fromEntries(migrations) };
}

async function run(db: Db, schema: string, provider: MigrationProvider): Promise<void> {
  const migrator = new Migrator({ db, provider, migrationTableSchema: schema });
  const { error } = await migrator.migrateToLatest();
  if (error)
    throw new LetheError('conflict', 'database.migration', `Migrating schema ${schema} failed: ${messageOf(error)}`, {
      cause: error,
    });
}
