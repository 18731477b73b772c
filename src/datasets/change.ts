import { isDeepStrictEqual } from 'node:util';
import type { Actor } from '../access/permissions.ts';
import { recordAudit } from '../audit/record.ts';
import type { Dataset } from '../database/handle.ts';
import type { Db } from '../database/postgres.ts';
import { LetheError } from '../errors.ts';
import { lockDataset, updateDataset } from './dataset-sql.ts';
import type { QuietHours } from './quiet-hours.ts';

/** What can be changed of a dataset; its id, name and type stay as they were made. */
export interface DatasetChange {
  /** Takes events at /api2/event, from anybody who knows its id. */
  eventApi?: boolean | undefined;
  /** Null for none. */
  quietHours?: QuietHours | null | undefined;
}

const settings = ['eventApi', 'quietHours'] as const;

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
    const changed = settings.filter((name) => {
      const wanted = change[name];
      return wanted !== undefined && !isDeepStrictEqual(wanted, before[name]);
    });
    if (changed.length === 0) return { dataset: before, changed: false };
    const { eventApi = before.eventApi, quietHours = before.quietHours } = change;
    const dataset = await updateDataset(tx, no, { eventApi, quietHours });
    const those = (of: Dataset) => Object.fromEntries(changed.map((name) => [name, of[name]]));
    await recordAudit(tx, {
      actor,
      action: 'dataset.changed',
      dataset,
      object: { kind: 'dataset', id: dataset.id },
      before: those(before),
      after: those(dataset),
      at: now,
    });
    return { dataset, changed: true };
  });
}
