import { type RawBuilder, sql } from 'kysely';
import { inPlace } from './figures-in-place-sql.ts';
import { nextChangeOfCondition } from './next-change-condition-sql.ts';
import type { PredicateContext, Sources } from './predicate-context.ts';
import { conditionHolds } from './predicate-sql.ts';
import { type Condition, looksAtClock, type Rule } from './rule.ts';

type Value = RawBuilder<unknown>;

/** What a statement over rows of `profile p` needs to know when time alone may change something about them. */
export interface NextChange {
  /** Rows of `p` with what the rules ask, each distinct condition once: `FROM ${ds.tables.profile} p CROSS JOIN LATERAL ${conditions}`. */
  conditions: Value;
  /** The earliest moment after now at which one of the rules may change its mind; `infinity` for never. */
  at: Value;
}

/**
 * When time alone may change whether one of these rules holds: never later than it does, and as a rule exactly then. It
 * follows the groups of a rule: one of which all must hold cannot come to hold before the last of those that do not hold now, so
 * nobody is looked at for "German, and active in the last 30 days" but Germans.
 *
 * Answers several, each with at most 1,600 columns: the database has a limit there. None when no rule looks at the clock.
 */
export function nextChanges(rules: readonly Rule[], context: PredicateContext): NextChange[] {
  const changes: NextChange[] = [];
  const sources = inPlace(context);
  let columns = new Columns(sources);
  let moments: Value[] = [];
  const finish = () => {
    if (moments.length > 0) changes.push({ conditions: columns.select(), at: sql`least(${sql.join(moments)})` });
    columns = new Columns(sources);
    moments = [];
  };
  for (const rule of rules.filter(looksAtClock)) {
    // A rule has at most 200 conditions of two columns each.
    if (columns.count > columnsMax - 400) finish();
    const changesAt = nextChangeOf(rule, columns);
    if (changesAt) moments.push(changesAt);
  }
  finish();
  return changes;
}

const columnsMax = 1_600;

/** What is known of each condition of a rule. */
export interface ConditionColumns {
  holds(condition: Condition): Value;
  /** Undefined for never. */
  changesAt(condition: Condition): Value | undefined;
}

/** When time alone may change whether this rule holds; undefined for never. */
export function nextChangeOf(rule: Rule, columns: ConditionColumns): Value | undefined {
  return followed(rule, columns, groupLevelsMax).changesAt;
}

/** Groups within these are taken together: each level doubles the expression. */
const groupLevelsMax = 3;

interface Followed {
  /** Written only where it is asked for: many conditions need not be evaluated. */
  holds(): Value;
  /** Undefined for never. */
  changesAt: Value | undefined;
}

function followed(rule: Rule, columns: ConditionColumns, levelsLeft: number): Followed {
  if ('not' in rule) {
    const { holds, changesAt } = followed(rule.not, columns, levelsLeft);
    return { holds: () => sql`(NOT ${holds()})`, changesAt };
  }
  if (!('all' in rule) && !('any' in rule)) {
    return { holds: () => columns.holds(rule), changesAt: columns.changesAt(rule) };
  }
  const isAll = 'all' in rule;
  const entries = (isAll ? rule.all : rule.any).map((entry) => followed(entry, columns, levelsLeft - 1));
  const holds = () =>
    sql`(${sql.join(
      entries.map((entry) => entry.holds()),
      isAll ? sql` AND ` : sql` OR `,
    )})`;
  return { holds, changesAt: changeOfGroup(isAll, entries, levelsLeft) };
}

/**
 * A group of which all must hold changes with the first of its entries while it holds; while it does not, no sooner than every
 * entry that stands in the way has changed. A group of which any is enough, the other way round.
 */
function changeOfGroup(isAll: boolean, entries: readonly Followed[], levelsLeft: number): Value | undefined {
  const changing = entries.flatMap(({ changesAt }) => changesAt ?? []);
  if (changing.length === 0) return undefined;
  if (entries.length === 1) return changing[0];
  const first = sql`least(${sql.join(changing)})`;
  if (levelsLeft <= 0) return first;
  const decides = (entry: Followed) => (isAll ? sql`NOT ${entry.holds()}` : entry.holds());
  const last = entries.map(
    (entry) => sql`CASE WHEN ${decides(entry)} THEN ${entry.changesAt ?? sql`'infinity'::timestamptz`}
                        ELSE '-infinity'::timestamptz END`,
  );
  return sql`CASE WHEN ${sql.join(entries.map(decides), sql` OR `)} THEN greatest(${sql.join(last)}) ELSE ${first} END`;
}

/** Each distinct condition once, as columns of a row named `k`: whether it holds, and when that changes. */
class Columns implements ConditionColumns {
  readonly #sources: Sources;
  readonly #names = new Map<string, Value | undefined>();
  readonly #selected: Value[] = [];

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  get count(): number {
    return this.#selected.length;
  }

  holds(condition: Condition): Value {
    return this.#column(`holds ${JSON.stringify(condition)}`, () => conditionHolds(condition, this.#sources)) as Value;
  }

  changesAt(condition: Condition): Value | undefined {
    return this.#column(`changes ${JSON.stringify(condition)}`, () => {
      const moment = nextChangeOfCondition(condition, this.#sources);
      return moment && sql`coalesce(${moment}, 'infinity'::timestamptz)`;
    });
  }

  #column(key: string, expression: () => Value | undefined): Value | undefined {
    if (this.#names.has(key)) return this.#names.get(key);
    const selected = expression();
    const name = selected && sql.ref(`k.c${this.#selected.length}`);
    if (selected) this.#selected.push(sql`${selected} AS ${sql.ref(`c${this.#selected.length}`)}`);
    this.#names.set(key, name);
    return name;
  }

  /** OFFSET, so that the database evaluates each of them once and not wherever it is named. */
  select(): Value {
    return sql`(SELECT ${sql.join(this.#selected)} OFFSET 0) k`;
  }
}
