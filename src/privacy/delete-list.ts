import type { Actor } from '../access/permissions.ts';
import { recordAudit } from '../audit/record.ts';
import { withSharedGate } from '../database/gate.ts';
import type { DatasetDb } from '../database/handle.ts';
import { newId } from '../ids.ts';
import { deleteNamedUsers } from './delete-users.ts';
import type { NameList } from './name-list.ts';

export interface ListOutcome {
  deleted: number;
  requested: number;
  /** `unknown`: nobody has that name, or no longer. */
  items: { line: number; outcome: 'deleted' | 'unknown' }[];
}

/** Most users whom one call deletes. */
export const namesDeletedMax = 1_000_000;

/** Users of one transaction, which is to be a matter of 100 ms. */
const batchNames = 250;

/**
 * Deletes every user whom a list names, batch by batch; each batch is deleted and audited in one transaction. Whoever is
 * interrupted sends the list again: the result is the same.
 */
export async function deleteList(
  { dataset, db }: DatasetDb,
  { type, names }: NameList,
  { actor, now }: { actor: Actor; now: Date },
): Promise<ListOutcome> {
  const object = { kind: 'list', id: newId(12, 'lst') };
  const known = new Set<string>();
  let deleted = 0;
  for (let at = 0; at < names.length; at += batchNames) {
    const texts = names.slice(at, at + batchNames).map(({ text }) => text);
    const { found, users } = await withSharedGate(dataset, db, async (tx) => {
      const batch = await deleteNamedUsers(tx, texts, { type, now });
      const count = new Set(batch.found.values()).size;
      const after = { requested: texts.length, deleted: count, rowsDeleted: batch.rows };
      await recordAudit(tx.db, { actor, action: 'users.deleted_by_list', dataset, object, after, at: now });
      return { found: batch.found, users: count };
    });
    for (const text of found.keys()) known.add(text);
    deleted += users;
  }
  const items = names.map(({ line, text }) => ({
    line,
    outcome: known.has(text) ? ('deleted' as const) : ('unknown' as const),
  }));
  return { deleted, requested: names.length, items };
}
