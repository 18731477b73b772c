import { type RawBuilder, sql } from 'kysely';
import { ColumnList } from './column-list-sql.ts';
import { EventColumns } from './event-columns-sql.ts';
import {
  attributeOf,
  didAnything,
  identityIs,
  lastActivityIn,
  mayHaveBeenIn,
  shareOfProfile,
} from './figures-in-place-sql.ts';
import type { Flag, Looks } from './look-sql.ts';
import { endsIn } from './predicate-action-sql.ts';
import { jsonOrAbsent, momentOfJson } from './predicate-comparison-sql.ts';
import type { Figures, JsonValue, Occurrence, Sources, TextAsked, Window } from './predicate-context.ts';
import { type Actions, canonicalJson } from './rule.ts';

type Value = RawBuilder<unknown>;
type Test = RawBuilder<boolean>;

/** Conditions that name more actions are looked up in place: each name has columns of its own. */
const namesMax = 20;

/**
 * The figures that rules ask for become columns, each distinct one once; `rows` then reads all of them in one look at each
 * place where a profile has something: its row, the counts per action, its identities, its sets, its events.
 */
export class FiguresInPass implements Figures {
  readonly #sources: Omit<Sources, 'figures'>;
  readonly #elsewhere: Figures;
  readonly #profile = new ColumnList('p');
  readonly #moments = new ColumnList('t');
  readonly #counts = new ColumnList('a');
  readonly #identities = new ColumnList('i');
  readonly #sets = new ColumnList('m');
  readonly #events: EventColumns;
  readonly #names: string[] = [];
  readonly #looks: Looks;
  readonly #countsLook: Flag;
  readonly #identitiesLook: Flag;

  constructor(sources: Omit<Sources, 'figures'>, elsewhere: Figures, looks: Looks) {
    this.#sources = sources;
    this.#elsewhere = elsewhere;
    this.#looks = looks;
    this.#countsLook = looks.addFlag();
    this.#identitiesLook = looks.addFlag();
    this.#events = new EventColumns(sources, looks, (asked) => this.#mayHaveDone(asked));
  }

  /** The most columns of one row. */
  get width(): number {
    const lists = [this.#profile, this.#moments, this.#counts, this.#identities, this.#sets];
    return Math.max(this.#events.width, ...lists.map(({ count }) => count));
  }

  attribute(name: string): JsonValue {
    const json = this.#profile.column(`attribute ${name}`, () => jsonOrAbsent(attributeOf(name)));
    const moments = this.#moments;
    return {
      json,
      get moment() {
        const value = moments.column(
          name,
          () => sql`CASE WHEN jsonb_typeof(${json}) = 'string' THEN ${momentOfJson(json)} END`,
        );
        return { value, isColumn: true };
      },
    };
  }

  did(asked: Occurrence): Test {
    const { actions, atLeast, window } = asked;
    if (actions === '*') return didAnything(atLeast, window);
    const names = namesOf(actions);
    if (names.length > namesMax) return this.#elsewhere.did(asked);
    if (names.length > 1 && atLeast > 1) {
      const counts = names.map((name) => sql`coalesce(${this.#count('count', name)}, 0)`);
      return sql`(${sql.join(counts, sql` + `)} >= ${atLeast}::integer)`;
    }
    return sql`(${sql.join(
      names.map((name) => sql`coalesce(${this.#didOne(name, atLeast, window)}, false)`),
      sql` OR `,
    )})`;
  }

  didByEvents(asked: Occurrence): Test {
    return sql`(${this.#events.count(asked)} >= ${asked.atLeast}::integer)`;
  }

  newest(asked: Omit<Occurrence, 'atLeast'>, nth: number): Value {
    const { actions, where, window } = asked;
    if (where.length > 0 || nth > 1) return this.#events.newest({ ...asked, atLeast: nth });
    if (actions === '*') return lastActivityIn(window);
    const names = namesOf(actions);
    if (names.length > namesMax) return this.#elsewhere.newest(asked, nth);
    const last = names.map((name) => {
      const at = this.#count('last_at', name);
      return sql`CASE WHEN ${endsIn(at, window)} THEN ${at} END`;
    });
    return sql`greatest(${sql.join(last)})`;
  }

  ordersWithin(figure: 'count' | 'value', window: Window): Value {
    return this.#events.orders(figure, window);
  }

  hasIdentity(type: string, asked?: TextAsked): Test {
    this.#looks.ask(this.#identitiesLook);
    const is = asked && { contains: asked.is === 'contains' || asked.is === 'doesNotContain', value: asked.value };
    return this.#identities.column(
      canonicalJson([type, is ?? null]),
      () => sql`coalesce(bool_or(${identityIs(type, asked)}), false)`,
    ) as Test;
  }

  isMember(setNo: number): Test {
    return this.#sets.column(String(setNo), () => sql`coalesce(bool_or(m.set_no = ${setNo}::integer), false)`) as Test;
  }

  share(): Value {
    return this.#profile.column('share', () => shareOfProfile);
  }

  #didOne(name: string, atLeast: number, window: Window): Test {
    const ends = mayHaveBeenIn(window, this.#count('first_at', name), this.#count('last_at', name));
    return sql`(${this.#count('count', name)} >= ${atLeast}::integer AND ${ends})`;
  }

  /** Null or false when the figures rule out that there are as many such events. */
  #mayHaveDone({ actions, atLeast, window }: Occurrence): Test {
    const names = namesOf(actions);
    if (actions === '*' || names.length > namesMax) return didAnything(atLeast, window);
    const each = names.map((name) => this.#didOne(name, names.length === 1 ? atLeast : 1, window));
    return sql`(${sql.join(each, sql` OR `)})`;
  }

  #count(figure: 'count' | 'first_at' | 'last_at', name: string): Value {
    this.#looks.ask(this.#countsLook);
    return this.#counts.column(`${figure} ${name}`, () => {
      if (!this.#names.includes(name)) this.#names.push(name);
      // The names are numbered, so that each row of counts compares its own with them once.
      return sql`max(a.${sql.ref(figure)}) FILTER (WHERE a.no = ${this.#names.indexOf(name) + 1}::integer)`;
    });
  }

  /**
   * What follows FROM: for each of the profiles that `asked` has a row of, a row `p` and the rows that its figures are columns of. `held`
   * is which of the sets that are looked at it is in. OFFSET 0 keeps the database from writing an expression wherever its column is named.
   */
  rows(asked: readonly Value[]): Value {
    const { tables } = this.#sources.ds;
    const laterals = [
      ...asked,
      sql`(SELECT ${sql.join([sql`p.*`, ...this.#profile.selected()])}
           FROM ${tables.profile} p WHERE p.id = asked.id OFFSET 0) p`,
      this.#memberships(),
    ];
    if (this.#moments.count > 0) laterals.push(sql`(SELECT ${sql.join(this.#moments.selected())} OFFSET 0) t`);
    if (this.#counts.count > 0) {
      laterals.push(sql`
        (SELECT ${sql.join(this.#counts.selected())}
         FROM (SELECT array_position(${[...this.#names]}::text[], a.action) AS no, a.count, a.first_at, a.last_at
               FROM ${tables.action_count} a WHERE a.profile_id = p.id AND ${this.#countsLook.isUp} OFFSET 0) a) a`);
    }
    if (this.#identities.count > 0) {
      laterals.push(sql`
        (SELECT ${sql.join(this.#identities.selected())}
         FROM ${tables.identity} i WHERE i.profile_id = p.id AND ${this.#identitiesLook.isUp}) i`);
    }
    return sql.join([...laterals, ...this.#events.rows()], sql` CROSS JOIN LATERAL `);
  }

  #memberships(): Value {
    // Reads all of the profile's: as a condition of the index the sets would be stepped through, each a search of its own.
    const held = sql`coalesce(array_agg(m.set_no ORDER BY m.set_no) FILTER (WHERE m.set_no = ANY (g.sets)), '{}') AS held`;
    return sql`
      (SELECT ${sql.join([held, ...this.#sets.selected()])}
       FROM ${this.#sources.ds.tables.membership} m WHERE m.profile_id = p.id) m`;
  }
}

/** Each once, whoever wrote it twice: counts are added up. */
function namesOf(actions: Actions): string[] {
  return typeof actions === 'string' ? [actions] : [...new Set(actions)];
}
