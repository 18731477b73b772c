import type { Actor } from '../access/permissions.ts';
import { recordAudit } from '../audit/record.ts';
import { withExclusiveGate } from '../database/gate.ts';
import type { Dataset } from '../database/handle.ts';
import type { Db } from '../database/postgres.ts';
import { LetheError } from '../errors.ts';
import { deleteDatasetRow, dropSchema, findRunningDeletion } from './dataset-sql.ts';

/**
 * Removes a dataset with everything in it, for good: its schema, its roles, its write keys. `confirm` has to be its id.
 *
 * Throws `dataset.not_confirmed`, `dataset.deletion_running`, `dataset.unknown`, `database.busy`.
 */
export async function deleteDataset(
  db: Db,
  dataset: Dataset,
  { confirm, actor, now }: { confirm: string | undefined; actor: Actor; now: Date },
): Promise<void> {
  if (confirm !== dataset.id) throw notConfirmed(dataset, confirm);
  await withExclusiveGate(dataset, db, async (tx) => {
    const running = await findRunningDeletion(tx);
    if (running !== undefined) throw deletionRunning(dataset, running);
    await dropSchema(tx.db, dataset);
    if (!(await deleteDatasetRow(tx.db, dataset))) {
      throw new LetheError('notFound', 'dataset.unknown', 'There is no such dataset any more.');
    }
    const object = { kind: 'dataset', id: dataset.id };
    const before = { name: dataset.name, type: dataset.type };
    await recordAudit(tx.db, { actor, action: 'dataset.deleted', dataset, object, before, at: now });
  });
}

function notConfirmed(dataset: Dataset, confirm: string | undefined): LetheError {
  const detail = `Everything in the dataset goes for good; confirm with ?confirm=${dataset.id}.`;
  const code = confirm === undefined ? 'missing' : 'notAllowed';
  return new LetheError('unacceptable', 'dataset.not_confirmed', detail, {
    errors: [{ field: 'confirm', code, detail, expected: dataset.id, actual: confirm }],
  });
}

function deletionRunning(dataset: Dataset, id: string): LetheError {
  const url = `/api/dataset/${dataset.id}/deletions/${id}`;
  const detail = 'A bulk deletion is running in this dataset; it has to be completed first.';
  return new LetheError('conflict', 'dataset.deletion_running', detail, {
    members: { job: { id, url } },
    location: url,
  });
}
