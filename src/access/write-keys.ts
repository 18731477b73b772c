import { recordAudit } from '../audit/record.ts';
import type { Dataset } from '../database/handle.ts';
import type { Db } from '../database/postgres.ts';
import { LetheError } from '../errors.ts';
import { newId } from '../ids.ts';
import type { Actor } from './permissions.ts';
import { deleteWriteKeyRow, insertWriteKey, type WriteKey } from './write-key-sql.ts';

/** Throws `write_key.exists`, which only a key of the settings can meet. */
export async function createWriteKey(
  db: Db,
  dataset: Dataset,
  { name, key = newId(32) }: { name: string; key?: string },
  { actor, now }: { actor: Actor; now: Date },
): Promise<WriteKey> {
  return db.transaction().execute(async (tx) => {
    const created = await insertWriteKey(tx, dataset, { key, name, now });
    if (!created) throw new LetheError('conflict', 'write_key.exists', 'This write key exists already.');
    const object = { kind: 'writeKey', id: key };
    await recordAudit(tx, { actor, action: 'write_key.created', dataset, object, after: { name }, at: now });
    return created;
  });
}

/** Throws `write_key.unknown`. */
export async function deleteWriteKey(
  db: Db,
  dataset: Dataset,
  key: string,
  { actor, now }: { actor: Actor; now: Date },
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const deleted = await deleteWriteKeyRow(tx, dataset, key);
    if (!deleted) throw new LetheError('notFound', 'write_key.unknown', 'There is no such write key in this dataset.');
    const object = { kind: 'writeKey', id: key };
    await recordAudit(tx, {
      actor,
      action: 'write_key.deleted',
      dataset,
      object,
      before: { name: deleted.name },
      at: now,
    });
  });
}
