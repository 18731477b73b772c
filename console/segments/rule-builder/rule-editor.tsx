import { Text, VisuallyHidden } from '@mantine/core';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Rule } from '../../../src/segments/rule.ts';
import { Problem } from '../../api/problem.ts';
import { texts } from '../../texts/texts.ts';
import { CountPanel } from './count-panel.tsx';
import type { WrittenDraft } from './draft.ts';
import { EditorProvider } from './editor-context.ts';
import { type Problems, RootBox } from './group-box.tsx';
import { JsonPanel } from './json-panel.tsx';
import { problemsAt } from './problems-at.ts';
import classes from './rule-builder.module.css';
import { useRulePreview } from './rule-preview.ts';
import { RuleSummary } from './rule-summary.tsx';
import { ruleText } from './rule-text.ts';
import { type FocusNext, type RuleDraft, useRuleDraft } from './use-rule-draft.ts';
import type { Json } from './written.ts';

export interface RuleEditorProps {
  dataset: string;
  /** Undefined: nothing has been said yet. */
  rule: Rule | undefined;
  /** The rule as it stands now, or undefined while it is not complete. */
  onChange(rule: Rule | undefined): void;
  /** The segment that is edited, which its own rule cannot name. */
  segment?: string;
  readOnly?: boolean;
}

/** Builds a rule by conditions and as JSON beside them, with the number of users who match it now. */
export function RuleEditor({ readOnly = false, ...props }: RuleEditorProps) {
  return readOnly ? <RuleToRead dataset={props.dataset} rule={props.rule} /> : <RuleToEdit {...props} />;
}

function RuleToRead({ dataset, rule }: Pick<RuleEditorProps, 'dataset' | 'rule'>) {
  return (
    <div className={classes.around}>
      <div className={classes.editor}>
        <div className={classes.toRead}>{rule !== undefined && <RuleSummary dataset={dataset} rule={rule} />}</div>
        <div className={classes.side}>
          <JsonPanel text={ruleText(rule as Json | undefined)} fault={undefined} errors={none} onUndo={nothing} />
        </div>
      </div>
    </div>
  );
}

const none: readonly never[] = [];
const nothing = () => {};

function RuleToEdit({ dataset, rule, onChange, segment }: Omit<RuleEditorProps, 'readOnly'>) {
  const [spoken, setSpoken] = useState('');
  const draft = useRuleDraft(rule, onChange, setSpoken);
  const { acts, said } = draft;
  const previewed = useRulePreview(dataset, draft.rule);
  const { error } = previewed;
  const errors = error instanceof Problem && error.status === 422 ? error.errors : none;
  const problems = useMemo(() => problemsBy(said, errors), [said, errors]);
  const editor = useMemo(() => ({ dataset, segment, acts }), [dataset, segment, acts]);
  const frame = useFocusAfterChange(draft);
  return (
    <EditorProvider value={editor}>
      <div className={classes.around} ref={frame}>
        <div className={classes.editor}>
          <div>
            {draft.fault !== undefined && (
              <Text size="sm" className={classes.locked}>
                {texts.rules.json.locked}
              </Text>
            )}
            <div inert={draft.fault !== undefined} className={classes.builder}>
              <RootBox draft={draft.draft} problems={problems} />
            </div>
          </div>
          <div className={classes.side}>
            <CountPanel dataset={dataset} previewed={previewed} nothing={whyNothing(draft)} />
            <JsonPanel text={draft.text} fault={draft.fault} errors={errors} onType={draft.type} onUndo={draft.undo} />
          </div>
        </div>
        <VisuallyHidden aria-live="polite">{spoken}</VisuallyHidden>
      </div>
    </EditorProvider>
  );
}

const noProblems: Problems = new Map();

function problemsBy(said: WrittenDraft, errors: Problem['errors']): Problems {
  if (errors.length === 0) return noProblems;
  const by = new Map<string, string[]>();
  for (const { entry, detail } of problemsAt(said.places, errors)) by.set(entry, [...(by.get(entry) ?? []), detail]);
  return by;
}

/** Why nobody is counted yet. */
function whyNothing({ draft, said, fault }: RuleDraft): string | undefined {
  const { count } = texts.rules;
  if (fault !== undefined) return count.ofJson;
  if (draft.entries.length === 0) return count.nothing;
  const incomplete = new Set(said.missing.map(({ entry }) => entry)).size;
  return incomplete > 0 ? count.incomplete(incomplete) : undefined;
}

/** After a line came, went or moved, the focus is where one goes on. */
function useFocusAfterChange({ draft, takeFocus }: RuleDraft) {
  const frame = useRef<HTMLDivElement>(null);
  // Once after each change, when it is on the page.
  useEffect(() => {
    const next = takeFocus();
    if (next) frame.current?.querySelector<HTMLElement>(selectorOf(next))?.focus();
  }, [draft]);
  return frame;
}

function selectorOf({ entry, on }: FocusNext): string {
  if (on === 'field') return `[data-fields="${entry}"] :is(input, select, textarea)`;
  return `[data-entry="${entry}"][data-on="${on}"]`;
}
