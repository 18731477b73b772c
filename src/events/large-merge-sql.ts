import { type RawBuilder, sql } from 'kysely';
import type { GatedTx } from '../database/gate.ts';
import { type Dataset, on } from '../database/handle.ts';
import type { Db } from '../database/postgres.ts';
import { anonymousType, type Identity } from '../identities/identity.ts';
import { giveIdentities } from '../identities/identity-sql.ts';
import type { MergeRequest } from '../profiles/merge-requests-sql.ts';
import { orderActions } from './order-value.ts';

/** First key of the advisory locks that let one step of large merges at a time into a dataset; the second is its number. */
const leaseClass = 0x1e7f;

/** Takes the large merges of the dataset until the transaction ends; false when another server has them. */
export async function takeLargeMerges(tx: GatedTx): Promise<boolean> {
  const { rows } = await sql<{ taken: boolean }>`
    SELECT pg_try_advisory_xact_lock(${leaseClass}, ${tx.dataset.no}) AS taken`.execute(tx.db);
  return rows[0]?.taken === true;
}

/** The numbers of those datasets that have a profile which is to be merged. */
export async function datasetsWithLargeMerges(db: Db, datasets: readonly Dataset[]): Promise<Set<number>> {
  if (datasets.length === 0) return new Set();
  const each = datasets.map((dataset) => {
    const { profile } = on(dataset, db).tables;
    return sql`SELECT ${dataset.no}::int AS no WHERE EXISTS (SELECT FROM ${profile} WHERE merging_into IS NOT NULL)`;
  });
  const { rows } = await sql<{ no: number }>`${sql.join(each, sql` UNION ALL `)}`.execute(db);
  return new Set(rows.map((row) => row.no));
}

/** Locks the first identities of a profile, in order of (type, value). */
export async function lockSomeIdentities(tx: GatedTx, profileId: number, limit: number): Promise<Identity[]> {
  const { rows } = await sql<Identity>`
    SELECT i.type, i.value FROM ${tx.tables.identity} i WHERE i.profile_id = ${profileId}
    ORDER BY i.type, i.value LIMIT ${limit} FOR UPDATE`.execute(tx.db);
  return rows;
}

/** Gives identities of the loser, which are locked as both profiles are, to the survivor. */
export async function moveIdentities(
  tx: GatedTx,
  { loser, survivor }: MergeRequest,
  identities: readonly Identity[],
): Promise<void> {
  await giveIdentities(
    tx,
    identities.map((identity) => ({ ...identity, profileId: survivor })),
  );
  await sql`
    UPDATE ${tx.tables.profile} p SET named = EXISTS (
      SELECT FROM ${tx.tables.identity} i WHERE i.profile_id = p.id AND i.type <> ${anonymousType})
    WHERE p.id = ANY(${[loser, survivor]}::bigint[])`.execute(tx.db);
}

/** The oldest events of a profile, up to this one in order of moment and number; `id` null: all of that moment. */
export interface Portion {
  at: Date;
  id: number | null;
}

function isIn({ at, id }: Portion): RawBuilder<boolean> {
  return id === null ? sql`e.at <= ${at}::timestamptz` : sql`(e.at, e.id) <= (${at}::timestamptz, ${id}::bigint)`;
}

function isBeyond({ at, id }: Portion): RawBuilder<boolean> {
  return id === null ? sql`e.at > ${at}::timestamptz` : sql`(e.at, e.id) > (${at}::timestamptz, ${id}::bigint)`;
}

/** The portion of a profile's oldest `events` events, of which it has more; with the moment of the next one. */
export async function endOfPortion(tx: GatedTx, profileId: number, events: number): Promise<Portion & { next: Date }> {
  const { rows } = await sql<{ at: Date; id: number }>`
    SELECT e.at, e.id FROM ${tx.tables.event} e WHERE e.profile_id = ${profileId}
    ORDER BY e.at, e.id OFFSET ${events - 1} LIMIT 2`.execute(tx.db);
  const [last, next] = rows;
  if (!last || !next) throw new Error(`Profile ${profileId} has no more than ${events} events`);
  return { ...last, next: next.at };
}

/** Copies a portion of the loser's events to the survivor, with what is counted of them by action. */
export async function copyPortion(tx: GatedTx, { loser, survivor }: MergeRequest, portion: Portion): Promise<void> {
  await sql`
    INSERT INTO ${tx.tables.event} (profile_id, id, at, received_at, action, order_value, properties)
    SELECT ${survivor}, e.id, e.at, e.received_at, e.action, e.order_value, e.properties
    FROM ${tx.tables.event} e WHERE e.profile_id = ${loser} AND ${isIn(portion)}`.execute(tx.db);
  await sql`
    INSERT INTO ${tx.tables.action_count} AS a (profile_id, first_at, last_at, count, action)
    SELECT ${survivor}, min(e.at), max(e.at), count(*), e.action
    FROM ${tx.tables.event} e WHERE e.profile_id = ${loser} AND ${isIn(portion)}
    GROUP BY e.action
    ON CONFLICT (profile_id, action) DO UPDATE SET
      count = a.count + EXCLUDED.count,
      first_at = least(a.first_at, EXCLUDED.first_at),
      last_at = greatest(a.last_at, EXCLUDED.last_at)`.execute(tx.db);
}

/**
 * Takes a portion, its oldest events, out of what the loser has counted by action. The last of an action stays where there are
 * more of it; the first is then the next one beyond the portion, found by walking the index from there.
 */
export async function discountPortion(tx: GatedTx, loser: number, portion: Portion): Promise<void> {
  const { event, action_count } = tx.tables;
  const moved = sql`(
    SELECT e.action, count(*) AS count FROM ${event} e WHERE e.profile_id = ${loser} AND ${isIn(portion)}
    GROUP BY e.action) m`;
  await sql`
    DELETE FROM ${action_count} a USING ${moved}
    WHERE a.profile_id = ${loser} AND a.action = m.action AND a.count = m.count`.execute(tx.db);
  await sql`
    UPDATE ${action_count} a SET count = a.count - m.count, first_at = (
      SELECT e.at FROM ${event} e WHERE e.profile_id = ${loser} AND e.action = a.action AND ${isBeyond(portion)}
      ORDER BY e.at, e.id LIMIT 1)
    FROM ${moved}
    WHERE a.profile_id = ${loser} AND a.action = m.action`.execute(tx.db);
}

/** By how many the visits of each become more or fewer. */
export interface VisitsMoved {
  ofLoser: number;
  ofSurvivor: number;
}

/** Moves the figures of a portion, whose counts by action have been moved already and whose events the loser still has. */
export async function movePortionFigures(
  tx: GatedTx,
  { loser, survivor }: MergeRequest,
  portion: Portion,
  { visits, now }: { visits: VisitsMoved; now: Date },
): Promise<void> {
  const { profile, event, action_count } = tx.tables;
  const moved = sql`(
    SELECT count(*) AS events, count(e.order_value) AS orders, coalesce(sum(e.order_value), 0) AS revenue,
           min(e.at) AS first_activity, max(e.at) AS last_activity,
           min(e.at) FILTER (WHERE e.order_value IS NOT NULL) AS first_order_at,
           max(e.at) FILTER (WHERE e.order_value IS NOT NULL) AS last_order_at
    FROM ${event} e WHERE e.profile_id = ${loser} AND ${isIn(portion)}) m`;
  await sql`
    UPDATE ${profile} p SET
      updated_at = ${now}::timestamptz, events = p.events + m.events, orders = p.orders + m.orders,
      visits = p.visits + ${visits.ofSurvivor}, revenue = p.revenue + m.revenue,
      first_activity = least(p.first_activity, m.first_activity), last_activity = greatest(p.last_activity, m.last_activity),
      first_order_at = least(p.first_order_at, m.first_order_at), last_order_at = greatest(p.last_order_at, m.last_order_at)
    FROM ${moved} WHERE p.id = ${survivor}`.execute(tx.db);
  const isOrder = sql`a.action = ANY(${[...orderActions]}::text[])`;
  await sql`
    UPDATE ${profile} p SET
      updated_at = ${now}::timestamptz, events = p.events - m.events, orders = p.orders - m.orders,
      visits = p.visits + ${visits.ofLoser}, revenue = p.revenue - m.revenue,
      first_activity = l.first_at, last_activity = l.last_at, first_order_at = l.first_order_at, last_order_at = l.last_order_at
    FROM ${moved}, (
      SELECT min(a.first_at) AS first_at, max(a.last_at) AS last_at,
             min(a.first_at) FILTER (WHERE ${isOrder}) AS first_order_at,
             max(a.last_at) FILTER (WHERE ${isOrder}) AS last_order_at
      FROM ${action_count} a WHERE a.profile_id = ${loser}) l
    WHERE p.id = ${loser}`.execute(tx.db);
}

export async function deletePortion(tx: GatedTx, loser: number, portion: Portion): Promise<void> {
  await sql`DELETE FROM ${tx.tables.event} e WHERE e.profile_id = ${loser} AND ${isIn(portion)}`.execute(tx.db);
}
