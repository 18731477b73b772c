import { useEffect, useMemo, useRef, useState } from 'react';
import type { Rule } from '../../../src/segments/rule.ts';
import { texts } from '../../texts/texts.ts';
import { newId } from './condition-draft.ts';
import { newCondition } from './condition-menu.ts';
import { type Draft, draftOf, isGroup, redrafted, ruleIn, type WrittenDraft, written } from './draft.ts';
import { added, changed, duplicated, groupAdded, moved, neighbourOf, removed } from './draft-changes.ts';
import type { RuleActs } from './editor-context.ts';
import { ruleText } from './rule-text.ts';
import { canonical, type Json } from './written.ts';

interface Edited {
  draft: Draft;
  /** The JSON as it is being typed, until the conditions are changed again. */
  typed: string | undefined;
}

/** Where the focus goes when a change is on the page: a button of an entry, or its first field. */
export interface FocusNext {
  entry: string;
  on: 'field' | 'up' | 'down' | 'remove' | 'add';
}

export interface RuleDraft {
  draft: Draft;
  said: WrittenDraft;
  rule: Rule | undefined;
  /** The JSON to show. */
  text: string;
  /** Why what was typed is no JSON. */
  fault: string | undefined;
  acts: RuleActs;
  type(text: string): void;
  undo(): void;
  takeFocus(): FocusNext | undefined;
}

/** A rule that is being built, by its conditions and as JSON. Another `rule` from outside begins anew. */
export function useRuleDraft(
  rule: Rule | undefined,
  onChange: (rule: Rule | undefined) => void,
  say: (what: string) => void,
): RuleDraft {
  const [{ draft, typed }, setEdited] = useState<Edited>(() => ({ draft: draftOf(rule), typed: undefined }));
  const latest = useRef(draft);
  latest.current = draft;
  const focus = useRef<FocusNext | undefined>(undefined);
  const acts = useMemo(() => actsOn(latest, setEdited, focus, say), [say]);

  const said = useMemo(() => written(draft), [draft]);
  const fault = useMemo(() => faultOf(typed), [typed]);
  const current = useMemo(() => (fault === undefined ? ruleIn(said) : undefined), [said, fault]);
  useExchange(rule, current, onChange, (from) => setEdited({ draft: draftOf(from), typed: undefined }));

  return {
    draft,
    said,
    rule: current,
    text: typed ?? ruleText(said.json),
    fault,
    acts,
    type: (text) => setEdited({ draft: redraftedBy(text, latest.current), typed: text }),
    undo: () => setEdited({ draft: latest.current, typed: undefined }),
    takeFocus: () => {
      const next = focus.current;
      focus.current = undefined;
      return next;
    },
  };
}

/** Tells the outside what the rule is now, and takes from it a rule that did not come from here. */
function useExchange(
  rule: Rule | undefined,
  current: Rule | undefined,
  onChange: (rule: Rule | undefined) => void,
  begin: (rule: Rule | undefined) => void,
): void {
  const [outside, inside] = [canonical(rule), canonical(current)];
  const told = useRef(outside);
  /** What was told and has not come back yet: the outside may be a few keystrokes late. */
  const underWay = useRef<string[]>([]);
  // It is told when the rule changes, not when the page is drawn.
  useEffect(() => {
    if (inside === told.current) return;
    told.current = inside;
    underWay.current.push(inside);
    onChange(current);
  }, [inside]);
  // It is asked when the outside changes.
  useEffect(() => {
    const echo = underWay.current.indexOf(outside);
    if (echo !== -1) underWay.current.splice(0, echo + 1);
    else if (outside !== told.current) {
      told.current = outside;
      underWay.current = [];
      begin(rule);
    }
  }, [outside]);
}

function faultOf(typed: string | undefined): string | undefined {
  if (typed === undefined) return undefined;
  try {
    JSON.parse(typed);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function redraftedBy(text: string, draft: Draft): Draft {
  return faultOf(text) === undefined ? redrafted(draft, JSON.parse(text) as Json) : draft;
}

function actsOn(
  latest: { current: Draft },
  setEdited: (edited: Edited) => void,
  focus: { current: FocusNext | undefined },
  say: (what: string) => void,
): RuleActs {
  const edit = (draft: Draft, next?: FocusNext) => {
    latest.current = draft;
    focus.current = next;
    setEdited({ draft, typed: undefined });
  };
  return {
    change: (line, condition) =>
      edit(changed(latest.current, line, (entry) => (isGroup(entry) ? entry : { ...entry, condition }))),
    join: (group, join) =>
      edit(changed(latest.current, group, (entry) => (isGroup(entry) ? { ...entry, join } : entry))),
    add: (group, name) => {
      const line = { id: newId(), condition: newCondition[name]() };
      edit(added(latest.current, group, line), { entry: line.id, on: 'field' });
    },
    addGroup: (group) => {
      const inner = newId();
      edit(groupAdded(latest.current, group, inner), { entry: inner, on: 'add' });
    },
    remove: (entry, what) => {
      const next = neighbourOf(latest.current, entry);
      const on = next === latest.current.id ? 'add' : 'remove';
      edit(removed(latest.current, entry), { entry: next, on });
      say(texts.rules.removed(what));
    },
    duplicate: (entry) => {
      const copy = newId();
      edit(duplicated(latest.current, entry, copy), { entry: copy, on: 'field' });
    },
    move: (entry, step) => {
      edit(moved(latest.current, entry, step), { entry, on: step === -1 ? 'up' : 'down' });
      say(texts.rules.moved[step === -1 ? 'up' : 'down']);
    },
  };
}
