import { memo, useMemo } from 'react';
import { texts } from '../../texts/texts.ts';
import type { ConditionDraft } from './condition-draft.ts';
import { ConditionFields } from './condition-fields.tsx';
import { conditionName } from './condition-name.ts';
import type { DraftLine } from './draft.ts';
import { useEditor } from './editor-context.ts';
import { EntryButtons } from './entry-buttons.tsx';
import { Faults } from './faults.tsx';
import classes from './rule-builder.module.css';
import type { Gap } from './written.ts';
import { writtenCondition } from './written-condition.ts';

export interface LineBoxProps {
  line: DraftLine;
  /** Its place in words: 2.1 is the first line of the second entry. */
  number: string;
  mayUp: boolean;
  mayDown: boolean;
  problems: readonly string[];
}

/** One condition as one sentence. Drawn anew only when it changes: a rule may have 200 of them. */
export const LineBox = memo(({ line, number, mayUp, mayDown, problems }: LineBoxProps) => {
  const { acts } = useEditor();
  const { id, condition } = line;
  const gaps = useMemo(() => gapsOf(condition), [condition]);
  const name = texts.rules.condition(number, conditionName(condition));
  const faultsId = `${id}-faults`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a line of text.
    <div
      className={classes.line}
      role="group"
      aria-label={name}
      aria-describedby={gaps.length + problems.length > 0 ? faultsId : undefined}
      data-wrong={problems.length > 0 || undefined}
    >
      <div className={classes.sentence} data-fields={id}>
        {/* The figure of orders and visits is the first field, which says the same. */}
        {condition.of !== 'orders' && condition.of !== 'visits' && (
          <span className={classes.subject}>{conditionName(condition)}</span>
        )}
        <ConditionFields condition={condition} onChange={(changed) => acts.change(id, changed)} />
      </div>
      <EntryButtons entry={id} name={name} mayUp={mayUp} mayDown={mayDown} />
      <Faults id={faultsId} missing={gaps} problems={problems} />
    </div>
  );
});
LineBox.displayName = 'LineBox';

function gapsOf(condition: ConditionDraft): Gap['what'][] {
  const gaps: Gap[] = [];
  writtenCondition(condition, gaps);
  return [...new Set(gaps.map(({ what }) => what))];
}
