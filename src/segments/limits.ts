import type { ExclusiveTx } from '../database/gate.ts';
import { LetheError } from '../errors.ts';
import type { Settings } from '../settings.ts';
import { countSegments } from './segment-sql.ts';

/** How many segments a dataset may have. */
export interface SegmentLimits {
  enabledRules: number;
  lists: number;
}

export function limitsOf(settings: Settings): SegmentLimits {
  return { enabledRules: settings.ruleSegmentsMax, lists: settings.listSegmentsMax };
}

/** Refuses one more enabled rule-based segment: each costs time with every event. Throws `segment.limit`. */
export async function checkRuleLimit(tx: ExclusiveTx, limits: SegmentLimits): Promise<void> {
  const { enabledRules } = await countSegments(tx);
  if (enabledRules < limits.enabledRules) return;
  throw new LetheError(
    'conflict',
    'segment.limit',
    `This dataset has ${enabledRules} enabled rule-based segments, the most it may have (LETHE_RULE_SEGMENTS_MAX). Disable one first.`,
  );
}
