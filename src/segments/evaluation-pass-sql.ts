import { type CompiledQuery, type RawBuilder, sql } from 'kysely';
import type { DatasetDb } from '../database/handle.ts';
import { ColumnList } from './column-list-sql.ts';
import { FiguresInPass } from './figures-in-pass-sql.ts';
import { FiguresInPlace } from './figures-in-place-sql.ts';
import { nextChangeOfCondition } from './next-change-condition-sql.ts';
import { type ConditionColumns, nextChangeOf } from './next-change-sql.ts';
import { moment } from './predicate-comparison-sql.ts';
import type { Sources } from './predicate-context.ts';
import { conditionHolds, ruleHolds } from './predicate-sql.ts';
import { type Condition, canonicalJson, looksAtClock, type Rule } from './rule.ts';

type Value = RawBuilder<unknown>;

/** A rule, and the set that those who match are in. */
export interface RuleOfSet {
  setNo: number;
  rule: Rule;
}

/** What is given to a pass each time it runs. */
export interface Given {
  profileIds: readonly number[];
  now: Date;
}

/** A profile whose sets are not what the rules say, or that has to be on the clock for an earlier moment than it is. */
export interface Standing {
  profileId: number;
  /** The sets whose rules the profile matches, in order. */
  matching: number[];
  /** The sets that it is in, in order. */
  held: number[];
  /** The next moment at which time alone may change that, as the database writes it; null where it is on the clock for it. */
  dueAt: string | null;
}

/** A statement whose text does not depend on what it is given, nor on the values in its rules, so that its plan is kept. */
export interface Pass {
  run(tx: DatasetDb, given: Given): Promise<Standing[]>;
}

/** A row of the database has at most 1,664 columns, a statement at most 65,535 parameters. */
const columnsMax = 1_600;
const parametersMax = 60_000;

/**
 * Passes that look once at each of some profiles for all of these rules together: one row a profile, each distinct condition one
 * column of it, each rule an expression over those. Several where one would be wider than the database allows.
 */
export function passesFor(rules: readonly RuleOfSet[], context: Omit<Sources, 'at' | 'figures'>): Pass[] {
  if (rules.length === 0) return [];
  const at = (of: (now: Date) => string) => moment(new Later(({ now }) => of(now)));
  const elsewhere = new FiguresInPlace({ ...context, at });
  const inPass = new FiguresInPass({ ...context, at }, elsewhere);
  const pass = passOver(rules, { ...context, at, figures: inPass }, inPass);
  if (pass) return [pass];
  if (rules.length === 1) {
    // Many conditions, each with many actions: looked up where they stand, they have a column each.
    const nothing = new FiguresInPass({ ...context, at }, elsewhere);
    const wide = passOver(rules, { ...context, at, figures: elsewhere }, nothing);
    if (!wide) throw new Error('A rule does not fit into a statement of the database');
    return [wide];
  }
  const half = rules.length >> 1;
  return [rules.slice(0, half), rules.slice(half)].flatMap((some) => passesFor(some, context));
}

/** Undefined when it would be too wide. */
function passOver(rules: readonly RuleOfSet[], sources: Sources, figures: FiguresInPass): Pass | undefined {
  const ordered = [...rules].sort((a, b) => a.setNo - b.setNo);
  const columns = new Conditions(sources);
  const matching = ordered.map(({ setNo, rule }) => {
    const holds = ruleHolds(rule, (condition) => columns.holds(condition));
    return sql`CASE WHEN ${holds} THEN ${setNo}::integer END`;
  });
  const changes = ordered.flatMap(({ rule }) => (looksAtClock(rule) ? (nextChangeOf(rule, columns) ?? []) : []));
  const setNos = ordered.map(({ setNo }) => setNo);
  const profileIds = sql`${new Later((given) => given.profileIds)}::bigint[]`;
  const dueAt = changes.length > 0 ? sql`least(${sql.join(changes)})` : sql`'infinity'::timestamptz`;
  const compiled = sql<Standing>`
    SELECT v.profile_id AS "profileId", v.matching, v.held,
           CASE WHEN v.due_at < v.on_clock_at THEN v.due_at::text END AS "dueAt"
    FROM (
      SELECT p.id AS profile_id, m.held, array_remove(ARRAY[${sql.join(matching)}], NULL) AS matching,
             ${dueAt} AS due_at, ${changes.length > 0 ? onClockAt(sources) : dueAt} AS on_clock_at
      FROM ${figures.rows(profileIds, setNos)} CROSS JOIN LATERAL (SELECT ${sql.join(columns.selected())} OFFSET 0) c
      OFFSET 0
    ) v
    WHERE v.matching <> v.held OR v.due_at < v.on_clock_at`.compile(sources.ds.db);
  const width = Math.max(figures.width, columns.count);
  if (width > columnsMax || compiled.parameters.length > parametersMax) return undefined;
  return new CompiledPass(compiled);
}

function onClockAt({ ds }: Sources): Value {
  return sql`coalesce((SELECT k.due_at FROM ${ds.tables.clock} k WHERE k.profile_id = p.id), 'infinity')`;
}

/** Each distinct condition of the rules, and when it changes, as columns of the row `c`. */
class Conditions implements ConditionColumns {
  readonly #sources: Sources;
  readonly #columns = new ColumnList('c');
  readonly #changes = new Map<string, Value | undefined>();

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  get count(): number {
    return this.#columns.count;
  }

  holds(condition: Condition): RawBuilder<boolean> {
    const key = `holds ${canonicalJson(condition)}`;
    return this.#columns.column(key, () => conditionHolds(condition, this.#sources)) as RawBuilder<boolean>;
  }

  changesAt(condition: Condition): Value | undefined {
    const key = `changes ${canonicalJson(condition)}`;
    if (!this.#changes.has(key)) {
      const change = nextChangeOfCondition(condition, this.#sources);
      this.#changes.set(
        key,
        change && this.#columns.column(key, () => sql`coalesce(${change}, 'infinity'::timestamptz)`),
      );
    }
    return this.#changes.get(key);
  }

  selected(): Value[] {
    return this.#columns.selected();
  }
}

/** A parameter that is known only when the statement is sent. */
class Later {
  readonly of: (given: Given) => unknown;

  constructor(of: (given: Given) => unknown) {
    this.of = of;
  }
}

class CompiledPass implements Pass {
  readonly #compiled: CompiledQuery<Standing>;

  constructor(compiled: CompiledQuery<Standing>) {
    this.#compiled = compiled;
  }

  async run(tx: DatasetDb, given: Given): Promise<Standing[]> {
    const parameters = this.#compiled.parameters.map((value) => (value instanceof Later ? value.of(given) : value));
    const { rows } = await tx.db.executeQuery<Standing>({ ...this.#compiled, parameters });
    return rows;
  }
}
