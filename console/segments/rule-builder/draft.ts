import type { Rule } from '../../../src/segments/rule.ts';
import { type ConditionDraft, conditionDraftOf, isFields, newId } from './condition-draft.ts';
import { type Gap, type Json, type Missing, sameJson } from './written.ts';
import { writtenCondition } from './written-condition.ts';

/** Whether all, any or none of the entries of a group have to hold. */
export type Join = 'all' | 'any' | 'none';

/** A condition in its place. */
export interface DraftLine {
  id: string;
  condition: ConditionDraft;
}

export interface DraftGroup {
  id: string;
  join: Join;
  entries: DraftEntry[];
}

export type DraftEntry = DraftLine | DraftGroup;

/** A rule as it is being built: the outermost group, whose texts are as they were typed. */
export interface Draft extends DraftGroup {
  /** While it has one entry that has to hold, that entry is the rule, without a group around it. */
  plain: boolean;
}

/** Something that is missing, at which line or group of the draft. */
export interface MissingThere {
  entry: string;
  what: Missing;
}

/** A draft as JSON: with null for all that is missing; undefined while nothing is there. */
export interface WrittenDraft {
  json: Json | undefined;
  missing: MissingThere[];
  /** The entry that each place of the rule is: `rule.all.0` → its id. */
  places: ReadonlyMap<string, string>;
}

export function isGroup(entry: DraftEntry): entry is DraftGroup {
  return 'entries' in entry;
}

/**
 * What one edits to change this rule. Any JSON becomes a draft: a group or condition that is none of those known is kept as it is.
 * Undefined is a rule that has yet to be said.
 */
export function draftOf(rule: Rule | Json | undefined): Draft {
  if (rule === undefined) return { id: newId(), join: 'all', entries: [], plain: true };
  const entry = entryOf(rule as Json);
  if (!isGroup(entry)) return { id: newId(), join: 'all', entries: [entry], plain: true };
  return { ...entry, plain: entry.entries.length > 1 };
}

/** The rule that a draft says, or what it misses. */
export function ruleOf(draft: Draft): { rule: Rule } | { missing: MissingThere[] } {
  const said = written(draft);
  const rule = ruleIn(said);
  return rule === undefined ? { missing: said.missing } : { rule };
}

/** The rule that is written there, unless something is missing. The server says whether it is one. */
export function ruleIn({ json, missing }: WrittenDraft): Rule | undefined {
  return missing.length > 0 || json === undefined ? undefined : (json as Rule);
}

export function written(draft: Draft): WrittenDraft {
  const [first] = draft.entries;
  const places = new Map<string, string>([['rule', draft.id]]);
  const missing: MissingThere[] = [];
  if (!first) return { json: undefined, missing: [{ entry: draft.id, what: 'rule' }], places };
  const isPlain = draft.plain && draft.entries.length === 1 && draft.join !== 'none';
  const json = writtenEntry(isPlain ? first : draft, 'rule', { missing, places });
  return { json, missing, places };
}

function entryOf(json: Json): DraftEntry {
  if (isFields(json) && Object.keys(json).length === 1) {
    const { all, any, not } = json as { all?: Json; any?: Json; not?: Json };
    if (Array.isArray(all)) return { id: newId(), join: 'all', entries: all.map(entryOf) };
    if (Array.isArray(any)) return { id: newId(), join: 'any', entries: any.map(entryOf) };
    if (not !== undefined) return noneOf(not);
  }
  return { id: newId(), condition: conditionDraftOf(json) };
}

/** `{"not": {"any": […]}}` is none of these, one group to whoever reads it; with a single entry both groups are kept. */
function noneOf(not: Json): DraftGroup {
  const entry = entryOf(not);
  const isSeveral = isGroup(entry) && entry.join === 'any' && entry.entries.length > 1;
  return { id: newId(), join: 'none', entries: isSeveral ? entry.entries : [entry] };
}

interface Writing {
  missing: MissingThere[];
  places: Map<string, string>;
}

function writtenEntry(entry: DraftEntry, path: string, to: Writing): Json {
  to.places.set(path, entry.id);
  if (isGroup(entry)) return writtenGroup(entry, path, to);
  const gaps: Gap[] = [];
  const json = writtenCondition(entry.condition, gaps);
  to.missing.push(...gaps.map(({ what }) => ({ entry: entry.id, what })));
  return json;
}

function writtenGroup({ id, join, entries }: DraftGroup, path: string, to: Writing): Json {
  if (entries.length === 0) to.missing.push({ entry: id, what: 'entry' });
  if (join !== 'none') return { [join]: writtenEntries(entries, `${path}.${join}`, to) };
  const [only] = entries;
  if (!only) return { not: null };
  if (entries.length === 1) return { not: writtenEntry(only, `${path}.not`, to) };
  to.places.set(`${path}.not`, id);
  return { not: { any: writtenEntries(entries, `${path}.not.any`, to) } };
}

function writtenEntries(entries: readonly DraftEntry[], path: string, to: Writing): Json[] {
  return entries.map((entry, index) => writtenEntry(entry, `${path}.${index}`, to));
}

/** The draft of this JSON in which whatever says the same as in `before` is that entry still, with all that was typed into it. */
export function redrafted(before: Draft, json: Json): Draft {
  const after = draftOf(json);
  const { id, entries } = settled(before, after) as DraftGroup;
  return { ...after, id, entries };
}

function settled(before: DraftEntry, after: DraftEntry): DraftEntry {
  if (isGroup(before) && isGroup(after)) {
    const entries = after.entries.map((entry, index) => {
      const same = before.entries[index];
      return same ? settled(same, entry) : entry;
    });
    return { ...after, id: before.id, entries };
  }
  if (isGroup(before) || isGroup(after)) return after;
  const [old, now] = [before.condition, after.condition].map((condition) => writtenCondition(condition, []));
  return sameJson(old, now) ? before : { ...after, id: before.id };
}
