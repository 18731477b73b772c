import { createContext, use } from 'react';
import type { ConditionDraft } from './condition-draft.ts';
import type { NewCondition } from './condition-menu.ts';
import type { Join } from './draft.ts';
import type { Step } from './draft-changes.ts';

/** What can be done to a rule that is being built; each names the line or group that it is done to. */
export interface RuleActs {
  change(line: string, condition: ConditionDraft): void;
  join(group: string, join: Join): void;
  add(group: string, condition: NewCondition): void;
  addGroup(group: string): void;
  /** `what` is what a screen reader calls it. */
  remove(entry: string, what: string): void;
  duplicate(entry: string): void;
  move(entry: string, step: Step): void;
}

export interface EditorContext {
  dataset: string;
  /** The segment whose rule this is, which the rule cannot name. */
  segment: string | undefined;
  acts: RuleActs;
}

const context = createContext<EditorContext | undefined>(undefined);
export const EditorProvider = context.Provider;

export function useEditor(): EditorContext {
  const editor = use(context);
  if (!editor) throw new Error('There is no rule editor around this.');
  return editor;
}
