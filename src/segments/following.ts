import { withExclusiveGate, withSharedGate } from '../database/gate.ts';
import { type Dataset, type DatasetDb, on } from '../database/handle.ts';
import { newId } from '../ids.ts';
import type { Lethe } from '../lethe.ts';
import {
  clearChanges,
  clearReplacements,
  deleteFollowings,
  insertFollowing,
  markCleared,
  touchFollowing,
} from './following-sql.ts';
import { unknownSegment } from './segment.ts';
import { findSegment } from './segment-sql.ts';

/**
 * Sees to it that the changes of a segment are kept, from now on if they were not. Alone behind the gate: every writer from there on
 * knows of it, and none is under way who does not. Throws `segment.unknown`.
 */
export async function follow({ database, now, announce }: Lethe, dataset: Dataset, segmentId: string): Promise<void> {
  if (await touchFollowing(on(dataset, database.writes), segmentId, now())) return;
  await withExclusiveGate(dataset, database.starts, async (tx) => {
    const segment = await findSegment(tx, segmentId);
    if (!segment) throw unknownSegment();
    await insertFollowing(tx, segment.no, newId(12), now());
  });
  announce('segment.followed', { dataset: dataset.id, segment: segmentId });
}

/** Few enough that nobody waits for them. */
const changesPerStep = 10_000;

/**
 * Clears some of the changes that are older than `keptSince`, and stops keeping those of segments that nobody has read since then. A
 * new reader finds out by the id of the following, one who comes back too late by what is cleared.
 */
export async function clearOldChanges(ds: DatasetDb, keptSince: Date): Promise<'more' | 'finished'> {
  await deleteFollowings(ds, keptSince);
  for (let slice = 0; slice < ds.dataset.partitions; slice++) {
    const count = await withSharedGate(ds.dataset, ds.db, async (tx) => {
      const some = await clearChanges(tx, slice, keptSince, changesPerStep);
      if (some.cleared.length > 0) await markCleared(tx, some.cleared);
      return some.count;
    });
    if (count === changesPerStep) return 'more';
  }
  await withSharedGate(ds.dataset, ds.db, async (tx) => {
    const cleared = await clearReplacements(tx, keptSince);
    if (cleared.length > 0) await markCleared(tx, cleared);
  });
  return 'finished';
}
