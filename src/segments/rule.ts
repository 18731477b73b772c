import { createHash } from 'node:crypto';

/**
 * The rule of a rule-based segment, as it is sent, stored and answered: a group or a condition. predicate-sql.ts says what each
 * line means, parse-rule.ts lets through only what is one; `Rule` is what it has let through.
 */
export type Rule = Group | Condition;
export type Group = { all: Rule[] } | { any: Rule[] } | { not: Rule };

export type Condition =
  | { everyone: true }
  | ({ attribute: string } & Comparison)
  | ActionCondition
  | LastActionCondition
  | OrdersCondition
  | VisitsCondition
  | ({ profile: 'createdAt' } & DateComparison)
  | { import: string; created: boolean }
  | { anonymous: boolean }
  | { identity: string; present: boolean }
  | ({ identity: string } & TextComparison)
  | { segment: string; member: boolean }
  | { sample: { from: number; to: number } };

export interface ActionCondition extends Occurrence {
  action: Actions;
  did: boolean;
  atLeast?: number;
  within?: Period;
}
export interface LastActionCondition extends Occurrence {
  lastAction: Actions;
  moreThanDaysAgo?: number;
  lessThanDaysAgo?: number;
  orNever?: boolean;
}
export type OrdersCondition =
  | ({ orders: 'count' | 'value'; within?: Period } & NumberComparison)
  | ({ orders: 'firstAt' | 'lastAt' } & DateComparison);
export type VisitsCondition =
  | ({ visits: 'count' } & NumberComparison)
  | ({ visits: 'firstActivity' | 'lastActivity' } & DateComparison);

/** A name, any of several names, or `*` for whatever it was. */
export type Actions = string | string[];
/** The last n x 24 hours, or from a day or moment (in) to another (out). */
export type Period = { days: number } | { from?: string; to?: string };

interface Occurrence {
  /** All of them hold for one and the same event. */
  where?: PropertyCondition[];
}
export type PropertyCondition = { property: string } & Comparison;

/** What is asked of one value. `between` belongs to numbers or to dates; its own values say to which. */
export type Comparison =
  | TextComparison
  | NumberComparison
  | DateComparison
  | { is: 'true' | 'false' }
  | { is: 'includesAny' | 'includesAll' | 'includesNone'; value: string[] };

export type TextComparison =
  | { is: 'equals' | 'doesNotEqual'; value: string | string[] }
  | { is: 'contains' | 'doesNotContain'; value: string }
  | PresenceComparison;

export type NumberComparison =
  | { is: 'equalTo' | 'atLeast' | 'atMost'; value: number }
  | { is: 'between'; value: [low: number, high: number] };

export type DateComparison =
  | { is: 'today' }
  | { is: 'inTheLast' | 'moreThanDaysAgo'; days: number }
  | { is: 'onOrAfter' | 'onOrBefore'; value: string }
  | { is: 'between'; value: [from: string, to: string] }
  | PresenceComparison;

export type PresenceComparison = { is: 'anyValue' | 'noValue' };

/** Groups within groups; a condition by itself is on no level. */
export const ruleLevelsMax = 8;
export const ruleConditionsMax = 200;

/** Every condition of a rule, in the order in which they stand. */
export function conditionsOf(rule: Rule): Condition[] {
  if ('all' in rule) return rule.all.flatMap(conditionsOf);
  if ('any' in rule) return rule.any.flatMap(conditionsOf);
  if ('not' in rule) return conditionsOf(rule.not);
  return [rule];
}

/** The ids of the segments that a rule asks for, each once. */
export function segmentsUsedBy(rule: Rule): string[] {
  return [...new Set(conditionsOf(rule).flatMap((condition) => ('segment' in condition ? [condition.segment] : [])))];
}

/** The ids of the imports that a rule asks for, each once. */
export function importsUsedBy(rule: Rule): string[] {
  return [...new Set(conditionsOf(rule).flatMap((condition) => ('import' in condition ? [condition.import] : [])))];
}

/** Whether time alone lets users in or out. (The clock of a nested segment is that segment's own.) */
export function looksAtClock(rule: Rule): boolean {
  return conditionsOf(rule).some((condition) => {
    if ('lastAction' in condition) return true;
    if ('within' in condition && condition.within && 'days' in condition.within) return true;
    return comparedToNow(condition) || ('where' in condition && (condition.where ?? []).some(comparedToNow));
  });
}

/** Whether an operator means a stretch of time that ends now. */
export function comparedToNow(asked: object): boolean {
  return 'is' in asked && ['today', 'inTheLast', 'moreThanDaysAgo'].includes(String(asked.is));
}

/**
 * Names a rule's content, whatever the order of its keys: SHA-256 over its canonical JSON (RFC 8785). A list has no rule; its
 * digest is that of `null`.
 */
export function ruleDigest(rule: Rule | null): string {
  return `sha256:${createHash('sha256').update(canonicalJson(rule)).digest('hex')}`;
}

/** The same text for the same content, whatever the order of its keys: RFC 8785. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`;
}
