import { type RawBuilder, sql } from 'kysely';
import { allHold, endsIn, isOneOf } from './predicate-action-sql.ts';
import { jsonValue, moment, textIs } from './predicate-comparison-sql.ts';
import type {
  Figures,
  JsonValue,
  Occurrence,
  PredicateContext,
  Sources,
  TextAsked,
  Window,
} from './predicate-context.ts';

type Value = RawBuilder<unknown>;
type Test = RawBuilder<boolean>;

/** Every figure is looked up where it is asked for: an expression over `p` alone, which may stand in any statement. */
export function inPlace(context: PredicateContext): Sources {
  const { now, ...rest } = context;
  const at = (of: (now: Date) => string) => moment(of(now));
  return { ...rest, at, figures: new FiguresInPlace({ ...rest, at }) };
}

export class FiguresInPlace implements Figures {
  readonly #asked: Omit<Sources, 'figures'>;

  constructor(asked: Omit<Sources, 'figures'>) {
    this.#asked = asked;
  }

  get #tables() {
    return this.#asked.ds.tables;
  }

  attribute(name: string): JsonValue {
    return jsonValue(attributeOf(name));
  }

  did({ actions, atLeast, window }: Occurrence): Test {
    if (actions === '*') return didAnything(atLeast, window);
    const rows = sql`FROM ${this.#tables.action_count} a WHERE a.profile_id = p.id AND ${isOneOf(sql`a.action`, actions)}`;
    if (typeof actions !== 'string' && atLeast > 1) {
      return sql`((SELECT coalesce(sum(a.count), 0) ${rows}) >= ${atLeast}::integer)`;
    }
    return sql`EXISTS (SELECT 1 ${rows} AND a.count >= ${atLeast}::integer AND ${mayHaveBeenIn(window, sql`a.first_at`, sql`a.last_at`)})`;
  }

  didByEvents(asked: Occurrence): Test {
    const rows = sql`SELECT 1 ${this.#eventsOf(asked)}`;
    if (asked.atLeast === 1) return sql`EXISTS (${rows})`;
    return sql`((SELECT count(*) FROM (${rows} LIMIT ${asked.atLeast}::integer) AS found) >= ${asked.atLeast}::integer)`;
  }

  newest(asked: Omit<Occurrence, 'atLeast'>, nth: number): Value {
    const { actions, where, window } = asked;
    if (where.length === 0 && nth === 1) {
      if (actions === '*') return lastActivityIn(window);
      return sql`(SELECT max(a.last_at) FROM ${this.#tables.action_count} a
                  WHERE a.profile_id = p.id AND ${isOneOf(sql`a.action`, actions)} AND ${endsIn(sql`a.last_at`, window)})`;
    }
    return sql`(SELECT e.at ${this.#eventsOf(asked)} ORDER BY e.at DESC OFFSET ${nth - 1}::integer LIMIT 1)`;
  }

  #eventsOf({ actions, window, where }: Omit<Occurrence, 'atLeast'>): Value {
    return sql`
      FROM ${this.#tables.event} e
      WHERE e.profile_id = p.id AND ${endsIn(sql`e.at`, window)} AND ${isOneOf(sql`e.action`, actions)}
        AND ${allHold(where, propertyOf, this.#asked)}`;
  }

  // Most profiles have no orders, and their events need not be read to know it.
  ordersWithin(figure: 'count' | 'value', window: Window): Value {
    const sum = figure === 'count' ? sql`count(*)` : sql`coalesce(sum(e.order_value), 0)`;
    return sql`CASE WHEN p.orders = 0 THEN 0 ELSE (
      SELECT ${sum} FROM ${this.#tables.event} e
      WHERE e.profile_id = p.id AND e.order_value IS NOT NULL AND ${endsIn(sql`e.at`, window)}) END`;
  }

  hasIdentity(type: string, asked?: TextAsked): Test {
    return sql`EXISTS (
      SELECT 1 FROM ${this.#tables.identity} i
      WHERE i.profile_id = p.id AND ${identityIs(type, asked)})`;
  }

  isMember(setNo: number): Test {
    return sql`EXISTS (
      SELECT 1 FROM ${this.#tables.membership} m WHERE m.profile_id = p.id AND m.set_no = ${setNo}::integer)`;
  }

  share(): Value {
    return shareOfProfile;
  }
}

/** Whether the first of something is not after a window and the last not before it. */
export function mayHaveBeenIn({ from, to }: Window, first: Value, last: Value): Test {
  return sql`${endsIn(last, { from })} AND ${endsIn(first, { to })}`;
}

export function didAnything(atLeast: number, window: Window): Test {
  const ends = mayHaveBeenIn(window, sql`p.first_activity`, sql`p.last_activity`);
  return sql`(p.events >= ${atLeast}::integer AND coalesce(${ends}, false))`;
}

/** The moment of the last event of whatever action, if it is in the window. */
export function lastActivityIn(window: Window): Value {
  return sql`CASE WHEN ${endsIn(sql`p.last_activity`, window)} THEN p.last_activity END`;
}

/** What is asked of a row `i` of identities. */
export function identityIs(type: string, asked: TextAsked | undefined): Test {
  const ofType = sql<boolean>`i.type = ${type}::text`;
  return asked ? sql`(${ofType} AND ${textIs(sql`i.value`, asked)})` : ofType;
}

export function attributeOf(name: string): Value {
  return sql`(p.attributes -> ${name}::text -> 'value')`;
}

/** A property of the event `e`; "a.b" goes into objects. */
export function propertyOf(name: string): JsonValue {
  return jsonValue(propertyPath(name));
}

export function propertyPath(name: string): Value {
  const steps = name.split('.').map((step) => sql`${step}::text`);
  return sql`(e.properties -> ${sql.join(steps, sql` -> `)})`;
}

export const shareOfProfile: Value = sql`('x' || encode(substr(sha256(int8send(p.id)), 1, 4), 'hex'))::bit(32)::bigint`;
