import type { GatedTx } from '../database/gate.ts';
import { LetheError } from '../errors.ts';
import { doomedAmong } from '../profiles/doomed-sql.ts';
import { lockProfiles } from '../profiles/figures-sql.ts';
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

/** Locks those of the profiles that are there, in order of id, and answers them without those that are about to be deleted. */
export async function lockLivingProfiles(tx: GatedTx, profileIds: Iterable<number>): Promise<Set<number>> {
  const living = new Set(await lockProfiles(tx, [...new Set(profileIds)]));
  for (const id of await doomedAmong(tx, [...living])) living.delete(id);
  return living;
}
