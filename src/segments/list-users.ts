import type { GatedTx } from '../database/gate.ts';
import { backToSavepoint, setSavepoint } from '../database/savepoint-sql.ts';
import { LetheError } from '../errors.ts';
import { doomedAmong } from '../profiles/doomed-sql.ts';
import { lockProfiles } from '../profiles/figures-sql.ts';
import { lookUpUsers } from '../profiles/look-up.ts';
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

export interface NamedUsers {
  /** The profile that each text names, for those that name one. */
  profileOf: ReadonlyMap<string, number>;
  /** Those of them that are there and not about to be deleted; locked. */
  living: ReadonlySet<number>;
}

/** More would mean that the same users are merged again and again. */
const roundsMax = 3;

/**
 * Finds and locks the users whom these texts name. Whoever was merged away, or came back on a fresh profile, after their name was
 * looked up is looked up again. `known`: what was found before.
 */
export async function lockNamedUsers(
  tx: GatedTx,
  texts: readonly string[],
  known?: ReadonlyMap<string, number>,
): Promise<NamedUsers> {
  const profileOf = new Map(known ?? (await lookUpUsers(tx, texts)));
  await setSavepoint(tx, 'unlocked');
  for (let round = 1; ; round++) {
    const living = await lockLivingProfiles(tx, profileOf.values());
    const missing = [...profileOf].filter(([, id]) => !living.has(id)).map(([text]) => text);
    if (missing.length === 0 || round === roundsMax) return { profileOf, living };
    const moved = [...(await lookUpUsers(tx, missing))].filter(([text, id]) => profileOf.get(text) !== id);
    if (moved.length === 0) return { profileOf, living };
    for (const [text, id] of moved) profileOf.set(text, id);
    // The locks of those would be out of order.
    await backToSavepoint(tx, 'unlocked');
  }
}

/**
 * Locks those of the profiles that are there, in order of id, and answers them. Those that are about to be deleted are left out
 * before: waiting for a step that deletes them would take long, and might be a deadlock.
 */
async function lockLivingProfiles(tx: GatedTx, profileIds: Iterable<number>): Promise<Set<number>> {
  const ids = [...new Set(profileIds)];
  const doomed = new Set(ids.length > 0 ? await doomedAmong(tx, ids) : []);
  return new Set(
    await lockProfiles(
      tx,
      ids.filter((id) => !doomed.has(id)),
    ),
  );
}
