import { texts } from '../../texts/texts.ts';
import type { ConditionDraft } from './condition-draft.ts';

/** What a condition is called: what the menu calls it. */
export function conditionName(condition: ConditionDraft): string {
  const { fields, kinds } = texts.rules;
  if (condition.of === 'orders') return fields.orderFigures[condition.figure];
  if (condition.of === 'visits') return fields.visitFigures[condition.figure];
  return kinds[condition.of];
}
