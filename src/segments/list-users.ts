import type { GatedTx } from '../database/gate.ts';
import type { DatasetDb } from '../database/handle.ts';
import { LetheError } from '../errors.ts';
import { identityTypes } from '../identities/identity.ts';
import { findIdentitiesByValue, type IdentityRow } from '../identities/identity-sql.ts';
import { doomedAmong } from '../profiles/doomed-sql.ts';
import { lockProfiles } from '../profiles/figures-sql.ts';
import { profileNoOf } from '../profiles/profile.ts';
import { refuseWhileDeleting, unknownSegment } from './segment.ts';
import { findSegment, type SegmentRow } from './segment-sql.ts';

/** Most users that one call may name: all of them are changed in one transaction. */
export const idsPerCallMax = 10_000;

export type Outcome = 'added' | 'alreadyIn' | 'removed' | 'notIn' | 'unknown';

export interface ListChange {
  /** In the order in which the users were named. */
  items: { id: string; outcome: Outcome }[];
  /** How many users the list has now. */
  users: number;
}

/** The list with this id, if its users may be changed. Throws `segment.unknown`, `segment.not_a_list`, `segment.deleting`. */
export async function findList(tx: GatedTx, id: string): Promise<SegmentRow> {
  const segment = await findSegment(tx, id);
  if (!segment) throw unknownSegment();
  if (segment.kind === 'rule') {
    throw new LetheError(
      'conflict',
      'segment.not_a_list',
      'The users of a rule-based segment follow from its rule; only those of a manual segment or a subscriber list are named.',
    );
  }
  refuseWhileDeleting(segment);
  return segment;
}

/** Nobody joins a disabled list; users may still be taken out of it. Throws `segment.disabled`. */
export function refuseIfDisabled(segment: SegmentRow): void {
  if (segment.enabled) return;
  throw new LetheError('conflict', 'segment.disabled', 'This list is disabled, so nobody joins it. Enable it first.');
}

/**
 * The profiles that these texts name: by Lethe's own id, or by the value of an identity of whatever type, in the order of a
 * look-up. A text that names nobody has no entry.
 */
export async function resolveUsers(ds: DatasetDb, ids: readonly string[]): Promise<Map<string, number>> {
  const byId = new Map<string, number>();
  const values = new Map<string, string[]>();
  for (const id of new Set(ids)) {
    const no = profileNoOf(id);
    if (no !== undefined) byId.set(id, no);
    else values.set(id, [...new Set([id.trim(), id.trim().toLowerCase()])]);
  }
  if (values.size === 0) return byId;
  const found = new Map<string, IdentityRow[]>();
  for (const row of await findIdentitiesByValue(ds, [...new Set([...values.values()].flat())])) {
    found.set(row.value, [...(found.get(row.value) ?? []), row]);
  }
  for (const [id, [value = '', lowerCase = value]] of values) {
    const exact = found.get(value) ?? [];
    const addresses = (found.get(lowerCase) ?? []).filter((row) => row.type === 'email');
    const first = [...exact, ...addresses].sort(byLookUpOrder)[0];
    if (first) byId.set(id, first.profileId);
  }
  return byId;
}

function byLookUpOrder(a: IdentityRow, b: IdentityRow): number {
  const rank = ({ type }: IdentityRow) => {
    const position = (identityTypes as readonly string[]).indexOf(type);
    return position < 0 ? identityTypes.length : position;
  };
  return rank(a) - rank(b) || (a.type < b.type ? -1 : a.type > b.type ? 1 : 0);
}

/** Locks those of the profiles that are there, in order of id, and answers them without those that are about to be deleted. */
export async function lockLivingProfiles(tx: GatedTx, profileIds: Iterable<number>): Promise<Set<number>> {
  const living = new Set(await lockProfiles(tx, [...new Set(profileIds)]));
  for (const id of await doomedAmong(tx, [...living])) living.delete(id);
  return living;
}
