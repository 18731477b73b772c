import type { Rule } from '../src/segments/rule.ts';

/** Actions that the load generator sends, the frequent ones first. */
export const actions = [
  'View Item',
  'Page View',
  'Search',
  'Add To Cart',
  'Remove From Cart',
  'Purchase',
  'Sign In',
  'Share',
  'Rate',
  'Subscribe',
  'Open Email',
  'Play Video',
] as const;
export const categories = ['shoes', 'books', 'garden', 'toys', 'music', 'tools', 'food', 'travel'] as const;
export const countries = ['DE', 'FR', 'US', 'IN', 'BR', 'JP'] as const;

/** What people ask of their users, a kind a line; `n` makes each one a little different from the others of its kind. */
const kinds: ((n: number, nested: string) => Rule)[] = [
  (n) => ({ action: actionOf(n), did: true, atLeast: 1 + (n % 7) }),
  (n) => ({ all: [{ action: actionOf(n), did: true, within: { days: 3 + n } }, { anonymous: n % 2 === 0 }] }),
  (n) => ({
    all: [
      { action: 'Add To Cart', did: true, within: { days: 2 + n } },
      { action: 'Purchase', did: false, within: { days: 2 + n } },
    ],
  }),
  (n) => ({ action: actionOf(n), did: true, atLeast: 2 + (n % 3), within: { days: 5 + n } }),
  (n) => ({
    action: 'View Item',
    did: true,
    within: { days: 7 + n },
    where: [{ property: 'category', is: 'equals', value: categoryOf(n) }],
  }),
  (n) => ({
    action: ['View Item', 'Add To Cart'],
    did: true,
    atLeast: 2,
    within: { days: 20 },
    where: [{ property: 'price', is: 'atLeast', value: 20 + n }],
  }),
  (n) => ({ lastAction: '*', moreThanDaysAgo: 10 + n }),
  (n) => ({ lastAction: actionOf(n), lessThanDaysAgo: 4 + n, orNever: true }),
  (n) => ({ orders: 'count', is: 'atLeast', value: 1 + (n % 5) }),
  (n) => ({ orders: 'value', is: 'atLeast', value: 10 * (1 + n), within: { days: 14 + n } }),
  (n) => ({ attribute: 'country', is: 'equals', value: [countryOf(n), countryOf(n + 1)] }),
  (n) => ({
    any: [
      { attribute: 'score', is: 'atLeast', value: 5 + n },
      { attribute: 'plan', is: 'equals', value: 'gold' },
    ],
  }),
  (n) => ({ attribute: 'renewsAt', is: 'inTheLast', days: 5 + n }),
  (n) => ({
    all: [
      { visits: 'count', is: 'atLeast', value: 2 + (n % 6) },
      { visits: 'lastActivity', is: 'inTheLast', days: 7 + n },
    ],
  }),
  (n) => ({ profile: 'createdAt', is: 'inTheLast', days: 1 + n }),
  (n) => ({ all: [{ identity: 'userId', present: true }, { not: { action: actionOf(n), did: true } }] }),
  (n, nested) => ({
    all: [
      { segment: nested, member: true },
      { orders: 'value', is: 'atLeast', value: 15 * (1 + n) },
    ],
  }),
  (n) => ({
    all: [{ sample: { from: 0, to: 10 + (n % 80) } }, { attribute: 'country', is: 'equals', value: countryOf(n) }],
  }),
  (n) => ({ action: ['Search', 'Share', 'Rate'], did: true, atLeast: 2 + (n % 9) }),
  (n) => ({
    any: [
      {
        all: [
          { orders: 'lastAt', is: 'inTheLast', days: 10 + n },
          { attribute: 'country', is: 'equals', value: countryOf(n) },
        ],
      },
      { action: 'Subscribe', did: true },
      { not: { visits: 'firstActivity', is: 'moreThanDaysAgo', days: 3 + n } },
    ],
  }),
];

/** The rule of the segment with this number, every kind in turn; some nest the segment `nested`, which came first. */
export function ruleNo(no: number, nested: string): Rule {
  const kind = kinds[no % kinds.length] as (n: number, nested: string) => Rule;
  return kind(Math.floor(no / kinds.length), nested);
}

function actionOf(n: number): string {
  return actions[n % actions.length] as string;
}

function categoryOf(n: number): string {
  return categories[n % categories.length] as string;
}

function countryOf(n: number): string {
  return countries[n % countries.length] as string;
}
