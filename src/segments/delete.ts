import { recordAudit } from '../audit/record.ts';
import { withExclusiveGate } from '../database/gate.ts';
import type { DatasetDb } from '../database/handle.ts';
import { LetheError } from '../errors.ts';
import { discardNextSets, discardSetsInForce } from './computation-sql.ts';
import type { Asked } from './create.ts';
import { refuseWhileDeleting, unknownSegment } from './segment.ts';
import { deleteSegmentRows, findSegment } from './segment-sql.ts';
import { findUses } from './segment-uses.ts';

/**
 * Deletes a segment; its users stay, their memberships in it go. The history of its bulk deletions stays.
 *
 * Throws `segment.unknown`, `segment.deleting`, `segment.in_use`.
 */
export async function deleteSegment(ds: DatasetDb, id: string, { actor, now }: Asked): Promise<void> {
  await withExclusiveGate(ds.dataset, ds.db, async (tx) => {
    const segment = await findSegment(tx, id);
    if (!segment) throw unknownSegment();
    refuseWhileDeleting(segment);
    const usedBy = await findUses(tx, id);
    if (usedBy.length > 0) {
      const names = usedBy.map((use) => `${use.kind} "${use.name}"`).join(', ');
      const detail = `The segment is used by ${names}. Change or delete what uses it first.`;
      throw new LetheError('conflict', 'segment.in_use', detail, { members: { usedBy } });
    }
    await discardNextSets(tx, [segment.no], now);
    await discardSetsInForce(tx, [segment.no], now);
    await deleteSegmentRows(tx, segment.no);
    await recordAudit(tx.db, {
      actor,
      action: 'segment.deleted',
      dataset: tx.dataset,
      object: { kind: 'segment', id },
      before: { name: segment.name, kind: segment.kind, enabled: segment.enabled },
      at: now,
    });
  });
}
