import type { Actor } from '../access/permissions.ts';
import { recordAudit } from '../audit/record.ts';
import { type ExclusiveTx, withExclusiveGate } from '../database/gate.ts';
import type { DatasetDb } from '../database/handle.ts';
import { LetheError } from '../errors.ts';
import { newId } from '../ids.ts';
import { beginComputations } from './compute.ts';
import { checkRuleLimit, type SegmentLimits } from './limits.ts';
import { parseRule } from './parse-rule.ts';
import { checkReferences } from './references.ts';
import { ruleDigest } from './rule.ts';
import { changedBy, type SegmentKind } from './segment.ts';
import { countSegments, insertSegment, type SegmentRow } from './segment-sql.ts';

export interface NewSegment {
  name: string;
  /** None when left out. */
  folder?: string | null | undefined;
  kind: SegmentKind;
  /** Of a rule-based segment, as it was sent. */
  rule?: unknown;
}

/** Who asks for a change, and when. */
export interface Asked {
  actor: Actor;
  now: Date;
}

/**
 * Creates a segment, enabled. A list is ready at once and empty; a rule-based one is computed over all history. Returns its id.
 * Two segments may have the same name.
 *
 * Throws `rule.…`, `segment.rule_unexpected`, `segment.limit`.
 */
export async function createSegment(
  ds: DatasetDb,
  { name, folder = null, kind, rule }: NewSegment,
  { actor, now, limits }: Asked & { limits: SegmentLimits },
): Promise<string> {
  const parsed = kind === 'rule' ? parseRule(rule) : refuseRule(rule);
  return withExclusiveGate(ds.dataset, ds.db, async (tx) => {
    if (parsed) await checkReferences(tx, parsed);
    await checkLimit(tx, kind, limits);
    const text = parsed ? JSON.stringify(rule) : null;
    const created = await insert(tx, { name, folder, kind, rule: text, by: changedBy(actor), now });
    await recordAudit(tx.db, {
      actor,
      action: 'segment.created',
      dataset: tx.dataset,
      object: { kind: 'segment', id: created.id },
      after: { name, folder, kind, enabled: true, ruleDigest: ruleDigest(parsed) },
      at: now,
    });
    if (parsed) await beginComputations(tx, [created], now);
    return created.id;
  });
}

/** Only a rule-based segment has a rule. */
export function refuseRule(rule: unknown): null {
  if (rule === undefined || rule === null) return null;
  const detail =
    'A manual segment and a subscriber list have no rule; leave "rule" out, or make the segment of kind "rule".';
  throw new LetheError('unacceptable', 'segment.rule_unexpected', detail, {
    errors: [{ field: 'rule', code: 'segment.rule_unexpected', detail }],
  });
}

async function checkLimit(tx: ExclusiveTx, kind: SegmentKind, limits: SegmentLimits): Promise<void> {
  if (kind === 'rule') return checkRuleLimit(tx, limits);
  const { lists } = await countSegments(tx);
  if (lists < limits.lists) return;
  throw new LetheError(
    'conflict',
    'segment.limit',
    `This dataset has ${lists} manual segments and subscriber lists, the most it may have (LETHE_LIST_SEGMENTS_MAX). Delete one first.`,
  );
}

async function insert(tx: ExclusiveTx, segment: Omit<Parameters<typeof insertSegment>[1], 'id'>): Promise<SegmentRow> {
  for (;;) {
    const created = await insertSegment(tx, { ...segment, id: newId(5) });
    if (created) return created;
  }
}
