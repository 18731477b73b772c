import { z } from 'zod';
import { readMoment } from './moment.ts';

/**
 * The shape of each condition. Every message here says what is expected, so that parse-rule.ts can say it for any of them:
 * "Expected <message>, not …". Groups are walked by parse-rule.ts, because their depth has to be known before anything recurses.
 */
export const nameCharactersMax = 500;
export const textsMax = 10_000;
export const actionsMax = 100;
export const whereMax = 20;
/** 100,000 days are 273 years; the moment that many days ago is still one that the database can hold. */
export const daysMax = 100_000;

const expecting = (error: string) => ({ error });
const isStorable = (text: string) => !text.includes('\u0000') && text.isWellFormed();

const text = z.string(expecting('text')).refine(isStorable, expecting('text without U+0000 or half a surrogate pair'));
const name = text
  .min(1, expecting('a name'))
  .max(nameCharactersMax, expecting(`a name of at most ${nameCharactersMax} characters`));
const number = z.number(expecting('a number'));
const flag = z.boolean(expecting('true or false'));
const days = z
  .int(expecting('whole days'))
  .min(0, expecting('days from 0 up'))
  .max(daysMax, expecting(`at most ${daysMax} days`));
const dayOrMoment = 'a day (2024-05-01) or a moment (2024-05-01T12:00:00Z)';
const time = z
  .string(expecting(dayOrMoment))
  .refine((value) => readMoment(value) !== undefined, expecting(dayOrMoment));

const textList = z
  .array(text, expecting('a list of texts'))
  .min(1, expecting('at least one text'))
  .max(textsMax, expecting(`at most ${textsMax} texts`));
const textOrTexts = z.union([text, textList], expecting(`text, or a list of 1 to ${textsMax} texts`));
const searched = text.min(1, expecting('text of at least one character: every text contains the empty one'));

const numberRange = z.custom<[number, number]>(
  (value) => isPair(value, 'number') && value[0] <= value[1],
  expecting('[low, high]: two numbers, the lower one first'),
);
const timeRange = z.custom<[string, string]>(
  isTimeRange,
  expecting(`[from, to]: two of ${dayOrMoment}, the earlier one first`),
);
const anyRange = z.custom<[number, number] | [string, string]>(
  (value) => (isPair(value, 'number') && value[0] <= value[1]) || isTimeRange(value),
  expecting(`[low, high] of two numbers, or [from, to] of two days or moments (RFC 3339), the lower one first`),
);

function isPair<T extends 'number' | 'string'>(
  value: unknown,
  type: T,
): value is T extends 'number' ? [number, number] : [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every((entry) => typeof entry === type);
}

function isTimeRange(value: unknown): boolean {
  if (!isPair(value, 'string')) return false;
  const [from, to] = value.map(readMoment);
  if (!from || !to) return false;
  // A day as the end counts whole.
  return to.day ? from.at.slice(0, 10) <= to.at.slice(0, 10) : from.at <= to.at;
}

export type Kind = 'text' | 'number' | 'boolean' | 'date' | 'list' | 'every';
/** The operators of each kind of value, with the field that each needs. */
const operators: Record<Kind, Record<string, z.ZodRawShape>> = {
  text: {
    equals: { value: textOrTexts },
    doesNotEqual: { value: textOrTexts },
    contains: { value: searched },
    doesNotContain: { value: searched },
  },
  number: {
    equalTo: { value: number },
    atLeast: { value: number },
    atMost: { value: number },
    between: { value: numberRange },
  },
  boolean: { true: {}, false: {} },
  date: {
    today: {},
    inTheLast: { days },
    moreThanDaysAgo: { days },
    onOrAfter: { value: time },
    onOrBefore: { value: time },
    between: { value: timeRange },
  },
  list: { includesAny: { value: textList }, includesAll: { value: textList }, includesNone: { value: textList } },
  every: { anyValue: {}, noValue: {} },
};

/** A condition that asks something of a value (`is`), or one whose fields are fixed. */
export type Form =
  | { kind: 'comparison'; operators: Record<string, string[]>; shapes: ReadonlyMap<string, z.ZodObject> }
  | { kind: 'fixed'; shape: z.ZodObject };

function comparison(subject: z.ZodRawShape, kinds: readonly Kind[]): Form {
  const shapes = new Map<string, z.ZodObject>();
  for (const kind of kinds) {
    for (const [operator, fields] of Object.entries(operators[kind])) {
      const ofBoth = shapes.has(operator) ? { value: anyRange } : fields;
      shapes.set(operator, z.strictObject({ ...subject, is: z.literal(operator), ...ofBoth }, expecting('an object')));
    }
  }
  return {
    kind: 'comparison',
    shapes,
    operators: Object.fromEntries(kinds.map((k) => [k, Object.keys(operators[k])])),
  };
}

function fixed(fields: z.ZodRawShape, refined?: { check: (value: object) => boolean; error: string }): Form {
  const shape = z.strictObject(fields, expecting('an object'));
  return { kind: 'fixed', shape: refined ? shape.refine(refined.check, expecting(refined.error)) : shape };
}

const everyKind = ['text', 'number', 'boolean', 'date', 'list', 'every'] as const;

/** A line of `where`. */
export const propertyForm = comparison({ property: name }, everyKind);

const oneAction = name.refine((one) => one !== '*', expecting('the name of an action: "*" stands by itself'));
const actions = z.union(
  [
    name,
    z
      .array(oneAction)
      .min(1, expecting('the name of an action, or a list of at least one'))
      .max(actionsMax, expecting(`at most ${actionsMax} actions`)),
  ],
  expecting('the name of an action, a list of names, or "*"'),
);
const where = z
  .array(z.unknown(), expecting('a list of lines {"property": …, "is": …}'))
  .min(1, expecting('at least one line, or no "where"'))
  .max(whereMax, expecting(`at most ${whereMax} lines`))
  .optional();

const lastDays = z.strictObject({ days }, expecting('an object'));
const fromTo = z
  .strictObject({ from: time.optional(), to: time.optional() }, expecting('{"days": n} or {"from": t, "to": t}'))
  .refine((period) => period.from !== undefined || period.to !== undefined, expecting('"days", "from" or "to"'))
  .refine(
    ({ from, to }) => !from || !to || (readMoment(from)?.at ?? '') < (readMoment(to)?.at ?? ''),
    expecting('"from" before "to"'),
  );
const within = z
  .unknown()
  .superRefine((value, context) => {
    const days = typeof value === 'object' && value !== null && Object.hasOwn(value, 'days');
    const read = (days ? lastDays : fromTo).safeParse(value);
    for (const issue of read.error?.issues ?? [])
      context.addIssue({ ...issue } as Parameters<typeof context.addIssue>[0]);
  })
  .optional();

const percent = z
  .number(expecting('percent from 0 to 100'))
  .min(0, expecting('percent from 0 to 100'))
  .max(100, expecting('percent from 0 to 100'));
const sample = z
  .strictObject({ from: percent, to: percent }, expecting('{"from": percent, "to": percent}'))
  .refine(({ from, to }) => from < to, expecting('"from" below "to"'));

const action = fixed({
  action: actions,
  did: flag,
  atLeast: z
    .int(expecting('a whole number of times'))
    .min(1, expecting('at least 1 time; for "never", "did": false'))
    .max(2_147_483_647, expecting('at most 2147483647 times'))
    .optional(),
  within,
  where,
});
const lastAction = fixed(
  {
    lastAction: actions,
    moreThanDaysAgo: days.optional(),
    lessThanDaysAgo: days.optional(),
    orNever: flag.optional(),
    where,
  },
  {
    check: (value) => Object.hasOwn(value, 'moreThanDaysAgo') !== Object.hasOwn(value, 'lessThanDaysAgo'),
    error: 'either "moreThanDaysAgo" or "lessThanDaysAgo"',
  },
);

/** The form of a condition, or the figures among which its naming field chooses: `{"orders": "count", …}`. */
export type FormOf = Form | { kind: 'figures'; figures: ReadonlyMap<string, Form> };

function figures(
  subject: 'orders' | 'visits' | 'profile',
  counts: string[],
  moments: string[],
  more: z.ZodRawShape,
): FormOf {
  const shape = (figure: string) => ({ [subject]: z.literal(figure) });
  return {
    kind: 'figures',
    figures: new Map([
      ...counts.map((figure) => [figure, comparison({ ...shape(figure), ...more }, ['number'])] as const),
      ...moments.map((figure) => [figure, comparison(shape(figure), ['date', 'every'])] as const),
    ]),
  };
}

/** `{"identity": …, "present": …}`; with `is`, the condition of that name below. */
export const identityPresentForm = fixed({ identity: name, present: flag });

/** Every condition, by the field that names it. */
export const conditionForms: ReadonlyMap<string, FormOf> = new Map<string, FormOf>([
  ['everyone', fixed({ everyone: z.literal(true, expecting('true')) })],
  ['attribute', comparison({ attribute: name }, everyKind)],
  ['action', action],
  ['lastAction', lastAction],
  ['orders', figures('orders', ['count', 'value'], ['firstAt', 'lastAt'], { within })],
  ['visits', figures('visits', ['count'], ['firstActivity', 'lastActivity'], {})],
  ['profile', figures('profile', [], ['createdAt'], {})],
  ['import', fixed({ import: name, created: flag })],
  ['anonymous', fixed({ anonymous: flag })],
  ['identity', comparison({ identity: name }, ['text', 'every'])],
  ['segment', fixed({ segment: name, member: flag })],
  ['sample', fixed({ sample })],
]);
