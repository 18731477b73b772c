import { type RawBuilder, sql } from 'kysely';
import { daysBefore } from './moment.ts';
import { jsonHolds, moment, timeOf } from './predicate-comparison-sql.ts';
import type { JsonValue, Occurrence, Sources, Window } from './predicate-context.ts';
import type { ActionCondition, Actions, LastActionCondition, Period, PropertyCondition } from './rule.ts';

type Test = RawBuilder<boolean>;
type Value = RawBuilder<unknown>;

/** `{"action": …, "did": …}` */
export function didAction(asked: ActionCondition, sources: Sources): Test {
  const did = occurred(
    {
      actions: asked.action,
      atLeast: asked.atLeast ?? 1,
      window: windowOf(asked.within, sources),
      where: asked.where ?? [],
    },
    sources,
  );
  return asked.did ? did : sql`(NOT ${did})`;
}

/** `{"lastAction": …}`: the last time lies before (or after) a moment if nothing (or something) has happened since. */
export function lastActionHolds(asked: LastActionCondition, sources: Sources): Test {
  const within = (window: Window) =>
    occurred({ actions: asked.lastAction, atLeast: 1, window, where: asked.where ?? [] }, sources);
  const { moreThanDaysAgo: more, lessThanDaysAgo: less, orNever } = asked;
  const since = within(lastDays(more ?? less ?? 0, sources, { in: more !== undefined }));
  if (more !== undefined) {
    const notSince = sql<boolean>`(NOT ${since})`;
    return orNever ? notSince : sql`(${within(everWindow)} AND ${notSince})`;
  }
  return orNever ? sql`(${since} OR NOT ${within(everWindow)})` : since;
}

function occurred(asked: Occurrence, { figures }: Sources): Test {
  return isToldByFigures(asked) ? figures.did(asked) : figures.didByEvents(asked);
}

/** Whether the figures of a profile and of its actions know it, so that most rules read no events. */
function isToldByFigures({ atLeast, window, where }: Occurrence): boolean {
  if (where.length > 0 || (window.from && window.to)) return false;
  return atLeast === 1 || (!window.from && !window.to);
}

/** Whether an event or a count of events is of one of these actions. */
export function isOneOf(action: Value, actions: Actions): Test {
  if (actions === '*') return sql`true`;
  return typeof actions === 'string' ? sql`${action} = ${actions}::text` : sql`${action} = ANY (${actions}::text[])`;
}

/** Whether each of these lines holds for the event whose properties are given. */
export function allHold(
  where: readonly PropertyCondition[],
  propertyOf: (name: string) => JsonValue,
  sources: Pick<Sources, 'at'>,
): Test {
  const tests = where.map((line) => jsonHolds(propertyOf(line.property), line, sources));
  return tests.length === 0 ? sql`true` : sql`${sql.join(tests, sql` AND `)}`;
}

export const everWindow: Window = { name: 'ever' };

/** After now - n x 24 h; with `in` also at that moment itself. */
export function lastDays(days: number, { at }: Pick<Sources, 'at'>, ends: { in: boolean }): Window {
  return {
    from: { at: at((now) => daysBefore(now, days)), in: ends.in },
    name: `${days} days${ends.in ? ', in' : ''}`,
  };
}

export function windowOf(period: Period | undefined, sources: Pick<Sources, 'at'>): Window {
  if (!period) return everWindow;
  if ('days' in period) return lastDays(period.days, sources, { in: false });
  return {
    ...(period.from === undefined ? {} : { from: { at: moment(timeOf(period.from).at), in: true } }),
    ...(period.to === undefined ? {} : { to: moment(timeOf(period.to).at) }),
    name: `${period.from ?? ''} to ${period.to ?? ''}`,
  };
}

/** Whether a moment is in the window; plain comparisons, which the index of events by moment can use. */
export function endsIn(at: Value, { from, to }: { from?: Window['from'] | undefined; to?: Value | undefined }): Test {
  const tests: Value[] = [];
  if (from) tests.push(from.in ? sql`${at} >= ${from.at}` : sql`${at} > ${from.at}`);
  if (to) tests.push(sql`${at} < ${to}`);
  return tests.length === 0 ? sql`true` : sql`(${sql.join(tests, sql` AND `)})`;
}
