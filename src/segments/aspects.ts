import { type Condition, conditionsOf, type Rule } from './rule.ts';

/**
 * What rules look at about a profile, and what messages change about it, in the same words. A rule that looks at nothing that was
 * changed holds for as long as it held before, but for time, which is the clock's. Who is in other segments is not said here.
 */
export type Aspects = ReadonlySet<string>;

export const anyEvent = 'event';
export const anyOrder = 'order';
export const anyIdentity = 'identity';
export const anyImport = 'import';
export const aspectOfAction = (name: string) => `action ${name}`;
export const aspectOfAttribute = (name: string) => `attribute ${name}`;

/** What a rule looks at; undefined when other segments, which may have changed as well, are a part of it. */
export function aspectsOf(rule: Rule): Aspects | undefined {
  const conditions = conditionsOf(rule);
  if (conditions.some((condition) => 'segment' in condition)) return undefined;
  return new Set(conditions.flatMap(aspectsOfCondition));
}

function aspectsOfCondition(asked: Condition): string[] {
  if ('attribute' in asked) return [aspectOfAttribute(asked.attribute)];
  if ('action' in asked) return aspectsOfActions(asked.action);
  if ('lastAction' in asked) return aspectsOfActions(asked.lastAction);
  if ('orders' in asked) return [anyOrder];
  if ('visits' in asked) return [anyEvent];
  if ('import' in asked) return [anyImport];
  if ('anonymous' in asked || 'identity' in asked) return [anyIdentity];
  // Everybody, the moment of creation and the place in all samples stay what they are.
  return [];
}

function aspectsOfActions(actions: string | readonly string[]): string[] {
  if (actions === '*') return [anyEvent];
  return typeof actions === 'string' ? [aspectOfAction(actions)] : actions.map(aspectOfAction);
}
