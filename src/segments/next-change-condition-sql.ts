import { type RawBuilder, sql } from 'kysely';
import { propertyOf } from './figures-in-place-sql.ts';
import { daysBefore } from './moment.ts';
import { endsIn, everWindow, isOneOf, lastDays, windowOf } from './predicate-action-sql.ts';
import { beginningOfDay, endOfDay, numberHolds } from './predicate-comparison-sql.ts';
import type { JsonValue, Occurrence, Sources } from './predicate-context.ts';
import {
  type ActionCondition,
  type Comparison,
  type Condition,
  comparedToNow,
  type LastActionCondition,
  type NumberComparison,
  type OrdersCondition,
  type VisitsCondition,
} from './rule.ts';

type Value = RawBuilder<unknown>;

/**
 * The earliest moment after now at which time alone may change whether this condition holds for the profile `p`; null in the
 * database for never, undefined for a condition that does not look at the clock. It changes when the clock reaches that moment, so
 * what is out only after a moment changes a microsecond, the database's shortest time, after it. The ends of every stretch of
 * time are those of predicate-sql.ts. Exact, but for a `where` that compares with now: there it may be earlier than the true one.
 */
export function nextChangeOfCondition(asked: Condition, sources: Sources): Value | undefined {
  if ('attribute' in asked) {
    return nextChangeOfJson(sources.figures.attribute(asked.attribute), asked, sources);
  }
  if ('action' in asked) return nextChangeOfAction(asked, sources);
  if ('lastAction' in asked) return nextChangeOfLastAction(asked, sources);
  if ('orders' in asked) return nextChangeOfOrders(asked, sources);
  if ('visits' in asked) return nextChangeOfVisits(asked, sources);
  if ('profile' in asked) return nextChangeOfMoment(sql`p.created_at`, asked, sources);
  return undefined;
}

/** A moment that lies ahead comes in when it comes. */
function nextChangeOfMoment(moment: Value, asked: Comparison, sources: Sources): Value | undefined {
  switch (asked.is) {
    case 'today': {
      const tomorrow = sources.at(endOfDay);
      return sql`CASE WHEN ${moment} >= ${tomorrow} THEN date_trunc('day', ${moment}, 'UTC')
                      WHEN ${moment} >= ${sources.at(beginningOfDay)} THEN ${tomorrow} END`;
    }
    case 'inTheLast':
      return sql`CASE WHEN ${moment} > ${sources.at((now) => now.toISOString())} THEN ${moment}
                      ELSE ${whenLeft(moment, asked.days, sources)} END`;
    case 'moreThanDaysAgo':
      return whenPassed(moment, asked.days, sources);
    default:
      return undefined;
  }
}

/** When it is n x 24 hours ago. */
function whenLeft(moment: Value, days: number, { at }: Sources): Value {
  return sql`CASE WHEN ${moment} > ${at((now) => daysBefore(now, days))} THEN ${moment} + ${daysLong(days)} END`;
}

/** When it is more than n x 24 hours ago. */
function whenPassed(moment: Value, days: number, { at }: Sources): Value {
  return sql`CASE WHEN ${moment} >= ${at((now) => daysBefore(now, days))}
                  THEN ${moment} + ${daysLong(days)} + interval '1 microsecond' END`;
}

/** In hours: a day of the database is as long as the time zone of its session says. */
function daysLong(days: number): Value {
  return sql`make_interval(hours => ${days * 24}::integer)`;
}

function nextChangeOfJson({ moment }: JsonValue, asked: Comparison, sources: Sources): Value | undefined {
  if (moment.isColumn) return nextChangeOfMoment(moment.value, asked, sources);
  const change = nextChangeOfMoment(sql`read.at`, asked, sources);
  // OFFSET, so that the moment is read once.
  return change && sql`(SELECT ${change} FROM (SELECT ${moment.value} AS at OFFSET 0) read)`;
}

function nextChangeOfAction(asked: ActionCondition, sources: Sources): Value | undefined {
  const { action: actions, atLeast = 1, within, where = [] } = asked;
  const days = within && 'days' in within ? within.days : undefined;
  const window = windowOf(within, sources);
  if (where.some(comparedToNow)) {
    const leaving = days === undefined ? [] : [whenLeft(sql`e.at`, days, sources)];
    return nextChangeOfEvents({ actions, where, window }, leaving, sources);
  }
  if (days === undefined) return undefined;
  return sql`(${sources.figures.newest({ actions, where, window }, atLeast)} + ${daysLong(days)})`;
}

function nextChangeOfLastAction(asked: LastActionCondition, sources: Sources): Value {
  const { lastAction: actions, moreThanDaysAgo: more, lessThanDaysAgo: less, where = [] } = asked;
  const days = more ?? less ?? 0;
  if (where.some(comparedToNow)) {
    const passing = (more === undefined ? whenLeft : whenPassed)(sql`e.at`, days, sources);
    return nextChangeOfEvents({ actions, where, window: everWindow }, [passing], sources);
  }
  const window = lastDays(days, sources, { in: more !== undefined });
  const last = sources.figures.newest({ actions, where, window }, 1);
  return sql`(${last} + ${daysLong(days)} + ${more === undefined ? sql`interval '0'` : sql`interval '1 microsecond'`})`;
}

/** The first change of any of these events, by their moments or by moments among their properties. */
function nextChangeOfEvents(
  { actions, where, window }: Omit<Occurrence, 'atLeast'>,
  ofMoment: readonly Value[],
  sources: Sources,
): Value {
  const ofProperties = where.flatMap((line) => nextChangeOfJson(propertyOf(line.property), line, sources) ?? []);
  return sql`(
    SELECT min(least(${sql.join([...ofMoment, ...ofProperties])})) FROM ${sources.ds.tables.event} e
    WHERE e.profile_id = p.id AND ${endsIn(sql`e.at`, window)} AND ${isOneOf(sql`e.action`, actions)})`;
}

function nextChangeOfVisits(asked: VisitsCondition, sources: Sources): Value | undefined {
  switch (asked.visits) {
    case 'count':
      return undefined;
    case 'firstActivity':
      return nextChangeOfMoment(sql`p.first_activity`, asked, sources);
    case 'lastActivity':
      return nextChangeOfMoment(sql`p.last_activity`, asked, sources);
  }
}

function nextChangeOfOrders(asked: OrdersCondition, sources: Sources): Value | undefined {
  switch (asked.orders) {
    case 'firstAt':
      return nextChangeOfMoment(sql`p.first_order_at`, asked, sources);
    case 'lastAt':
      return nextChangeOfMoment(sql`p.last_order_at`, asked, sources);
    case 'count':
    case 'value': {
      const { within } = asked;
      return within && 'days' in within ? whenOrdersLeft(asked.orders, asked, within.days, sources) : undefined;
    }
  }
}

/** When the first of the orders leaves the window without which the figure is on the other side of what is asked. */
function whenOrdersLeft(figure: 'count' | 'value', asked: NumberComparison, days: number, { ds, at }: Sources): Value {
  const of = (orders: Value) =>
    figure === 'count' ? sql`count(*) OVER ${orders}` : sql`coalesce(sum(e.order_value) OVER ${orders}, 0)`;
  return sql`CASE WHEN p.orders > 0 THEN (
    SELECT min(o.at) + ${daysLong(days)} FROM (
      SELECT e.at, ${of(sql`newer`)} AS newer, ${of(sql`()`)} AS every
      FROM ${ds.tables.event} e
      WHERE e.profile_id = p.id AND e.order_value IS NOT NULL AND e.at > ${at((now) => daysBefore(now, days))}
      WINDOW newer AS (ORDER BY e.at DESC, e.id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    ) o WHERE ${numberHolds(sql`o.newer`, asked)} <> ${numberHolds(sql`o.every`, asked)}) END`;
}
