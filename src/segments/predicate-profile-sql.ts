import { type RawBuilder, sql } from 'kysely';
import { LetheError } from '../errors.ts';
import { windowOf } from './predicate-action-sql.ts';
import { momentHolds, numberHolds } from './predicate-comparison-sql.ts';
import { momentColumn, type Sources } from './predicate-context.ts';
import type { OrdersCondition, TextComparison, VisitsCondition } from './rule.ts';

type Test = RawBuilder<boolean>;
type Value = RawBuilder<unknown>;

/** `{"orders": …}` */
export function ordersHold(asked: OrdersCondition, sources: Sources): Test {
  switch (asked.orders) {
    case 'firstAt':
      return momentHolds(momentColumn(sql`p.first_order_at`), asked, sources);
    case 'lastAt':
      return momentHolds(momentColumn(sql`p.last_order_at`), asked, sources);
    case 'count':
    case 'value': {
      const ever = asked.orders === 'count' ? sql`p.orders` : sql`p.revenue`;
      const { figures } = sources;
      return numberHolds(
        asked.within ? figures.ordersWithin(asked.orders, windowOf(asked.within, sources)) : ever,
        asked,
      );
    }
  }
}

/** `{"visits": …}` */
export function visitsHold(asked: VisitsCondition, sources: Sources): Test {
  switch (asked.visits) {
    case 'count':
      return numberHolds(sql`p.visits`, asked);
    case 'firstActivity':
      return momentHolds(momentColumn(sql`p.first_activity`), asked, sources);
    case 'lastActivity':
      return momentHolds(momentColumn(sql`p.last_activity`), asked, sources);
  }
}

/** `{"import": …, "created": …}`; an import that wrote to a profile is among its imports whether it created it or not. */
export function importHolds({ import: id, created }: { import: string; created: boolean }, { imports }: Sources): Test {
  const no = imports.get(id) ?? unknown('import', id);
  return created ? sql`coalesce(p.created_by_import = ${no}::integer, false)` : sql`(${no}::integer = ANY (p.imports))`;
}

/** `{"identity": …, "present": …}` */
export function identityPresent(type: string, present: boolean, { figures }: Sources): Test {
  const exists = figures.hasIdentity(type);
  return present ? exists : sql`(NOT ${exists})`;
}

/** `{"identity": …, "is": …}`: any of several of the type; a negation asks that none of them is it. */
export function identityHolds(type: string, asked: TextComparison, sources: Sources): Test {
  switch (asked.is) {
    case 'anyValue':
      return identityPresent(type, true, sources);
    case 'noValue':
      return identityPresent(type, false, sources);
    case 'equals':
    case 'contains':
      return sources.figures.hasIdentity(type, asked);
    case 'doesNotEqual':
    case 'doesNotContain':
      return sql`(NOT ${sources.figures.hasIdentity(type, asked)})`;
  }
}

/** `{"segment": …, "member": …}` */
export function segmentHolds(
  { segment, member }: { segment: string; member: boolean },
  { segments, figures }: Sources,
): Test {
  const { setNo } = segments.get(segment) ?? unknown('segment', segment);
  const isMember = figures.isMember(setNo);
  return member ? isMember : sql`(NOT ${isMember})`;
}

/**
 * `{"sample": …}`: the first 32 bits of SHA-256 over the id (eight bytes, big-endian) as a share of 2^32. Not one of PostgreSQL's
 * own hash functions: those may change with its version, and everybody would change groups.
 */
export function sampleHolds({ from, to }: { from: number; to: number }, { figures }: Sources): Test {
  return sql`(${figures.share()} >= ${percentOf(from)} AND ${figures.share()} < ${percentOf(to)})`;
}

function percentOf(percent: number): Value {
  return sql`ceil(${percent}::numeric * 42949672.96)::bigint`;
}

function unknown(kind: 'segment' | 'import', id: string): never {
  const detail = `The rule names ${kind} ${id.slice(0, 40)}, which is not in this dataset.`;
  throw new LetheError('unacceptable', 'rule.invalid', detail, {
    errors: [{ field: 'rule', code: `rule.unknown_${kind}`, detail }],
  });
}
