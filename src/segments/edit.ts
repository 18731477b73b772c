import { recordAudit } from '../audit/record.ts';
import { type ExclusiveTx, withExclusiveGate } from '../database/gate.ts';
import type { DatasetDb } from '../database/handle.ts';
import { abandonComputation, beginComputations } from './compute.ts';
import { type Asked, refuseRule } from './create.ts';
import { checkRuleLimit, type SegmentLimits } from './limits.ts';
import { ruleOf } from './nesting.ts';
import { parseRule } from './parse-rule.ts';
import { checkReferences } from './references.ts';
import { ruleDigest } from './rule.ts';
import { changedBy, refuseWhileDeleting, unknownSegment } from './segment.ts';
import { findSegment, type SegmentRow, updateSegment } from './segment-sql.ts';

/** What is to be changed; what is left out stays. */
export interface SegmentEdit {
  name?: string | undefined;
  /** `null` takes it out of its folder. */
  folder?: string | null | undefined;
  rule?: unknown;
  enabled?: boolean | undefined;
}

/**
 * Renames a segment, puts it into a folder, gives it another rule, enables or disables it. An enabled rule-based segment is computed anew when its rule
 * has changed or it has just been enabled; what it held stays in force meanwhile. A disabled one keeps its users as they are.
 *
 * Throws `segment.unknown`, `segment.deleting`, `rule.…`, `segment.rule_unexpected`, `segment.limit`.
 */
export async function editSegment(
  ds: DatasetDb,
  id: string,
  edit: SegmentEdit,
  { actor, now, limits }: Asked & { limits: SegmentLimits },
): Promise<void> {
  await withExclusiveGate(ds.dataset, ds.db, async (tx) => {
    const before = await findSegment(tx, id);
    if (!before) throw unknownSegment();
    refuseWhileDeleting(before);
    const after = {
      name: edit.name ?? before.name,
      folder: edit.folder === undefined ? before.folder : edit.folder,
      rule: await ruleAfter(tx, before, edit),
      enabled: edit.enabled ?? before.enabled,
    };
    const isEnabled = after.enabled && !before.enabled;
    if (isEnabled && before.kind === 'rule') await checkRuleLimit(tx, limits);
    const ruleChanged = digestOf(after) !== digestOf(before);
    const newGeneration = ruleChanged || after.enabled !== before.enabled;
    await updateSegment(tx, before.no, { ...after, newGeneration, by: changedBy(actor), now });
    await recordAudit(tx.db, {
      actor,
      action: 'segment.changed',
      dataset: tx.dataset,
      object: { kind: 'segment', id },
      before: summaryOf(before),
      after: summaryOf(after),
      at: now,
    });
    if (before.state === 'computing' && !after.enabled) await abandonComputation(tx, before, now);
    else if (before.kind === 'rule' && after.enabled && newGeneration) await beginComputations(tx, [before], now);
  });
}

/** The rule as it was sent, checked; the one before when none was sent. */
async function ruleAfter(tx: ExclusiveTx, segment: SegmentRow, { rule }: SegmentEdit): Promise<string | null> {
  if (rule === undefined) return segment.rule;
  if (segment.kind !== 'rule') return refuseRule(rule);
  await checkReferences(tx, parseRule(rule), segment.id);
  return JSON.stringify(rule);
}

function digestOf(segment: { rule: string | null }): string {
  return ruleDigest(segment.rule === null ? null : ruleOf(segment));
}

/** For the audit, which quotes no rule: a rule may name a user's address. */
function summaryOf(segment: Pick<SegmentRow, 'name' | 'folder' | 'enabled' | 'rule'>) {
  return { name: segment.name, folder: segment.folder, enabled: segment.enabled, ruleDigest: digestOf(segment) };
}
