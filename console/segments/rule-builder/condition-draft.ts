import { asText, asTyped, type ComparisonDraft, comparisonOf, newComparison } from './comparison-draft.ts';
import { type Json, sameJson } from './written.ts';
import { writtenCondition } from './written-condition.ts';

/** Names of actions; `*` alone is whatever it was. */
export interface ActionsDraft {
  names: string[];
  /** One name, said as a list of one. */
  listed: boolean;
}

export interface PeriodDraft {
  form: 'always' | 'days' | 'range';
  days: string;
  /** From (in) and to (out); one of them is enough. */
  range: [string, string];
}

export interface PropertyDraft {
  /** Tells it from its neighbours while one edits. */
  id: string;
  property: string;
  asked: ComparisonDraft;
}

/** A condition as it is being said: texts as they were typed, complete or not. */
export type ConditionDraft =
  | { of: 'everyone' }
  | { of: 'attribute'; name: string; asked: ComparisonDraft }
  | {
      of: 'action';
      actions: ActionsDraft;
      did: boolean;
      times: string;
      /** `"atLeast": 1` came written out, though it says nothing. */
      onceSaid: boolean;
      within: PeriodDraft;
      where: PropertyDraft[];
    }
  | {
      of: 'lastAction';
      actions: ActionsDraft;
      recency: 'moreThanDaysAgo' | 'lessThanDaysAgo';
      days: string;
      /** Undefined is not said, which means no. */
      orNever: boolean | undefined;
      where: PropertyDraft[];
    }
  | { of: 'orders'; figure: 'count' | 'value' | 'firstAt' | 'lastAt'; asked: ComparisonDraft; within: PeriodDraft }
  | { of: 'visits'; figure: 'count' | 'firstActivity' | 'lastActivity'; asked: ComparisonDraft }
  | { of: 'profile'; asked: ComparisonDraft }
  | { of: 'import'; import: string; created: boolean }
  | { of: 'anonymous'; anonymous: boolean }
  | { of: 'identity'; type: string; present: boolean | undefined; asked: ComparisonDraft }
  | { of: 'segment'; segment: string; member: boolean }
  | { of: 'sample'; from: string; to: string }
  /** What is none of these, kept as it came. */
  | { of: 'json'; json: Json };

export type ConditionKind = ConditionDraft['of'];
export type Fields = Readonly<Record<string, unknown>>;

let lastId = 0;
/** Names an entry of a draft for as long as the page is open. */
export function newId(): string {
  lastId += 1;
  return `e${lastId}`;
}

export const always: PeriodDraft = { form: 'always', days: '', range: ['', ''] };

/** A condition with its values as one would type them. What could not be written again exactly as it came is kept as JSON. */
export function conditionDraftOf(json: Json): ConditionDraft {
  const read = isFields(json) ? readCondition(json) : undefined;
  return read && sameJson(writtenCondition(read, []), json) ? read : { of: 'json', json };
}

function readCondition(json: Fields): ConditionDraft | undefined {
  const asked = comparisonOf(json);
  if ('everyone' in json) return { of: 'everyone' };
  if ('attribute' in json) return asked && { of: 'attribute', name: asText(json.attribute), asked };
  if ('action' in json) return readAction(json);
  if ('lastAction' in json) return readLastAction(json);
  if ('orders' in json) return asked && readOrders(json, asked);
  if ('visits' in json) return asked && { of: 'visits', figure: json.visits as 'count', asked };
  if ('profile' in json) return asked && { of: 'profile', asked };
  if ('import' in json) return { of: 'import', import: asText(json.import), created: json.created === true };
  if ('anonymous' in json) return { of: 'anonymous', anonymous: json.anonymous === true };
  if ('identity' in json) return readIdentity(json, asked);
  if ('segment' in json) return { of: 'segment', segment: asText(json.segment), member: json.member === true };
  if ('sample' in json && isFields(json.sample))
    return { of: 'sample', from: asTyped(json.sample.from), to: asTyped(json.sample.to) };
  return undefined;
}

function readAction(json: Fields): ConditionDraft {
  return {
    of: 'action',
    actions: readActions(json.action),
    did: json.did === true,
    times: 'atLeast' in json ? asTyped(json.atLeast) : '1',
    onceSaid: json.atLeast === 1,
    within: readPeriod(json.within),
    where: readWhere(json.where),
  };
}

function readLastAction(json: Fields): ConditionDraft {
  const recency = 'lessThanDaysAgo' in json ? 'lessThanDaysAgo' : 'moreThanDaysAgo';
  return {
    of: 'lastAction',
    actions: readActions(json.lastAction),
    recency,
    days: asTyped(json[recency]),
    orNever: typeof json.orNever === 'boolean' ? json.orNever : undefined,
    where: readWhere(json.where),
  };
}

function readOrders(json: Fields, asked: ComparisonDraft): ConditionDraft {
  return { of: 'orders', figure: json.orders as 'count', asked, within: readPeriod(json.within) };
}

function readIdentity(json: Fields, asked: ComparisonDraft | undefined): ConditionDraft {
  const present = typeof json.present === 'boolean' ? json.present : undefined;
  return { of: 'identity', type: asText(json.identity), present, asked: asked ?? newComparison('equals') };
}

function readActions(json: unknown): ActionsDraft {
  const names = (Array.isArray(json) ? json : [json]).filter((name) => typeof name === 'string');
  return { names, listed: Array.isArray(json) && names.length === 1 };
}

function readPeriod(json: unknown): PeriodDraft {
  if (!isFields(json)) return always;
  if ('days' in json) return { ...always, form: 'days', days: asTyped(json.days) };
  return { ...always, form: 'range', range: [asText(json.from), asText(json.to)] };
}

function readWhere(json: unknown): PropertyDraft[] {
  const lines = Array.isArray(json) ? json.filter(isFields) : [];
  return lines.flatMap((line) => {
    const asked = comparisonOf(line);
    return asked ? [{ id: newId(), property: asText(line.property), asked }] : [];
  });
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
