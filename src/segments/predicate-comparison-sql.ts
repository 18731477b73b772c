import { type RawBuilder, sql } from 'kysely';
import { daysBefore, type Moment, nextDay, readMoment } from './moment.ts';
import type { Comparison, DateComparison, NumberComparison, TextComparison } from './rule.ts';

type Test = RawBuilder<boolean>;
type Value = RawBuilder<unknown>;

/** What is asked of a JSON value; `value` is null where it is absent, JSON's null included (see `jsonOrAbsent`). */
export function jsonHolds(value: Value, asked: Comparison, now: Date): Test {
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
        : ofType('string', value, momentHolds(sql`lethe.moment_of(${text})`, asked as DateComparison, now));
    default:
      return ofType('string', value, momentHolds(sql`lethe.moment_of(${text})`, asked, now));
  }
}

/** JSON's null is no value. */
export function jsonOrAbsent(value: Value): Value {
  return sql`nullif(${value}, 'null'::jsonb)`;
}

// CASE, because only it promises that a cast in the test is not tried on a value of another type.
function ofType(type: string, value: Value, test: Test): Test {
  return sql`CASE WHEN jsonb_typeof(${value}) = ${type}::text THEN ${test} ELSE false END`;
}

function ofTypeOrAbsent(type: string, value: Value, test: Test): Test {
  return sql`CASE WHEN jsonb_typeof(${value}) = ${type}::text THEN ${test} ELSE ${value} IS NULL END`;
}

/** Whether a text equals or contains what a comparison asks for; of its negations, what they negate. */
export function textIs(text: Value, asked: Exclude<TextComparison, { is: 'anyValue' | 'noValue' }>): Test {
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
export function momentHolds(moment: Value, asked: DateComparison, now: Date): Test {
  switch (asked.is) {
    case 'anyValue':
      return sql`(${moment} IS NOT NULL)`;
    case 'noValue':
      return sql`(${moment} IS NULL)`;
    case 'today':
      return inRange(moment, dayOf(now).at, nextDay(dayOf(now)), '[)');
    case 'inTheLast':
      return inRange(moment, daysBefore(now, asked.days), now.toISOString(), '(]');
    case 'moreThanDaysAgo':
      return inRange(moment, null, daysBefore(now, asked.days), '()');
    case 'onOrAfter':
      return inRange(moment, timeOf(asked.value).at, null, '[)');
    case 'onOrBefore':
      return throughTo(moment, null, timeOf(asked.value));
    case 'between':
      return throughTo(moment, timeOf(asked.value[0]).at, timeOf(asked.value[1]));
  }
}

function throughTo(moment: Value, from: string | null, to: Moment): Test {
  return to.day ? inRange(moment, from, nextDay(to), '[)') : inRange(moment, from, to.at, '[]');
}

// A range, so that the moment of an attribute is read once for both ends.
function inRange(moment: Value, from: string | null, to: string | null, ends: string): Test {
  return sql`coalesce(tstzrange(${from}::timestamptz, ${to}::timestamptz, ${ends}::text) @> ${moment}, false)`;
}

function dayOf(moment: Date): Moment {
  return timeOf(moment.toISOString().slice(0, 10));
}

/** A day or moment of a rule that parse-rule.ts has let through. */
export function timeOf(text: string): Moment {
  return readMoment(text) as Moment;
}
