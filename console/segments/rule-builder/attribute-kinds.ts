import type { AttributeItem } from '../../../src/vocabulary/attributes.ts';
import {
  type ComparisonDraft,
  isUntouched,
  kindOfOperator,
  operators,
  type ValueKind,
  valueKinds,
} from './comparison-draft.ts';

/** All kinds, the ones that an attribute holds first: the kind that is defined, then those in use, most users first. */
export function kindsFor(attribute: AttributeItem | undefined): readonly ValueKind[] {
  if (!attribute) return valueKinds;
  const { kind, kinds } = attribute;
  const used = (['text', 'number', 'boolean', 'list'] as const)
    .filter((each) => kinds[each] > 0)
    .sort((a, b) => kinds[b] - kinds[a]);
  return [...new Set<ValueKind>([...(kind === null ? [] : [kind]), ...used, ...valueKinds])];
}

/** The comparison with an operator of the kind that is likely, unless somebody has begun to say something else. */
export function comparisonFor(asked: ComparisonDraft, attribute: AttributeItem | undefined): ComparisonDraft {
  const [likely] = kindsFor(attribute);
  if (!attribute || !likely || !isUntouched(asked) || kindOfOperator(asked.is) === likely) return asked;
  return { ...asked, is: operators[likely][0] };
}
