import type { Actor } from '../access/permissions.ts';
import { systemActor } from '../access/system-actor.ts';
import { recordAudit } from '../audit/record.ts';
import type { Dataset } from '../database/handle.ts';
import { migrateDataset } from '../database/migrate.ts';
import type { Db } from '../database/postgres.ts';
import { LetheError } from '../errors.ts';
import { type DatasetType, datasetIdPattern } from './dataset.ts';
import { countDatasets, findDataset, insertDataset, lockCreation, unlockCreation } from './dataset-sql.ts';

export interface NewDataset {
  id: string;
  name: string;
  type: DatasetType;
}

/**
 * Creates a dataset and its schema. The row is written last: a dataset that is listed is whole, and a schema that a crash left
 * behind without its row is taken up again by the next attempt.
 *
 * Throws `dataset.exists`, `dataset.limit`.
 */
export async function createDataset(
  db: Db,
  wanted: NewDataset,
  {
    actor = systemActor,
    partitions,
    datasetsMax,
    now,
  }: { actor?: Actor; partitions: number; datasetsMax: number; now: Date },
): Promise<Dataset> {
  if (!datasetIdPattern.test(wanted.id))
    throw new LetheError('unacceptable', 'dataset.id', `A dataset's id matches ${datasetIdPattern.source}.`);
  return db.connection().execute(async (connection) => {
    // Two creations of one id at once would migrate one schema twice.
    await lockCreation(connection);
    try {
      if (await findDataset(connection, wanted.id))
        throw new LetheError('conflict', 'dataset.exists', `The dataset "${wanted.id}" exists already.`);
      if ((await countDatasets(connection)) >= datasetsMax) {
        throw new LetheError(
          'conflict',
          'dataset.limit',
          `This installation has ${datasetsMax} datasets, the most it may have (LETHE_DATASETS_MAX).`,
        );
      }
      await migrateDataset(connection, { id: wanted.id, partitions });
      return await connection.transaction().execute(async (tx) => {
        const dataset = await insertDataset(tx, { ...wanted, partitions, createdAt: now });
        const object = { kind: 'dataset', id: wanted.id };
        const after = { name: wanted.name, type: wanted.type };
        await recordAudit(tx, { actor, action: 'dataset.created', dataset, object, after, at: now });
        return dataset;
      });
    } finally {
      await unlockCreation(connection);
    }
  });
}
