import { type RawBuilder, sql } from 'kysely';
import { ColumnList } from './column-list-sql.ts';
import { propertyPath } from './figures-in-place-sql.ts';
import type { Flag, Looks } from './look-sql.ts';
import { allHold, endsIn } from './predicate-action-sql.ts';
import { jsonOrAbsent, momentOfJson } from './predicate-comparison-sql.ts';
import type { JsonValue, Occurrence, Sources, Window } from './predicate-context.ts';
import { type Actions, canonicalJson } from './rule.ts';

type Value = RawBuilder<unknown>;
type Test = RawBuilder<boolean>;

/**
 * What is asked of the events of a profile `p`, as aggregates over one look at them. They are read from the earliest moment on
 * that any question needs which the figures have not answered yet: of most profiles none.
 */
export class EventColumns {
  readonly #sources: Omit<Sources, 'figures'>;
  readonly #looks: Looks;
  /** Whether the figures leave it open that there are as many such events; null and false mean that there are not. */
  readonly #mayHaveDone: (asked: Occurrence) => Test;
  readonly #aggregates = new ColumnList('e');
  /** By name: the column, and the numbers of the actions whose events are asked for it. */
  readonly #properties = new Map<string, { column: string; of: number[] | 'every action' }>();
  readonly #begins = new Map<string, { look: Flag; begin: Value }>();
  readonly #names: string[] = [];
  /** The newest come first, because somebody asks for one by its number. */
  #isOrdered = false;

  constructor(sources: Omit<Sources, 'figures'>, looks: Looks, mayHaveDone: (asked: Occurrence) => Test) {
    this.#sources = sources;
    this.#looks = looks;
    this.#mayHaveDone = mayHaveDone;
  }

  get width(): number {
    return Math.max(this.#aggregates.count, this.#properties.size, this.#begins.size);
  }

  /** How many there are; where the figures tell that there are fewer than `atLeast`, some number below that. */
  count(asked: Occurrence): Value {
    this.#readFrom(occurrenceKey(asked, asked.atLeast), asked.window, () => this.#mayHaveDone(asked));
    return this.#aggregates.column(`count ${occurrenceKey(asked)}`, () => {
      return sql`count(*) FILTER (WHERE ${this.#isAsked(asked)})`;
    });
  }

  /** The moment of the event number `atLeast`, counted from the newest. */
  newest(asked: Occurrence): Value {
    const { atLeast: nth } = asked;
    this.#readFrom(occurrenceKey(asked, nth), asked.window, () => this.#mayHaveDone(asked));
    if (nth > 1) this.#isOrdered = true;
    return this.#aggregates.column(`newest ${occurrenceKey(asked, nth)}`, () => {
      const isAsked = this.#isAsked(asked);
      if (nth === 1) return sql`max(e.at) FILTER (WHERE ${isAsked})`;
      return sql`(array_agg(e.at) FILTER (WHERE ${isAsked}))[${nth}::integer]`;
    });
  }

  orders(figure: 'count' | 'value', window: Window): Value {
    const inWindow = endsIn(sql`p.last_order_at`, { from: window.from });
    this.#readFrom(`orders ${window.name}`, window, () => sql`(p.orders > 0 AND ${inWindow})`);
    return this.#aggregates.column(`${figure} of orders ${window.name}`, () => {
      const isOrder = sql`e.order_value IS NOT NULL AND ${endsIn(sql`e.at`, window)}`;
      if (figure === 'count') return sql`count(*) FILTER (WHERE ${isOrder})`;
      return sql`coalesce(sum(e.order_value) FILTER (WHERE ${isOrder}), 0)`;
    });
  }

  #readFrom(key: string, { from }: Window, isNeeded: () => Test): void {
    let read = this.#begins.get(key);
    if (!read) {
      const look = this.#looks.addFlag();
      const begin = from?.at ?? sql`'-infinity'::timestamptz`;
      const needed = this.#looks.askedBy(look, isNeeded);
      read = { look, begin: sql`CASE WHEN ${look.isUp} AND ${needed} THEN ${begin} END` };
      this.#begins.set(key, read);
    }
    this.#looks.ask(read.look);
  }

  #isAsked({ actions, window, where }: Omit<Occurrence, 'atLeast'>): Test {
    const numbers = this.#numbersOf(actions);
    const ofAction = numbers ? sql`e.no = ANY (${numbers}::integer[])` : sql`true`;
    const lines = allHold(where, (name) => this.#property(name, numbers), this.#sources);
    return sql`(${ofAction} AND ${endsIn(sql`e.at`, window)} AND ${lines})`;
  }

  /** The numbers of these actions among those that are asked for; undefined for whatever action. */
  #numbersOf(actions: Actions): number[] | undefined {
    if (actions === '*') return undefined;
    return (typeof actions === 'string' ? [actions] : actions).map((name) => {
      if (!this.#names.includes(name)) this.#names.push(name);
      return this.#names.indexOf(name) + 1;
    });
  }

  #property(name: string, numbers: readonly number[] | undefined): JsonValue {
    let property = this.#properties.get(name);
    if (!property) {
      property = { column: `x${this.#properties.size}`, of: [] };
      this.#properties.set(name, property);
    }
    if (!numbers) property.of = 'every action';
    if (property.of !== 'every action') property.of.push(...(numbers ?? []));
    const json = sql.ref(`e.${property.column}`);
    return { json, moment: { value: momentOfJson(json), isColumn: false } };
  }

  /** The rows `s` (from when on events are read) and `e`; none where nobody asks for events. */
  rows(): Value[] {
    if (this.#aggregates.count === 0) return [];
    const begins = sql`(SELECT least(${sql.join([...this.#begins.values()].map(({ begin }) => begin))}) AS since OFFSET 0) s`;
    const newestFirst = this.#isOrdered ? sql`ORDER BY e.at DESC` : sql``;
    return [
      begins,
      sql`
        (SELECT ${sql.join(this.#aggregates.selected())}
         FROM (SELECT ${sql.join([sql`e.at, e.order_value, e.no`, ...this.#propertiesSelected()])}
               FROM (SELECT e.at, e.order_value, array_position(${this.#names}::text[], e.action) AS no, e.properties
                     FROM ${this.#sources.ds.tables.event} e
                     WHERE e.profile_id = p.id AND e.at >= s.since ${newestFirst} OFFSET 0) e OFFSET 0) e) e`,
    ];
  }

  /** Most events are of actions that nobody asks for this property. */
  #propertiesSelected(): Value[] {
    return [...this.#properties].map(([name, { column, of }]) => {
      const json = jsonOrAbsent(propertyPath(name));
      const selected = of === 'every action' ? json : sql`CASE WHEN e.no = ANY (${of}::integer[]) THEN ${json} END`;
      return sql`${selected} AS ${sql.ref(column)}`;
    });
  }
}

function occurrenceKey({ actions, window, where }: Omit<Occurrence, 'atLeast'>, nth?: number): string {
  return canonicalJson([actions, window.name, where, nth ?? null]);
}
