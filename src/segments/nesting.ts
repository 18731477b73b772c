import { parseRule } from './parse-rule.ts';
import { type Rule, segmentsUsedBy } from './rule.ts';
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

/** The segments level by level: whoever nests others of them comes after all of those. */
export function inLevels(segments: readonly SegmentRow[]): SegmentRow[][] {
  const byId = new Map(segments.map((segment) => [segment.id, segment]));
  const levelById = new Map<string, number>();
  const levelOf = (segment: SegmentRow): number => {
    const known = levelById.get(segment.id);
    if (known !== undefined) return known;
    const nested = nestedIn(segment).flatMap((id) => byId.get(id) ?? []);
    const level = nested.length === 0 ? 0 : 1 + Math.max(...nested.map(levelOf));
    levelById.set(segment.id, level);
    return level;
  };
  const levels: SegmentRow[][] = [];
  for (const segment of segments) {
    const level = levelOf(segment);
    levels[level] = [...(levels[level] ?? []), segment];
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
