import { type RawBuilder, sql } from 'kysely';
import { daysBefore, nextDay, readMoment, type Moment as Time } from './moment.ts';
import type { JsonValue, Moment, Sources, TextAsked } from './predicate-context.ts';
import type { Comparison, DateComparison, NumberComparison } from './rule.ts';

type Test = RawBuilder<boolean>;
type Value = RawBuilder<unknown>;

/** What is asked of a JSON value. */
export function jsonHolds(of: JsonValue, asked: Comparison, sources: Pick<Sources, 'at'>): Test {
  const value = of.json;
  const text = sql`(${value} #>> '{}')`;
  switch (asked.is) {
    case 'anyValue':
      return sql`(${value} IS NOT NULL)`;
    case 'noValue':
      return sql`(${value} IS NULL)`;
    case 'true':
    case 'false':
      return sql`coalesce(${value} = ${asked.is}::jsonb, false)`;
    case 'includesAny':
      return ofType('array', value, sql`${value} ?| ${asked.value}::text[]`);
    case 'includesAll':
      return ofType('array', value, sql`${value} ?& ${asked.value}::text[]`);
    case 'includesNone':
      return ofTypeOrAbsent('array', value, sql`NOT ${value} ?| ${asked.value}::text[]`);
    case 'equals':
    case 'contains':
      return ofType('string', value, textIs(text, asked));
    case 'doesNotEqual':
    case 'doesNotContain':
      return ofTypeOrAbsent('string', value, sql`NOT ${textIs(text, asked)}`);
    case 'equalTo':
    case 'atLeast':
    case 'atMost':
      return ofType('number', value, numberHolds(sql`(${value})::numeric`, asked));
    case 'between':
      return typeof asked.value[0] === 'number'
        ? ofType('number', value, numberHolds(sql`(${value})::numeric`, asked as NumberComparison))
        : ofType('string', value, momentHolds(of.moment, asked as DateComparison, sources));
    default:
      return ofType('string', value, momentHolds(of.moment, asked, sources));
  }
}

/** A JSON value where it stands; JSON's null is no value. */
export function jsonValue(value: Value): JsonValue {
  const json = jsonOrAbsent(value);
  return { json, moment: { value: momentOfJson(json), isColumn: false } };
}

/** The text of a moment as a parameter. */
export function moment(at: unknown): Value {
  return sql`${at}::timestamptz`;
}

/** JSON's null is no value. */
export function jsonOrAbsent(value: Value): Value {
  return sql`nullif(${value}, 'null'::jsonb)`;
}

/** Null for whatever is no text; nothing else is written like a moment. */
export function momentOfJson(json: Value): Value {
  return sql`lethe.moment_of(${json} #>> '{}')`;
}

// CASE, because only it promises that a cast in the test is not tried on a value of another type.
function ofType(type: string, value: Value, test: Test): Test {
  return sql`CASE WHEN jsonb_typeof(${value}) = ${type}::text THEN ${test} ELSE false END`;
}

function ofTypeOrAbsent(type: string, value: Value, test: Test): Test {
  return sql`CASE WHEN jsonb_typeof(${value}) = ${type}::text THEN ${test} ELSE ${value} IS NULL END`;
}

/** Whether a text equals or contains what a comparison asks for; of its negations, what they negate. */
export function textIs(text: Value, asked: TextAsked): Test {
  if (asked.is === 'contains' || asked.is === 'doesNotContain') return sql`(strpos(${text}, ${asked.value}::text) > 0)`;
  if (typeof asked.value === 'string') return sql`(${text} = ${asked.value}::text)`;
  return sql`(${text} = ANY (${asked.value}::text[]))`;
}

/** What is asked of a number that is there. */
export function numberHolds(number: Value, asked: NumberComparison): Test {
  switch (asked.is) {
    case 'equalTo':
      return sql`(${number} = ${asked.value}::numeric)`;
    case 'atLeast':
      return sql`(${number} >= ${asked.value}::numeric)`;
    case 'atMost':
      return sql`(${number} <= ${asked.value}::numeric)`;
    case 'between':
      return sql`(${number} BETWEEN ${asked.value[0]}::numeric AND ${asked.value[1]}::numeric)`;
  }
}

/** What is asked of a moment; one that is not there is in no range. */
export function momentHolds(asker: Moment, asked: DateComparison, { at }: Pick<Sources, 'at'>): Test {
  switch (asked.is) {
    case 'anyValue':
      return sql`(${asker.value} IS NOT NULL)`;
    case 'noValue':
      return sql`(${asker.value} IS NULL)`;
    case 'today':
      return inRange(asker, at(beginningOfDay), '[)', at(endOfDay));
    case 'inTheLast':
      return inRange(
        asker,
        at((now) => daysBefore(now, asked.days)),
        '(]',
        at((now) => now.toISOString()),
      );
    case 'moreThanDaysAgo':
      return inRange(
        asker,
        null,
        '()',
        at((now) => daysBefore(now, asked.days)),
      );
    case 'onOrAfter':
      return inRange(asker, moment(timeOf(asked.value).at), '[)', null);
    case 'onOrBefore':
      return throughTo(asker, null, timeOf(asked.value));
    case 'between':
      return throughTo(asker, moment(timeOf(asked.value[0]).at), timeOf(asked.value[1]));
  }
}

function throughTo(asked: Moment, from: Value | null, to: Time): Test {
  return to.day ? inRange(asked, from, '[)', moment(nextDay(to))) : inRange(asked, from, '[]', moment(to.at));
}

/** `ends` as PostgreSQL writes them: `[` and `]` are in, `(` and `)` are out. */
function inRange(
  { value, isColumn }: Moment,
  from: Value | null,
  ends: '[)' | '(]' | '()' | '[]',
  to: Value | null,
): Test {
  if (!isColumn && from && to) {
    // A range, so that the moment is read once for both ends.
    return sql`coalesce(tstzrange(${from}, ${to}, ${ends}::text) @> ${value}, false)`;
  }
  const tests: Value[] = [];
  if (from) tests.push(ends.startsWith('[') ? sql`${value} >= ${from}` : sql`${value} > ${from}`);
  if (to) tests.push(ends.endsWith(']') ? sql`${value} <= ${to}` : sql`${value} < ${to}`);
  return sql`coalesce(${sql.join(tests, sql` AND `)}, false)`;
}

export function beginningOfDay(now: Date): string {
  return dayOf(now).at;
}

export function endOfDay(now: Date): string {
  return nextDay(dayOf(now));
}

function dayOf(now: Date): Time {
  return timeOf(now.toISOString().slice(0, 10));
}

/** A day or moment of a rule that parse-rule.ts has let through. */
export function timeOf(text: string): Time {
  return readMoment(text) as Time;
}
