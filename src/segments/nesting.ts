import { parseRule } from './parse-rule.ts';
import { conditionsOf, type Rule, ruleConditionsMax, segmentsUsedBy } from './rule.ts';
import { isEvaluated } from './segment.ts';
import type { SegmentRow } from './segment-sql.ts';

const parsedRulesMax = 5_000;
const parsedRules = new Map<string, Rule>();

/** The rule of a stored segment. Parsed once for each text: the same rules are asked with every batch of events. */
export function ruleOf(segment: { rule: string | null }): Rule {
  const text = segment.rule ?? 'null';
  let rule = parsedRules.get(text);
  if (!rule) {
    rule = parseRule(JSON.parse(text));
    if (parsedRules.size >= parsedRulesMax) parsedRules.clear();
    parsedRules.set(text, rule);
  }
  return rule;
}

/** The ids of the segments that a segment's rule names; of a list, none. */
export function nestedIn(segment: { rule: string | null }): string[] {
  return segment.rule === null ? [] : segmentsUsedBy(ruleOf(segment));
}

/** The evaluated segments whose users depend on those of the segment with this id, through any number of levels. */
export function dependentsOf(segmentId: string, segments: readonly SegmentRow[]): SegmentRow[] {
  const dependents = new Map<string, SegmentRow>();
  const evaluated = segments.filter(isEvaluated);
  const follow = (id: string) => {
    for (const segment of evaluated) {
      // A disabled segment between two others keeps its users, so nothing passes through it.
      if (dependents.has(segment.id) || !nestedIn(segment).includes(id)) continue;
      dependents.set(segment.id, segment);
      follow(segment.id);
    }
  };
  follow(segmentId);
  return [...dependents.values()];
}

/** A segment with the rule that it is evaluated by. */
export interface NestingRule {
  segment: SegmentRow;
  rule: Rule;
}

/**
 * These segments, each with the rules of those that it nests written in their place: where all are evaluated together, who is in a
 * segment is who matches its rule, and nobody has to wait for its users. One that is being computed stays: its users are those of
 * the set before. So does one by which a rule would become larger than rules may be.
 */
export function withNestedRules(segments: readonly SegmentRow[]): NestingRule[] {
  const byId = new Map(segments.map((segment) => [segment.id, segment]));
  const rules = new Map<string, Rule>();
  const expanded = (segment: SegmentRow): Rule => {
    const known = rules.get(segment.id);
    if (known) return known;
    const rule = ruleOf(segment);
    const whole = replaceNested(rule, (id) => {
      const nested = byId.get(id);
      return nested && nested.nextSetNo === null ? expanded(nested) : undefined;
    });
    const used = conditionsOf(whole).length <= ruleConditionsMax ? whole : rule;
    rules.set(segment.id, used);
    return used;
  };
  return segments.map((segment) => ({ segment, rule: expanded(segment) }));
}

function replaceNested(rule: Rule, ruleOfNested: (id: string) => Rule | undefined): Rule {
  const replaced = (one: Rule) => replaceNested(one, ruleOfNested);
  if ('all' in rule) return { all: rule.all.map(replaced) };
  if ('any' in rule) return { any: rule.any.map(replaced) };
  if ('not' in rule) return { not: replaced(rule.not) };
  const nested = 'segment' in rule ? ruleOfNested(rule.segment) : undefined;
  if (!nested || !('segment' in rule)) return rule;
  return rule.member ? nested : { not: nested };
}

/** The segments level by level: whoever names others of them in its rule comes after all of those. */
export function inLevels(segments: readonly NestingRule[]): NestingRule[][] {
  const byId = new Map(segments.map((one) => [one.segment.id, one]));
  const levelById = new Map<string, number>();
  const levelOf = ({ segment, rule }: NestingRule): number => {
    const known = levelById.get(segment.id);
    if (known !== undefined) return known;
    const nested = segmentsUsedBy(rule).flatMap((id) => byId.get(id) ?? []);
    const level = nested.length === 0 ? 0 : 1 + Math.max(...nested.map(levelOf));
    levelById.set(segment.id, level);
    return level;
  };
  const levels: NestingRule[][] = [];
  for (const one of segments) {
    const level = levelOf(one);
    levels[level] = [...(levels[level] ?? []), one];
  }
  return levels;
}

/** Whether a segment with this rule would depend on itself. The rules of disabled segments count: they may be enabled. */
export function closesCycle(segmentId: string, rule: Rule, segments: readonly SegmentRow[]): boolean {
  const byId = new Map(segments.map((segment) => [segment.id, segment]));
  const seen = new Set<string>();
  const reaches = (ids: readonly string[]): boolean =>
    ids.some((id) => {
      if (id === segmentId) return true;
      const segment = byId.get(id);
      if (seen.has(id) || !segment) return false;
      seen.add(id);
      return reaches(nestedIn(segment));
    });
  return reaches(segmentsUsedBy(rule));
}
