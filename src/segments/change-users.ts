import { recordAudit } from '../audit/record.ts';
import { withSharedGate } from '../database/gate.ts';
import type { DatasetDb } from '../database/handle.ts';
import { keepChanges } from './changes.ts';
import type { Asked } from './create.ts';
import { countMembershipChanges, evaluateProfiles } from './evaluate.ts';
import { findList, type ListChange, lockNamedUsers, type Outcome, refuseIfDisabled } from './list-users.ts';
import { countUsersOfSet, deleteMemberships, insertMemberships } from './membership-sql.ts';

/**
 * Adds the named users to a list, or takes them out. Users who are not there are not created. The segments that nest the list are
 * right in the same transaction.
 *
 * Throws `segment.unknown`, `segment.not_a_list`, `segment.deleting`, and when adding `segment.disabled`.
 */
export async function changeUsers(
  ds: DatasetDb,
  segmentId: string,
  { change, ids }: { change: 'add' | 'remove'; ids: readonly string[] },
  { actor, now }: Asked,
): Promise<ListChange> {
  return withSharedGate(ds.dataset, ds.db, async (tx) => {
    const list = await findList(tx, segmentId);
    if (change === 'add') refuseIfDisabled(list);
    const { profileOf, living } = await lockNamedUsers(tx, ids);
    const pairs = { profileIds: [...living], setNos: [...living].map(() => list.setNo) };
    const changed = change === 'add' ? await insertMemberships(tx, pairs, now) : await deleteMemberships(tx, pairs);
    await keepChanges(tx, change === 'add' ? { joined: changed } : { left: changed }, now);
    const profileIds = changed.map((membership) => membership.profileId);
    const dependent = await evaluateProfiles(tx, profileIds, now, { nesting: list.id });
    const joined = change === 'add' ? changed.length : 0;
    const left = change === 'remove' ? changed.length : 0;
    const users = (await countUsersOfSet(tx, list.setNo)) + joined - left;
    await recordAudit(tx.db, {
      actor,
      action: 'segment.users_changed',
      dataset: tx.dataset,
      object: { kind: 'segment', id: list.id },
      after: change === 'add' ? { added: joined, users } : { removed: left, users },
      at: now,
    });
    const own = { segmentNo: list.no, setNo: list.setNo, inForce: true, joined, left, deleted: 0 };
    await countMembershipChanges(tx, [own, ...dependent], now);
    const outcomes = change === 'add' ? (['added', 'alreadyIn'] as const) : (['removed', 'notIn'] as const);
    return { items: outcomesOf(ids, profileOf, living, new Set(profileIds), outcomes), users };
  });
}

/** What became of each text: a user who is named twice is changed by the first. */
export function outcomesOf(
  ids: readonly string[],
  profileOf: ReadonlyMap<string, number>,
  living: ReadonlySet<number>,
  changed: Set<number>,
  [done, asItWas]: readonly [Outcome, Outcome],
): ListChange['items'] {
  return ids.map((id) => {
    const profileId = profileOf.get(id);
    if (profileId === undefined || !living.has(profileId)) return { id, outcome: 'unknown' };
    return { id, outcome: changed.delete(profileId) ? done : asItWas };
  });
}
