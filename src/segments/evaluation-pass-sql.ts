import { type CompiledQuery, type RawBuilder, sql } from 'kysely';
import type { DatasetDb } from '../database/handle.ts';
import type { Aspects } from './aspects.ts';
import { ColumnList } from './column-list-sql.ts';
import { FiguresInPass } from './figures-in-pass-sql.ts';
import { FiguresInPlace } from './figures-in-place-sql.ts';
import { askedRows, type Flag, type Look, Looks } from './look-sql.ts';
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
  /** What was changed about some of them; of the others it may have been anything. */
  changes?: ReadonlyMap<number, Aspects> | undefined;
  now: Date;
}

/**
 * A profile whose sets are not what the rules say, or that has to be on the clock for an earlier moment than it is. Of rules that were
 * not looked at nothing is said.
 */
export interface Standing {
  profileId: number;
  /** The sets whose rules the profile matches, in order. */
  matching: number[];
  /** The sets of those that were looked at that it is in, in order. */
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
  const ordered = [...rules].sort((a, b) => a.setNo - b.setNo);
  const looks = new Looks(ordered);
  const inPass = new FiguresInPass({ ...context, at }, elsewhere, looks);
  const pass = passOver(ordered, { ...context, at, figures: inPass }, inPass, looks);
  if (pass) return [pass];
  if (rules.length === 1) {
    // Many conditions, each with many actions: looked up where they stand, they have a column each.
    const looksAtWide = new Looks(rules);
    const nothing = new FiguresInPass({ ...context, at }, elsewhere, looksAtWide);
    const wide = passOver(rules, { ...context, at, figures: elsewhere }, nothing, looksAtWide);
    if (!wide) throw new Error('A rule does not fit into a statement of the database');
    return [wide];
  }
  const half = rules.length >> 1;
  return [rules.slice(0, half), rules.slice(half)].flatMap((some) => passesFor(some, context));
}

/** Undefined when it would be too wide. The rules are in order of their sets. */
function passOver(
  rules: readonly RuleOfSet[],
  sources: Sources,
  figures: FiguresInPass,
  looks: Looks,
): Pass | undefined {
  const columns = new Conditions(sources, looks);
  const compiledRules = rules.map(({ setNo, rule }, place) => {
    const { isUp } = looks.addFlag(place);
    columns.rule = place;
    const holds = ruleHolds(rule, (condition) => columns.holds(condition));
    const changesAt = looksAtClock(rule) ? nextChangeOf(rule, columns) : undefined;
    return {
      matching: sql`CASE WHEN ${isUp} AND ${holds} THEN ${setNo}::integer END`,
      changesAt: changesAt ? [sql`CASE WHEN ${isUp} THEN ${changesAt} END`] : [],
    };
  });
  const matching = compiledRules.map((rule) => rule.matching);
  const changes = compiledRules.flatMap((rule) => rule.changesAt);
  const asked = askedRows((of) => sql`${new Later((given) => of(given.looks))}`);
  const dueAt = changes.length > 0 ? sql`least(${sql.join(changes)})` : sql`'infinity'::timestamptz`;
  const compiled = sql<Standing>`
    SELECT v.profile_id AS "profileId", v.matching, v.held,
           CASE WHEN v.due_at < v.on_clock_at THEN v.due_at::text END AS "dueAt"
    FROM (
      SELECT p.id AS profile_id, m.held, array_remove(ARRAY[${sql.join(matching)}], NULL) AS matching,
             ${dueAt} AS due_at, ${changes.length > 0 ? onClockAt(sources) : dueAt} AS on_clock_at
      FROM ${figures.rows(asked)} CROSS JOIN LATERAL (SELECT ${sql.join(columns.selected())} OFFSET 0) c
      OFFSET 0
    ) v
    WHERE v.matching <> v.held OR v.due_at < v.on_clock_at`.compile(sources.ds.db);
  const width = Math.max(figures.width, columns.count);
  if (width > columnsMax || compiled.parameters.length > parametersMax) return undefined;
  return new CompiledPass(compiled, looks);
}

function onClockAt({ ds }: Sources): Value {
  return sql`coalesce((SELECT k.due_at FROM ${ds.tables.clock} k WHERE k.profile_id = p.id), 'infinity')`;
}

/**
 * Each distinct condition of the rules, and when it changes, as columns of the row `c`; null where no rule that is looked at asks
 * for it.
 */
class Conditions implements ConditionColumns {
  readonly #sources: Sources;
  readonly #looks: Looks;
  readonly #columns = new ColumnList('c');
  readonly #changes = new Map<string, Value | undefined>();
  readonly #flags = new Map<string, Flag>();
  /** The place of the rule that asks. */
  rule = 0;

  constructor(sources: Sources, looks: Looks) {
    this.#sources = sources;
    this.#looks = looks;
  }

  get count(): number {
    return this.#columns.count;
  }

  holds(condition: Condition): RawBuilder<boolean> {
    const key = canonicalJson(condition);
    const flag = this.#flagOf(key);
    return this.#columns.column(`holds ${key}`, () => {
      const holds = this.#looks.askedBy(flag, () => conditionHolds(condition, this.#sources));
      return sql`CASE WHEN ${flag.isUp} THEN ${holds} END`;
    }) as RawBuilder<boolean>;
  }

  changesAt(condition: Condition): Value | undefined {
    const key = canonicalJson(condition);
    const flag = this.#flagOf(key);
    if (!this.#changes.has(key)) {
      const change = this.#looks.askedBy(flag, () => nextChangeOfCondition(condition, this.#sources));
      const atLatest = change && sql`CASE WHEN ${flag.isUp} THEN coalesce(${change}, 'infinity'::timestamptz) END`;
      this.#changes.set(key, atLatest && this.#columns.column(`changes ${key}`, () => atLatest));
    }
    return this.#changes.get(key);
  }

  #flagOf(key: string): Flag {
    let flag = this.#flags.get(key);
    if (!flag) {
      flag = this.#looks.addFlag();
      this.#flags.set(key, flag);
    }
    flag.rules.add(this.rule);
    return flag;
  }

  selected(): Value[] {
    return this.#columns.selected();
  }
}

/** What a pass is about to look at, when its statement is sent. */
interface Sent {
  looks: readonly Look[];
  now: Date;
}

/** A parameter that is known only then. */
class Later {
  readonly of: (sent: Sent) => unknown;

  constructor(of: (sent: Sent) => unknown) {
    this.of = of;
  }
}

class CompiledPass implements Pass {
  readonly #compiled: CompiledQuery<Standing>;
  readonly #looks: Looks;

  constructor(compiled: CompiledQuery<Standing>, looks: Looks) {
    this.#compiled = compiled;
    this.#looks = looks;
  }

  async run(tx: DatasetDb, { profileIds, changes, now }: Given): Promise<Standing[]> {
    const sent = { looks: this.#looks.of(profileIds, changes), now };
    if (sent.looks.length === 0) return [];
    const parameters = this.#compiled.parameters.map((value) => (value instanceof Later ? value.of(sent) : value));
    const { rows } = await tx.db.executeQuery<Standing>({ ...this.#compiled, parameters });
    return rows;
  }
}
