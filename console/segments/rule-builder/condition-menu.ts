import { type ComparisonDraft, newComparison, type Operator } from './comparison-draft.ts';
import { type ActionsDraft, always, type ConditionDraft } from './condition-draft.ts';

const noActions: ActionsDraft = { names: [], listed: false };

/** Every condition that can be added, as it begins. */
export const newCondition = {
  attribute: () => ({ of: 'attribute', name: '', asked: asked('equals') }),
  action: () => ({
    of: 'action',
    actions: noActions,
    did: true,
    times: '1',
    onceSaid: false,
    within: always,
    where: [],
  }),
  lastAction: () => ({
    of: 'lastAction',
    actions: noActions,
    recency: 'moreThanDaysAgo',
    days: '',
    orNever: undefined,
    where: [],
  }),
  orderCount: () => ({ of: 'orders', figure: 'count', asked: asked('atLeast'), within: always }),
  orderValue: () => ({ of: 'orders', figure: 'value', asked: asked('atLeast'), within: always }),
  firstOrder: () => ({ of: 'orders', figure: 'firstAt', asked: asked('inTheLast'), within: always }),
  lastOrder: () => ({ of: 'orders', figure: 'lastAt', asked: asked('moreThanDaysAgo'), within: always }),
  visitCount: () => ({ of: 'visits', figure: 'count', asked: asked('atLeast') }),
  firstActivity: () => ({ of: 'visits', figure: 'firstActivity', asked: asked('inTheLast') }),
  lastActivity: () => ({ of: 'visits', figure: 'lastActivity', asked: asked('moreThanDaysAgo') }),
  anonymous: () => ({ of: 'anonymous', anonymous: true }),
  identity: () => ({ of: 'identity', type: '', present: true, asked: asked('equals') }),
  hereSince: () => ({ of: 'profile', asked: asked('inTheLast') }),
  import: () => ({ of: 'import', import: '', created: true }),
  segment: () => ({ of: 'segment', segment: '', member: true }),
  sample: () => ({ of: 'sample', from: '0', to: '10' }),
  everyone: () => ({ of: 'everyone' }),
} as const satisfies Record<string, () => ConditionDraft>;

export type NewCondition = keyof typeof newCondition;

/** The menu, as product.md sorts conditions. */
export const conditionMenu: readonly { category: Category; conditions: readonly NewCondition[] }[] = [
  { category: 'attributes', conditions: ['attribute'] },
  { category: 'actions', conditions: ['action', 'lastAction'] },
  { category: 'orders', conditions: ['orderCount', 'orderValue', 'firstOrder', 'lastOrder'] },
  { category: 'visits', conditions: ['visitCount', 'firstActivity', 'lastActivity'] },
  { category: 'user', conditions: ['anonymous', 'identity', 'hereSince', 'import'] },
  { category: 'audience', conditions: ['segment', 'everyone'] },
  { category: 'test', conditions: ['sample'] },
];
export type Category = 'attributes' | 'actions' | 'orders' | 'visits' | 'user' | 'audience' | 'test';

function asked(is: Operator): ComparisonDraft {
  return newComparison(is);
}
