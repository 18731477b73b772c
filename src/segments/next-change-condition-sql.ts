import { type RawBuilder, sql } from 'kysely';
import { daysBefore, nextDay, readMoment } from './moment.ts';
import { allHold, endsIn, isOneOf, property, type Window, windowOf } from './predicate-action-sql.ts';
import { jsonOrAbsent, numberHolds } from './predicate-comparison-sql.ts';
import type { PredicateContext } from './predicate-context.ts';
import {
  type ActionCondition,
  type Actions,
  type Comparison,
  type Condition,
  comparedToNow,
  type LastActionCondition,
  type NumberComparison,
  type OrdersCondition,
  type PropertyCondition,
  type VisitsCondition,
} from './rule.ts';

type Value = RawBuilder<unknown>;

/**
 * The earliest moment after now at which time alone may change whether this condition holds for the profile `p`; null in the
 * database for never, undefined for a condition that does not look at the clock. It changes when the clock reaches that moment, so
 * what is out only after a moment changes a microsecond, the database's shortest time, after it. The ends of every stretch of
 * time are those of predicate-sql.ts. Exact, but for a `where` that compares with now: there it may be earlier than the true one.
 */
export function nextChangeOfCondition(asked: Condition, context: PredicateContext): Value | undefined {
  const { now } = context;
  if ('attribute' in asked) {
    return nextChangeOfJson(jsonOrAbsent(sql`(p.attributes -> ${asked.attribute}::text -> 'value')`), asked, now);
  }
  if ('action' in asked) return nextChangeOfAction(asked, context);
  if ('lastAction' in asked) return nextChangeOfLastAction(asked, context);
  if ('orders' in asked) return nextChangeOfOrders(asked, context);
  if ('visits' in asked) return nextChangeOfVisits(asked, now);
  if ('profile' in asked) return nextChangeOfMoment(sql`p.created_at`, asked, now);
  return undefined;
}

/** A moment that lies ahead comes in when it comes. */
function nextChangeOfMoment(moment: Value, asked: Comparison, now: Date): Value | undefined {
  switch (asked.is) {
    case 'today': {
      const today = readMoment(now.toISOString().slice(0, 10));
      if (!today) throw new Error(`${now.toISOString()} is on no day`);
      const tomorrow = nextDay(today);
      return sql`CASE WHEN ${moment} >= ${tomorrow}::timestamptz THEN date_trunc('day', ${moment}, 'UTC')
                      WHEN ${moment} >= ${today.at}::timestamptz THEN ${tomorrow}::timestamptz END`;
    }
    case 'inTheLast':
      return sql`CASE WHEN ${moment} > ${now.toISOString()}::timestamptz THEN ${moment}
                      ELSE ${whenLeft(moment, asked.days, now)} END`;
    case 'moreThanDaysAgo':
      return whenPassed(moment, asked.days, now);
    default:
      return undefined;
  }
}

/** When it is n x 24 hours ago. */
function whenLeft(moment: Value, days: number, now: Date): Value {
  return sql`CASE WHEN ${moment} > ${daysBefore(now, days)}::timestamptz THEN ${moment} + ${daysLong(days)} END`;
}

/** When it is more than n x 24 hours ago. */
function whenPassed(moment: Value, days: number, now: Date): Value {
  return sql`CASE WHEN ${moment} >= ${daysBefore(now, days)}::timestamptz
                  THEN ${moment} + ${daysLong(days)} + interval '1 microsecond' END`;
}

/** In hours: a day of the database is as long as the time zone of its session says. */
function daysLong(days: number): Value {
  return sql`make_interval(hours => ${days * 24}::integer)`;
}

function nextChangeOfJson(value: Value, asked: Comparison, now: Date): Value | undefined {
  const change = nextChangeOfMoment(sql`read.at`, asked, now);
  // OFFSET, so that the moment is read once.
  return (
    change &&
    sql`CASE WHEN jsonb_typeof(${value}) = 'string'
             THEN (SELECT ${change} FROM (SELECT lethe.moment_of(${value} #>> '{}') AS at OFFSET 0) read) END`
  );
}

function nextChangeOfAction(asked: ActionCondition, context: PredicateContext): Value | undefined {
  const { action: actions, atLeast = 1, within, where = [] } = asked;
  const days = within && 'days' in within ? within.days : undefined;
  const window = windowOf(within, context.now);
  if (where.some(comparedToNow)) {
    const leaving = days === undefined ? [] : [whenLeft(sql`e.at`, days, context.now)];
    return nextChangeOfEvents({ actions, where, window }, leaving, context);
  }
  if (days === undefined) return undefined;
  return sql`(${newest({ actions, where, window }, atLeast, context)} + ${daysLong(days)})`;
}

function nextChangeOfLastAction(asked: LastActionCondition, context: PredicateContext): Value {
  const { lastAction: actions, moreThanDaysAgo: more, lessThanDaysAgo: less, where = [] } = asked;
  const days = more ?? less ?? 0;
  if (where.some(comparedToNow)) {
    const passing = (more === undefined ? whenLeft : whenPassed)(sql`e.at`, days, context.now);
    return nextChangeOfEvents({ actions, where, window: {} }, [passing], context);
  }
  const from = { at: daysBefore(context.now, days), in: more !== undefined };
  const last = newest({ actions, where, window: { from } }, 1, context);
  return sql`(${last} + ${daysLong(days)} + ${more === undefined ? sql`interval '0'` : sql`interval '1 microsecond'`})`;
}

interface Occurrences {
  actions: Actions;
  where: readonly PropertyCondition[];
  window: Window;
}

/** The moment of the newest of these events, or of the second newest and so on; null when there are not so many. */
function newest({ actions, where, window }: Occurrences, nth: number, context: PredicateContext): Value {
  const { event, action_count } = context.ds.tables;
  if (where.length === 0 && nth === 1) {
    if (actions === '*') return sql`CASE WHEN ${endsIn(sql`p.last_activity`, window)} THEN p.last_activity END`;
    return sql`(SELECT max(a.last_at) FROM ${action_count} a
                WHERE a.profile_id = p.id AND ${isOneOf(sql`a.action`, actions)} AND ${endsIn(sql`a.last_at`, window)})`;
  }
  return sql`(
    SELECT e.at FROM ${event} e
    WHERE e.profile_id = p.id AND ${endsIn(sql`e.at`, window)} AND ${isOneOf(sql`e.action`, actions)}
      AND ${allHold(where, context.now)}
    ORDER BY e.at DESC OFFSET ${nth - 1}::integer LIMIT 1)`;
}

/** The first change of any of these events, by their moments or by moments among their properties. */
function nextChangeOfEvents(
  { actions, where, window }: Occurrences,
  ofMoment: readonly Value[],
  { ds, now }: PredicateContext,
): Value {
  const ofProperties = where.flatMap((line) => nextChangeOfJson(property(line.property), line, now) ?? []);
  return sql`(
    SELECT min(least(${sql.join([...ofMoment, ...ofProperties])})) FROM ${ds.tables.event} e
    WHERE e.profile_id = p.id AND ${endsIn(sql`e.at`, window)} AND ${isOneOf(sql`e.action`, actions)})`;
}

function nextChangeOfVisits(asked: VisitsCondition, now: Date): Value | undefined {
  switch (asked.visits) {
    case 'count':
      return undefined;
    case 'firstActivity':
      return nextChangeOfMoment(sql`p.first_activity`, asked, now);
    case 'lastActivity':
      return nextChangeOfMoment(sql`p.last_activity`, asked, now);
  }
}

function nextChangeOfOrders(asked: OrdersCondition, context: PredicateContext): Value | undefined {
  switch (asked.orders) {
    case 'firstAt':
      return nextChangeOfMoment(sql`p.first_order_at`, asked, context.now);
    case 'lastAt':
      return nextChangeOfMoment(sql`p.last_order_at`, asked, context.now);
    case 'count':
    case 'value': {
      const { within } = asked;
      return within && 'days' in within ? whenOrdersLeft(asked.orders, asked, within.days, context) : undefined;
    }
  }
}

/** When the first of the orders leaves the window without which the figure is on the other side of what is asked. */
function whenOrdersLeft(
  figure: 'count' | 'value',
  asked: NumberComparison,
  days: number,
  { ds, now }: PredicateContext,
): Value {
  const of = (orders: Value) =>
    figure === 'count' ? sql`count(*) OVER ${orders}` : sql`coalesce(sum(e.order_value) OVER ${orders}, 0)`;
  return sql`CASE WHEN p.orders > 0 THEN (
    SELECT min(o.at) + ${daysLong(days)} FROM (
      SELECT e.at, ${of(sql`newer`)} AS newer, ${of(sql`()`)} AS every
      FROM ${ds.tables.event} e
      WHERE e.profile_id = p.id AND e.order_value IS NOT NULL AND e.at > ${daysBefore(now, days)}::timestamptz
      WINDOW newer AS (ORDER BY e.at DESC, e.id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    ) o WHERE ${numberHolds(sql`o.newer`, asked)} <> ${numberHolds(sql`o.every`, asked)}) END`;
}
