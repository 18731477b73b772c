import fc from 'fast-check';
import type {
  Actions,
  Comparison,
  Condition,
  DateComparison,
  NumberComparison,
  Period,
  PropertyCondition,
  Rule,
  TextComparison,
} from '../src/segments/rule.ts';
import {
  actionNames,
  attributeNames,
  dayCounts,
  identityTypes,
  identityValues,
  importIds,
  listIds,
  numbers,
  propertySteps,
  texts,
  timeTextNear,
} from './random-profiles.ts';

/** Rules of every kind of condition in groups of up to `levelsMax` levels, whose values come from the pools of the profiles. */
export function ruleArbitrary(now: Date, levelsMax = 4): fc.Arbitrary<Rule> {
  const condition: fc.Arbitrary<Rule> = conditionArbitrary(now);
  const levels = (left: number): fc.Arbitrary<Rule> => {
    if (left === 0) return condition;
    const entry = fc.oneof({ weight: 2, arbitrary: condition }, { weight: 1, arbitrary: levels(left - 1) });
    const entries = fc.array(entry, { minLength: 1, maxLength: 4 });
    return fc.oneof(
      { weight: 1, arbitrary: condition },
      { weight: 2, arbitrary: entries.map((all): Rule => ({ all })) },
      { weight: 2, arbitrary: entries.map((any): Rule => ({ any })) },
      { weight: 1, arbitrary: entry.map((not): Rule => ({ not })) },
    );
  };
  return levels(levelsMax);
}

/** One condition of any kind. */
export function conditionArbitrary(now: Date): fc.Arbitrary<Condition> {
  return fc.oneof(...Object.values(conditionArbitraries(now)));
}

/** By the name of the condition, so that a test can see that none is missing. */
export function conditionArbitraries(now: Date): Record<string, fc.Arbitrary<Condition>> {
  const dates = dateComparison(now);
  const within = period(now);
  const where = fc.array(propertyCondition(now), { minLength: 1, maxLength: 2 });
  const days = fc.constantFrom(...dayCounts);
  const recency = fc.oneof(
    days.map((moreThanDaysAgo) => ({ moreThanDaysAgo })),
    days.map((lessThanDaysAgo) => ({ lessThanDaysAgo })),
  );
  const identity = fc.constantFrom(...identityTypes, 'unknownType');
  return {
    everyone: fc.constant<Condition>({ everyone: true }),
    attribute: together({ attribute: fc.constantFrom(...attributeNames, 'missing') }, comparison(now)),
    action: optional(
      { action: actions, did: fc.boolean() },
      { atLeast: fc.integer({ min: 1, max: 4 }), within, where },
    ),
    lastAction: fc
      .tuple(optional({ lastAction: actions }, { orNever: fc.boolean(), where }), recency)
      .map(([one, other]) => ({ ...one, ...other })),
    orders: fc.oneof(
      fc
        .tuple(optional({ orders: fc.constantFrom('count' as const, 'value' as const) }, { within }), numberComparison)
        .map(([one, other]) => ({ ...one, ...other }) as Condition),
      together({ orders: fc.constantFrom('firstAt' as const, 'lastAt' as const) }, dates),
    ),
    visits: fc.oneof(
      together({ visits: fc.constant('count' as const) }, numberComparison),
      together({ visits: fc.constantFrom('firstActivity' as const, 'lastActivity' as const) }, dates),
    ),
    profile: together({ profile: fc.constant('createdAt' as const) }, dates),
    import: fc.record({ import: fc.constantFrom(...importIds), created: fc.boolean() }),
    anonymous: fc.record({ anonymous: fc.boolean() }),
    identity: fc.oneof(
      fc.record({ identity, present: fc.boolean() }),
      together(
        { identity },
        textComparison(fc.constantFrom(...identityValues), fc.constantFrom('@', 'ann', "'", '%', '_')),
      ),
    ),
    segment: fc.record({ segment: fc.constantFrom(...listIds), member: fc.boolean() }),
    sample: fc
      .uniqueArray(fc.constantFrom(0, 0.5, 10, 33.3, 50, 66.67, 99.9, 100), { minLength: 2, maxLength: 2 })
      .map(([a = 0, b = 0]) => ({ sample: { from: Math.min(a, b), to: Math.max(a, b) } })),
  };
}

const actions: fc.Arbitrary<Actions> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...actionNames, 'Never Done') },
  { weight: 2, arbitrary: fc.array(fc.constantFrom(...actionNames), { minLength: 1, maxLength: 3 }) },
  { weight: 2, arbitrary: fc.constant('*') },
);

const numberComparison: fc.Arbitrary<NumberComparison> = (() => {
  const number = fc.constantFrom(...numbers, 2, 3, 49.9, 99.99, 100);
  return fc.oneof(
    fc.record({ is: fc.constantFrom('equalTo', 'atLeast', 'atMost'), value: number }),
    fc
      .tuple(number, number)
      .map(([a, b]): NumberComparison => ({ is: 'between', value: [Math.min(a, b), Math.max(a, b)] })),
  );
})();

const presence = fc.constantFrom({ is: 'anyValue' as const }, { is: 'noValue' as const });

function textComparison(text: fc.Arbitrary<string>, part: fc.Arbitrary<string>): fc.Arbitrary<TextComparison> {
  return fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        is: fc.constantFrom('equals', 'doesNotEqual'),
        value: fc.oneof(text, fc.array(text, { minLength: 1, maxLength: 3 })),
      }),
    },
    { weight: 2, arbitrary: fc.record({ is: fc.constantFrom('contains', 'doesNotContain'), value: part }) },
    { weight: 1, arbitrary: presence },
  );
}

function dateComparison(now: Date): fc.Arbitrary<DateComparison> {
  const time = timeTextNear(now);
  return fc.oneof(
    fc.constant({ is: 'today' as const }),
    fc.record({ is: fc.constantFrom('inTheLast', 'moreThanDaysAgo'), days: fc.constantFrom(...dayCounts) }),
    fc.record({ is: fc.constantFrom('onOrAfter', 'onOrBefore'), value: time }),
    fc.tuple(time, time).map(([a, b]): DateComparison => ({ is: 'between', value: earlierFirst(a, b) })),
    presence,
  );
}

function comparison(now: Date): fc.Arbitrary<Comparison> {
  const list = fc.array(fc.constantFrom(...texts), { minLength: 1, maxLength: 3 });
  return fc.oneof(
    textComparison(fc.constantFrom(...texts), fc.constantFrom('D', 'ë 🙂', "'", '\\', '%', '_', '"')),
    numberComparison,
    fc.record({ is: fc.constantFrom('true', 'false') }),
    { weight: 2, arbitrary: dateComparison(now) },
    fc.record({ is: fc.constantFrom('includesAny', 'includesAll', 'includesNone'), value: list }),
    presence,
  );
}

function propertyCondition(now: Date): fc.Arbitrary<PropertyCondition> {
  const path = fc.array(fc.constantFrom(...propertySteps, '0', ''), { minLength: 1, maxLength: 3 });
  const property = path.map((steps) => steps.join('.') || 'price');
  return fc.tuple(property, comparison(now)).map(([name, asked]) => ({ property: name, ...asked }));
}

function period(now: Date): fc.Arbitrary<Period> {
  const time = timeTextNear(now);
  return fc.oneof(
    fc.record({ days: fc.constantFrom(...dayCounts) }),
    time.map((from) => ({ from })),
    time.map((to) => ({ to })),
    fc
      .tuple(time, time)
      .map(([a, b]) => earlierFirst(a, b))
      .filter(([from, to]) => micros(from) < micros(to))
      .map(([from, to]) => ({ from, to })),
  );
}

/** Microseconds since 1970; decimals beyond the sixth do not count. */
function micros(time: string): number {
  const ms = Date.parse(time.toUpperCase().replace(' ', 'T'));
  return ms * 1000 + Number((/\.\d{3}(\d+)/.exec(time)?.[1] ?? '').slice(0, 3).padEnd(3, '0'));
}

function earlierFirst(a: string, b: string): [string, string] {
  return micros(a) <= micros(b) ? [a, b] : [b, a];
}

/** Fields that are always there and fields that may be missing. */
function optional<A, B>(always: Arbitraries<A>, sometimes: Arbitraries<B>): fc.Arbitrary<A & Partial<B>> {
  const keys = Object.keys(always) as never[];
  return fc.record({ ...always, ...sometimes } as never, { requiredKeys: keys }) as fc.Arbitrary<A & Partial<B>>;
}

type Arbitraries<T> = { [K in keyof T]: fc.Arbitrary<T[K]> };

function together<A, B>(subject: Arbitraries<A>, asked: fc.Arbitrary<B>): fc.Arbitrary<A & B> {
  return fc.tuple(fc.record(subject), asked).map(([one, other]) => ({ ...one, ...other }) as A & B);
}
