import type { Actor } from '../access/permissions.ts';
import { recordAudit } from '../audit/record.ts';
import type { Dataset } from '../database/handle.ts';
import type { Db } from '../database/postgres.ts';
import { LetheError } from '../errors.ts';
import { lockDataset, updateDataset } from './dataset-sql.ts';

/** What can be changed of a dataset; its id, name and type stay as they were made. */
export interface DatasetChange {
  /** Takes events at /api2/event, from anybody who knows its id. */
  eventApi: boolean;
}

/** Changes the settings of a dataset. One that changes nothing is no entry of the audit. Throws `dataset.unknown`. */
export async function changeDataset(
  db: Db,
  { no }: Dataset,
  change: DatasetChange,
  { actor, now }: { actor: Actor; now: Date },
): Promise<{ dataset: Dataset; changed: boolean }> {
  return db.transaction().execute(async (tx) => {
    const before = await lockDataset(tx, no);
    if (!before) throw new LetheError('notFound', 'dataset.unknown', 'There is no such dataset any more.');
    if (before.eventApi === change.eventApi) return { dataset: before, changed: false };
    const dataset = await updateDataset(tx, no, change);
    await recordAudit(tx, {
      actor,
      action: 'dataset.changed',
      dataset,
      object: { kind: 'dataset', id: dataset.id },
      before: { eventApi: before.eventApi },
      after: { eventApi: dataset.eventApi },
      at: now,
    });
    return { dataset, changed: true };
  });
}
