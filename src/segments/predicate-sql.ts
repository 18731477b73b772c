import { type RawBuilder, sql } from 'kysely';
import { inPlace } from './figures-in-place-sql.ts';
import { didAction, lastActionHolds } from './predicate-action-sql.ts';
import { jsonHolds, momentHolds } from './predicate-comparison-sql.ts';
import { momentColumn, type PredicateContext, type Sources } from './predicate-context.ts';
import {
  identityHolds,
  identityPresent,
  importHolds,
  ordersHold,
  sampleHolds,
  segmentHolds,
  visitsHold,
} from './predicate-profile-sql.ts';
import type { Condition, Rule } from './rule.ts';

/**
 * A rule as one boolean expression over a row of the profile table named `p`: `SELECT … FROM ${ds.tables.profile} p WHERE
 * ${predicate(rule, context)}`. The preview of a rule and every membership come from it; counts, lists, exports and deletions read the
 * memberships, so they cannot disagree. It is true or false, never null, whatever odd data a profile holds, and it never throws on them. Throws `rule.invalid` when the
 * context lacks a segment or import that the rule names.
 *
 * What the words mean where the grammar leaves room:
 * - Absent is what is not there and what is JSON's null. It makes a condition false, except doesNotEqual, doesNotContain,
 *   includesNone and noValue. A value of another type than the operator's makes every one of them false, these too.
 * - Text is compared exactly, numbers as decimals. A list is a JSON list; entries that are no texts match nothing.
 * - A date is a text that is a day (its beginning, UTC) or an RFC 3339 moment (`lethe.moment_of`); other texts are none.
 * - "In the last n days" is after now - n x 24 h and not after now: what lies ahead is not in the last days. "More than n days
 *   ago" is before now - n x 24 h. A day in onOrAfter, onOrBefore and between counts whole, both ends in; a moment is itself.
 * - An action within n days is one after now - n x 24 h, also one whose own clock ran ahead of ours: somebody seen in the
 *   future is not somebody long gone. The same holds for orders within days and for lastAction.
 * - "At least n" of several actions counts them together. `did: false` is the negation of the same line with `did: true`.
 * - "a.b" in a property goes into objects only, not into lists. The name of an attribute is a plain name, dots and all.
 * - Without orders, their count and value are 0. Of several identities of a type, one that fits suffices; a negation asks
 *   that none fits.
 */
export function predicate(rule: Rule, context: PredicateContext): RawBuilder<boolean> {
  const sources = inPlace(context);
  return ruleHolds(rule, (condition) => conditionHolds(condition, sources));
}

/** A rule over the expressions of its conditions. */
export function ruleHolds(rule: Rule, holds: (condition: Condition) => RawBuilder<boolean>): RawBuilder<boolean> {
  const joined = (rules: Rule[], operator: RawBuilder<unknown>) =>
    sql<boolean>`(${sql.join(
      rules.map((one) => ruleHolds(one, holds)),
      operator,
    )})`;
  if ('all' in rule) return joined(rule.all, sql` AND `);
  if ('any' in rule) return joined(rule.any, sql` OR `);
  if ('not' in rule) return sql`(NOT ${ruleHolds(rule.not, holds)})`;
  return holds(rule);
}

/** One condition over a row `p` of the profile table and the figures of that profile. */
export function conditionHolds(asked: Condition, sources: Sources): RawBuilder<boolean> {
  if ('everyone' in asked) return sql`true`;
  if ('attribute' in asked) {
    return jsonHolds(sources.figures.attribute(asked.attribute), asked, sources);
  }
  if ('action' in asked) return didAction(asked, sources);
  if ('lastAction' in asked) return lastActionHolds(asked, sources);
  if ('orders' in asked) return ordersHold(asked, sources);
  if ('visits' in asked) return visitsHold(asked, sources);
  if ('profile' in asked) return momentHolds(momentColumn(sql`p.created_at`), asked, sources);
  if ('import' in asked) return importHolds(asked, sources);
  if ('anonymous' in asked) return asked.anonymous ? sql`(NOT p.named)` : sql`p.named`;
  if ('identity' in asked) {
    return 'present' in asked
      ? identityPresent(asked.identity, asked.present, sources)
      : identityHolds(asked.identity, asked, sources);
  }
  if ('segment' in asked) return segmentHolds(asked, sources);
  return sampleHolds(asked.sample, sources);
}
