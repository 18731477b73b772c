import type { Rule } from '../../../src/segments/rule.ts';

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

export function RuleEditor(_: RuleEditorProps) {
  return null;
}
