import { type RawBuilder, sql } from 'kysely';
import { daysBefore } from './moment.ts';
import { jsonHolds, jsonOrAbsent, timeOf } from './predicate-comparison-sql.ts';
import type { PredicateContext } from './predicate-context.ts';
import type { ActionCondition, Actions, LastActionCondition, Period, PropertyCondition } from './rule.ts';

type Test = RawBuilder<boolean>;
type Value = RawBuilder<unknown>;

/** A stretch of time by its ends; each says whether it is in. */
export interface Window {
  from?: { at: string; in: boolean };
  /** Always out. */
  to?: string;
}

interface Occurrence {
  actions: Actions;
  atLeast: number;
  window: Window;
  where: PropertyCondition[];
}

/** `{"action": …, "did": …}` */
export function didAction(asked: ActionCondition, context: PredicateContext): Test {
  const did = occurred(
    {
      actions: asked.action,
      atLeast: asked.atLeast ?? 1,
      window: windowOf(asked.within, context.now),
      where: asked.where ?? [],
    },
    context,
  );
  return asked.did ? did : sql`(NOT ${did})`;
}

/** `{"lastAction": …}`: the last time lies before (or after) a moment if nothing (or something) has happened since. */
export function lastActionHolds(asked: LastActionCondition, context: PredicateContext): Test {
  const within = (window: Window) =>
    occurred({ actions: asked.lastAction, atLeast: 1, window, where: asked.where ?? [] }, context);
  const { moreThanDaysAgo: more, lessThanDaysAgo: less, orNever } = asked;
  const at = daysBefore(context.now, more ?? less ?? 0);
  if (more !== undefined) {
    const notSince = sql<boolean>`(NOT ${within({ from: { at, in: true } })})`;
    return orNever ? notSince : sql`(${within({})} AND ${notSince})`;
  }
  const since = within({ from: { at, in: false } });
  return orNever ? sql`(${since} OR NOT ${within({})})` : since;
}

function occurred(asked: Occurrence, { ds, now }: PredicateContext): Test {
  return fromFigures(asked, ds.tables.action_count) ?? fromEvents(asked, ds.tables.event, now);
}

/** What the figures of a profile and of its actions already know, so that most rules read no events. */
function fromFigures({ actions, atLeast, window, where }: Occurrence, table: Value): Test | undefined {
  if (where.length > 0 || (window.from && window.to) || ((window.from || window.to) && atLeast > 1)) return undefined;
  const ends = (first: Value, last: Value) =>
    sql`${endsIn(last, { from: window.from })} AND ${endsIn(first, { to: window.to })}`;
  if (actions === '*') {
    return sql`(p.events >= ${atLeast}::integer AND coalesce(${ends(sql`p.first_activity`, sql`p.last_activity`)}, false))`;
  }
  const rows = sql`FROM ${table} a WHERE a.profile_id = p.id AND ${isOneOf(sql`a.action`, actions)}`;
  if (typeof actions !== 'string' && atLeast > 1) {
    return sql`((SELECT coalesce(sum(a.count), 0) ${rows}) >= ${atLeast}::integer)`;
  }
  return sql`EXISTS (SELECT 1 ${rows} AND a.count >= ${atLeast}::integer AND ${ends(sql`a.first_at`, sql`a.last_at`)})`;
}

function fromEvents({ actions, atLeast, window, where }: Occurrence, table: Value, now: Date): Test {
  const rows = sql`
    SELECT 1 FROM ${table} e
    WHERE e.profile_id = p.id AND ${endsIn(sql`e.at`, window)} AND ${isOneOf(sql`e.action`, actions)}
      AND ${allHold(where, now)}`;
  if (atLeast === 1) return sql`EXISTS (${rows})`;
  return sql`((SELECT count(*) FROM (${rows} LIMIT ${atLeast}::integer) AS found) >= ${atLeast}::integer)`;
}

/** Whether an event or a count of events is of one of these actions. */
export function isOneOf(action: Value, actions: Actions): Test {
  if (actions === '*') return sql`true`;
  return typeof actions === 'string' ? sql`${action} = ${actions}::text` : sql`${action} = ANY (${actions}::text[])`;
}

/** Whether each of these lines holds for the event `e`. */
export function allHold(where: readonly PropertyCondition[], now: Date): Test {
  return sql`${sql.join([sql`true`, ...where.map((line) => jsonHolds(property(line.property), line, now))], sql` AND `)}`;
}

/** A property of the event `e`; "a.b" goes into objects. */
export function property(name: string): Value {
  const steps = name.split('.').map((step) => sql`${step}::text`);
  return jsonOrAbsent(sql`(e.properties -> ${sql.join(steps, sql` -> `)})`);
}

export function windowOf(period: Period | undefined, now: Date): Window {
  if (!period) return {};
  if ('days' in period) return { from: { at: daysBefore(now, period.days), in: false } };
  return {
    ...(period.from === undefined ? {} : { from: { at: timeOf(period.from).at, in: true } }),
    ...(period.to === undefined ? {} : { to: timeOf(period.to).at }),
  };
}

/** Whether a moment is in the window; plain comparisons, which the index of events by moment can use. */
export function endsIn(at: Value, { from, to }: { from?: Window['from'] | undefined; to?: string | undefined }): Test {
  const tests: Value[] = [];
  if (from) tests.push(from.in ? sql`${at} >= ${from.at}::timestamptz` : sql`${at} > ${from.at}::timestamptz`);
  if (to) tests.push(sql`${at} < ${to}::timestamptz`);
  return tests.length === 0 ? sql`true` : sql`(${sql.join(tests, sql` AND `)})`;
}
