import { recordAudit } from '../audit/record.ts';
import { type ExclusiveTx, withExclusiveGate } from '../database/gate.ts';
import type { DatasetDb } from '../database/handle.ts';
import { lookUpUsers } from '../profiles/look-up.ts';
import { outcomesOf } from './change-users.ts';
import { insertReplacement } from './changes-sql.ts';
import { discardSetsInForce, fillSet, putEmptySetInForce } from './computation-sql.ts';
import { beginDependentComputations, recordReplacement } from './compute.ts';
import type { Asked } from './create.ts';
import { countMembershipChanges } from './evaluate.ts';
import { findList, type ListChange, lockNamedUsers, refuseIfDisabled } from './list-users.ts';
import { countUsersOfSet } from './membership-sql.ts';
import { lockSegment, type SegmentRow } from './segment-sql.ts';

/**
 * Makes the named users the only ones of a list. They fill a new set that replaces the old one, so that the size of the list does
 * not matter; the segments that nest the list are computed anew.
 *
 * Throws `segment.unknown`, `segment.not_a_list`, `segment.deleting`, `segment.disabled`.
 */
export async function replaceUsers(
  ds: DatasetDb,
  segmentId: string,
  ids: readonly string[],
  { actor, now }: Asked,
): Promise<ListChange> {
  // Most of the work is done before the gate, which nobody shares meanwhile; who has moved since then is looked up again behind it.
  const known = await lookUpUsers(ds, ids);
  return withExclusiveGate(ds.dataset, ds.db, async (tx) => {
    await lockSegment(tx, segmentId);
    const list = await findList(tx, segmentId);
    refuseIfDisabled(list);
    const { profileOf, living } = await lockNamedUsers(tx, ids, known);
    const before = await countUsersOfSet(tx, list.setNo);
    const { setNo, added } = await replaceSet(tx, list, [...living], now);
    const removed = before - (living.size - added.length);
    const joined = added.length;
    await recordAudit(tx.db, {
      actor,
      action: 'segment.users_changed',
      dataset: tx.dataset,
      object: { kind: 'segment', id: list.id },
      after: { added: joined, removed, users: living.size },
      at: now,
    });
    if (joined > 0 || removed > 0) {
      await insertReplacement(tx, list.no, living.size, now);
      await beginDependentComputations(tx, list.id, now);
    }
    // The history says who came and went; the counter of the new set begins with everybody in it.
    const filled = { segmentNo: list.no, setNo, inForce: false, joined: living.size, left: 0, deleted: 0 };
    await countMembershipChanges(tx, [filled], now);
    await recordReplacement(tx, list, { joined, left: removed }, now);
    return { items: outcomesOf(ids, profileOf, living, new Set(added), ['added', 'alreadyIn']), users: living.size };
  });
}

async function replaceSet(
  tx: ExclusiveTx,
  list: SegmentRow,
  profileIds: readonly number[],
  now: Date,
): Promise<{ setNo: number; added: number[] }> {
  await discardSetsInForce(tx, [list.no], now);
  const setNo = await putEmptySetInForce(tx, list.no);
  const held = await fillSet(tx, { profileIds, setNo, setNoBefore: list.setNo, now });
  return { setNo, added: profileIds.filter((id) => !held.has(id)) };
}
