import { type RawBuilder, sql } from 'kysely';
import { type Aspects, aspectsOf } from './aspects.ts';
import type { Rule } from './rule.ts';

type Value = RawBuilder<unknown>;
type Test = RawBuilder<boolean>;

/** A part of a pass that is evaluated only for profiles of whom somebody asks for it. */
export interface Flag {
  /** Rules that ask for it, by their place. */
  readonly rules: Set<number>;
  /** Other parts that ask for it. */
  readonly parts: Set<Flag>;
  /** Whether somebody does, of the profile at hand: an expression over the row `g`. */
  readonly isUp: Test;
}

/** Profiles of whom the same is looked at. */
export interface Look {
  profileIds: number[];
  /** The sets of the rules that are looked at, in order. */
  setNos: readonly number[];
  /** For each flag whether it is up: a text of 0 and 1. */
  flags: string;
}

/** So many different changes are remembered with what they let a pass look at. */
const looksMax = 1_000;

/** What a pass over rules looks at: of each profile only the rules that what was changed about it may have let hold or not. */
export class Looks {
  readonly #rules: readonly { setNo: number; aspects: Aspects | undefined }[];
  readonly #flags: Flag[] = [];
  readonly #byChange = new Map<string, Omit<Look, 'profileIds'>>();
  #asker: Flag | undefined;

  /** Of rules in order of their sets. */
  constructor(rules: readonly { setNo: number; rule: Rule }[]) {
    this.#rules = rules.map(({ setNo, rule }) => ({ setNo, aspects: aspectsOf(rule) }));
  }

  addFlag(...rules: number[]): Flag {
    const isUp = sql<boolean>`get_bit(g.flags, ${sql.lit(this.#flags.length)}) = 1`;
    const flag = { rules: new Set(rules), parts: new Set<Flag>(), isUp };
    this.#flags.push(flag);
    return flag;
  }

  /** Whatever part is asked for by `work` is looked at wherever `asker` is. */
  askedBy<T>(asker: Flag, work: () => T): T {
    const before = this.#asker;
    this.#asker = asker;
    try {
      return work();
    } finally {
      this.#asker = before;
    }
  }

  ask(part: Flag): void {
    if (this.#asker) part.parts.add(this.#asker);
  }

  /** `changes` has what was changed about some of these profiles; of the others it may have been anything. */
  of(profileIds: readonly number[], changes: ReadonlyMap<number, Aspects> | undefined): Look[] {
    const byChange = new Map<string, Look>();
    for (const id of profileIds) {
      const aspects = changes?.get(id);
      const change = aspects ? [...aspects].sort().join('\0') : 'anything';
      const together = byChange.get(change);
      if (together) together.profileIds.push(id);
      else byChange.set(change, { profileIds: [id], ...this.#lookAt(change, aspects) });
    }
    return [...byChange.values()].filter(({ setNos }) => setNos.length > 0);
  }

  #lookAt(change: string, changed: Aspects | undefined): Omit<Look, 'profileIds'> {
    let look = this.#byChange.get(change);
    if (!look) {
      const isLookedAt = ({ aspects }: { aspects: Aspects | undefined }) =>
        !changed || !aspects || [...aspects].some((aspect) => changed.has(aspect));
      const places = new Set(this.#rules.flatMap((rule, place) => (isLookedAt(rule) ? [place] : [])));
      const isUp = ({ rules, parts }: Flag): boolean =>
        [...rules].some((place) => places.has(place)) || [...parts].some(isUp);
      look = {
        setNos: this.#rules.filter((_, place) => places.has(place)).map(({ setNo }) => setNo),
        flags: this.#flags.map((flag) => (isUp(flag) ? '1' : '0')).join(''),
      };
      if (this.#byChange.size >= looksMax) this.#byChange.clear();
      this.#byChange.set(change, look);
    }
    return look;
  }
}

/**
 * Rows `g` with the flags and the sets of some profiles, and for each of these a row `asked`. The texts are read once for all
 * the profiles that have them in common.
 */
export function askedRows(given: (of: (looks: readonly Look[]) => unknown) => Value): Value[] {
  const ids = given((looks) => looks.map(({ profileIds }) => `{${profileIds}}`));
  const sets = given((looks) => looks.map(({ setNos }) => `{${setNos}}`));
  const flags = given((looks) => looks.map((look) => look.flags));
  return [
    sql`(SELECT n.ids::bigint[] AS ids, n.sets::integer[] AS sets, n.flags::bit varying AS flags
         FROM unnest(${ids}::text[], ${sets}::text[], ${flags}::text[]) AS n (ids, sets, flags) OFFSET 0) g`,
    sql`unnest(g.ids) AS asked (id)`,
  ];
}
