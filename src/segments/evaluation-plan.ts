import type { GatedTx } from '../database/gate.ts';
import { schemaOf } from '../database/handle.ts';
import { type Pass, passesFor } from './evaluation-pass-sql.ts';
import { dependentsOf, inLevels, withNestedRules } from './nesting.ts';
import { readReferences } from './references.ts';
import { isEvaluated } from './segment.ts';
import { digestSegments, listRuleSegments, type SegmentRow } from './segment-sql.ts';

/** How some of the segments of a dataset are evaluated: level by level, since a level reads what the one before has changed. */
export type EvaluationPlan = readonly EvaluationLevel[];

export interface EvaluationLevel {
  segments: readonly EvaluatedSegment[];
  passes: readonly Pass[];
}

export interface EvaluatedSegment {
  no: number;
  /** The set that is evaluated: the one in force, or the one that is being computed. */
  setNo: number;
  inForce: boolean;
}

const plansMax = 100;
/** By what they were made from; the one used last at the end. */
const plans = new Map<string, EvaluationPlan>();

/**
 * The plan for every enabled rule-based segment, or for those that depend on the segment `nesting`. Kept by the content of all
 * segments, which is read each time behind the gate: whatever changes one of them gives another plan.
 */
export async function planEvaluation(tx: GatedTx, nesting?: string): Promise<EvaluationPlan> {
  const key = [schemaOf(tx.dataset), nesting ?? '', await digestSegments(tx)].join(' ');
  const plan = plans.get(key) ?? (await makePlan(tx, nesting));
  plans.delete(key);
  plans.set(key, plan);
  const [oldest] = plans.keys();
  if (plans.size > plansMax && oldest !== undefined) plans.delete(oldest);
  return plan;
}

async function makePlan(tx: GatedTx, nesting: string | undefined): Promise<EvaluationPlan> {
  const all = await listRuleSegments(tx);
  const segments = nesting === undefined ? all.filter(isEvaluated) : dependentsOf(nesting, all);
  const evaluated = withNestedRules(segments);
  const context = {
    ds: tx,
    ...(await readReferences(
      tx,
      evaluated.map(({ rule }) => rule),
    )),
  };
  return inLevels(evaluated).map((level) => ({
    segments: level.map(({ segment }) => ({
      no: segment.no,
      setNo: evaluatedSetNo(segment),
      inForce: segment.nextSetNo === null,
    })),
    passes: passesFor(
      level.map(({ segment, rule }) => ({ setNo: evaluatedSetNo(segment), rule })),
      context,
    ),
  }));
}

function evaluatedSetNo(segment: SegmentRow): number {
  return segment.nextSetNo ?? segment.setNo;
}
