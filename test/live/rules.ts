import fc from 'fast-check';
import { parseRule } from '../../src/segments/parse-rule.ts';
import type { Rule } from '../../src/segments/rule.ts';
import { ruleArbitrary } from '../random-rules.ts';
import type { Random } from '../story/random.ts';

/** Random rules about what messages bring, other segments and imports. */
export class Rules {
  readonly #drawn: readonly Rule[];

  constructor(seed: number, now: Date) {
    this.#drawn = fc.sample(ruleArbitrary(now, 2).filter(isAccepted), { numRuns: 24, seed });
  }

  /** The generator names segments and imports that are not here; one of these takes the place of each. */
  draw(random: Random, segments: readonly string[], imports: readonly string[]): Rule {
    const fitting = (rule: Rule): Rule => {
      if ('all' in rule) return { all: rule.all.map(fitting) };
      if ('any' in rule) return { any: rule.any.map(fitting) };
      if ('not' in rule) return { not: fitting(rule.not) };
      if ('segment' in rule)
        return segments.length > 0 ? { ...rule, segment: random.of(segments) } : { anonymous: rule.member };
      if ('import' in rule)
        return imports.length > 0 ? { ...rule, import: random.of(imports) } : { anonymous: rule.created };
      return rule;
    };
    if (segments.length > 0 && random.chance(0.3)) {
      const nested: Rule = { segment: random.of(segments), member: random.chance(0.6) };
      const other = fitting(random.of(this.#drawn));
      return random.chance(0.5) ? { all: [nested, other] } : { any: [nested, other] };
    }
    if (random.chance(0.3)) return random.of([...simple, ...clockRules]);
    return fitting(random.of(this.#drawn));
  }
}

/** Rules that some match and some do not, whatever was drawn. */
const simple: readonly Rule[] = [
  { action: '*', did: true, atLeast: 2 },
  { action: '*', did: true, atLeast: 4 },
  { orders: 'value', is: 'atLeast', value: 50 },
  { visits: 'count', is: 'atLeast', value: 3 },
  { identity: 'customerId', present: true },
  { identity: 'email', present: true },
  { anonymous: true },
  { attribute: 'country', is: 'anyValue' },
];

/** Of these some let people in as time passes, and some let them out. */
export const clockRules: readonly Rule[] = [
  { action: '*', did: true, within: { days: 1 } },
  { action: '*', did: true, atLeast: 2, within: { days: 7 } },
  { orders: 'count', is: 'atLeast', value: 1, within: { days: 2 } },
  { lastAction: '*', moreThanDaysAgo: 1, orNever: true },
  { visits: 'lastActivity', is: 'inTheLast', days: 1 },
  { visits: 'firstActivity', is: 'today' },
];

/** A period drawn by chance may end before it begins, which a segment's rule may not. */
function isAccepted(rule: Rule): boolean {
  try {
    parseRule(rule);
    return true;
  } catch {
    return false;
  }
}

/** Whether who matches depends on when it is asked. */
export function looksAtTheClock(rule: Rule): boolean {
  return /"(days|moreThanDaysAgo|lessThanDaysAgo)":|"is":"today"/.test(JSON.stringify(rule));
}

/** Every segment that a rule names. */
export function nestedIn(rule: Rule): string[] {
  if ('all' in rule) return rule.all.flatMap(nestedIn);
  if ('any' in rule) return rule.any.flatMap(nestedIn);
  if ('not' in rule) return nestedIn(rule.not);
  return 'segment' in rule ? [rule.segment] : [];
}
