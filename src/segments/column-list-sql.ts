import { type RawBuilder, sql } from 'kysely';

type Value = RawBuilder<unknown>;

/** The columns of a row that is put together while rules are compiled: what is asked for several times is selected once. */
export class ColumnList {
  readonly #row: string;
  readonly #columns = new Map<string, { name: string; expression: Value }>();

  /** `row` is the name by which the statement knows the row. */
  constructor(row: string) {
    this.#row = row;
  }

  get count(): number {
    return this.#columns.size;
  }

  /** The column of what is known by this key; `expression` is asked at its first use. */
  column(key: string, expression: () => Value): Value {
    let column = this.#columns.get(key);
    if (!column) {
      column = { name: `${this.#row}${this.#columns.size}`, expression: expression() };
      this.#columns.set(key, column);
    }
    return sql.ref(`${this.#row}.${column.name}`);
  }

  /** What stands between SELECT and FROM. */
  selected(): Value[] {
    return [...this.#columns.values()].map(({ name, expression }) => sql`${expression} AS ${sql.ref(name)}`);
  }
}
