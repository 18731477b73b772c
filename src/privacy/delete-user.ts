import type { Actor } from '../access/permissions.ts';
import { recordAudit } from '../audit/record.ts';
import { withSharedGate } from '../database/gate.ts';
import type { DatasetDb } from '../database/handle.ts';
import { type LookUpType, unknownUser } from '../profiles/look-up.ts';
import type { RowCounts } from '../profiles/places.ts';
import { publicId } from '../profiles/profile.ts';
import { deleteNamedUsers } from './delete-users.ts';

/** Deletes the one user whom a text names, for good, and says so in the audit. Throws `user.unknown`. */
export function deleteUser(
  { dataset, db }: DatasetDb,
  text: string,
  { type, actor, now }: { type: LookUpType; actor: Actor; now: Date },
): Promise<{ id: string; rows: RowCounts }> {
  return withSharedGate(dataset, db, async (tx) => {
    const { found, rows } = await deleteNamedUsers(tx, [text], { type, now });
    const no = found.get(text);
    if (no === undefined) throw unknownUser();
    const id = publicId(no);
    const object = { kind: 'user', id };
    await recordAudit(tx.db, { actor, action: 'user.deleted', dataset, object, after: { rowsDeleted: rows }, at: now });
    return { id, rows };
  });
}
