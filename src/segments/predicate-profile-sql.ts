import { type RawBuilder, sql } from 'kysely';
import { LetheError } from '../errors.ts';
import { endsIn, windowOf } from './predicate-action-sql.ts';
import { momentHolds, numberHolds, textIs } from './predicate-comparison-sql.ts';
import type { PredicateContext } from './predicate-context.ts';
import type { OrdersCondition, Period, TextComparison, VisitsCondition } from './rule.ts';

type Test = RawBuilder<boolean>;
type Value = RawBuilder<unknown>;

/** `{"orders": …}` */
export function ordersHold(asked: OrdersCondition, context: PredicateContext): Test {
  switch (asked.orders) {
    case 'firstAt':
      return momentHolds(sql`p.first_order_at`, asked, context.now);
    case 'lastAt':
      return momentHolds(sql`p.last_order_at`, asked, context.now);
    case 'count':
      return numberHolds(asked.within ? ordersWithin(sql`count(*)`, asked.within, context) : sql`p.orders`, asked);
    case 'value': {
      const sum = sql`coalesce(sum(e.order_value), 0)`;
      return numberHolds(asked.within ? ordersWithin(sum, asked.within, context) : sql`p.revenue`, asked);
    }
  }
}

// Most profiles have no orders, and their events need not be read to know it.
function ordersWithin(figure: Value, within: Period, { ds, now }: PredicateContext): Value {
  return sql`CASE WHEN p.orders = 0 THEN 0 ELSE (
    SELECT ${figure} FROM ${ds.tables.event} e
    WHERE e.profile_id = p.id AND e.order_value IS NOT NULL AND ${endsIn(sql`e.at`, windowOf(within, now))}) END`;
}

/** `{"visits": …}` */
export function visitsHold(asked: VisitsCondition, { now }: PredicateContext): Test {
  switch (asked.visits) {
    case 'count':
      return numberHolds(sql`p.visits`, asked);
    case 'firstActivity':
      return momentHolds(sql`p.first_activity`, asked, now);
    case 'lastActivity':
      return momentHolds(sql`p.last_activity`, asked, now);
  }
}

/** `{"import": …, "created": …}`; an import that wrote to a profile is among its imports whether it created it or not. */
export function importHolds(
  { import: id, created }: { import: string; created: boolean },
  context: PredicateContext,
): Test {
  const no = context.imports.get(id) ?? unknown('import', id);
  return created ? sql`coalesce(p.created_by_import = ${no}::integer, false)` : sql`(${no}::integer = ANY (p.imports))`;
}

/** `{"identity": …, "present": …}` */
export function identityPresent(type: string, present: boolean, context: PredicateContext): Test {
  const exists = identityExists(type, sql`true`, context);
  return present ? exists : sql`(NOT ${exists})`;
}

/** `{"identity": …, "is": …}`: any of several of the type; a negation asks that none of them is it. */
export function identityHolds(type: string, asked: TextComparison, context: PredicateContext): Test {
  switch (asked.is) {
    case 'anyValue':
      return identityPresent(type, true, context);
    case 'noValue':
      return identityPresent(type, false, context);
    case 'equals':
    case 'contains':
      return identityExists(type, textIs(sql`i.value`, asked), context);
    case 'doesNotEqual':
    case 'doesNotContain':
      return sql`(NOT ${identityExists(type, textIs(sql`i.value`, asked), context)})`;
  }
}

function identityExists(type: string, test: Test, { ds }: PredicateContext): Test {
  return sql`EXISTS (
    SELECT 1 FROM ${ds.tables.identity} i WHERE i.profile_id = p.id AND i.type = ${type}::text AND ${test})`;
}

/** `{"segment": …, "member": …}` */
export function segmentHolds(
  { segment, member }: { segment: string; member: boolean },
  context: PredicateContext,
): Test {
  const { setNo } = context.segments.get(segment) ?? unknown('segment', segment);
  const isMember = sql<boolean>`EXISTS (
    SELECT 1 FROM ${context.ds.tables.membership} m WHERE m.profile_id = p.id AND m.set_no = ${setNo}::integer)`;
  return member ? isMember : sql`(NOT ${isMember})`;
}

/**
 * `{"sample": …}`: the first 32 bits of SHA-256 over the id (eight bytes, big-endian) as a share of 2^32. Not one of PostgreSQL's
 * own hash functions: those may change with its version, and everybody would change groups.
 */
export function sampleHolds({ from, to }: { from: number; to: number }): Test {
  const share = sql`('x' || encode(substr(sha256(int8send(p.id)), 1, 4), 'hex'))::bit(32)::bigint`;
  return sql`(${share} >= ${percentOf(from)} AND ${share} < ${percentOf(to)})`;
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
