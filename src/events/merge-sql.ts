import { type RawBuilder, sql } from 'kysely';
import type { GatedTx } from '../database/gate.ts';

/** Which profile becomes part of which. */
export interface Merge {
  loser: number;
  survivor: number;
}

function pairs(merges: readonly Merge[]): RawBuilder<unknown> {
  return sql`unnest(${merges.map((merge) => merge.loser)}::bigint[], ${merges.map((merge) => merge.survivor)}::bigint[])
             AS n (loser, survivor)`;
}

/** Rows are copied and deleted: a row whose profile_id changes would have to move to another partition. */
export async function copyEvents(tx: GatedTx, merges: readonly Merge[]): Promise<void> {
  await sql`
    INSERT INTO ${tx.tables.event} (profile_id, id, at, received_at, action, order_value, properties)
    SELECT n.survivor, e.id, e.at, e.received_at, e.action, e.order_value, e.properties
    FROM ${pairs(merges)} JOIN ${tx.tables.event} e ON e.profile_id = n.loser`.execute(tx.db);
}

export async function deleteEventsOf(tx: GatedTx, profileIds: readonly number[]): Promise<void> {
  await sql`DELETE FROM ${tx.tables.event} WHERE profile_id = ANY(${profileIds}::bigint[])`.execute(tx.db);
}

export async function copyActionCounts(tx: GatedTx, merges: readonly Merge[]): Promise<void> {
  await sql`
    INSERT INTO ${tx.tables.action_count} AS a (profile_id, first_at, last_at, count, action)
    SELECT n.survivor, min(l.first_at), max(l.last_at), sum(l.count), l.action
    FROM ${pairs(merges)} JOIN ${tx.tables.action_count} l ON l.profile_id = n.loser
    GROUP BY n.survivor, l.action
    ON CONFLICT (profile_id, action) DO UPDATE SET
      count = a.count + EXCLUDED.count,
      first_at = least(a.first_at, EXCLUDED.first_at),
      last_at = greatest(a.last_at, EXCLUDED.last_at)`.execute(tx.db);
}

export async function deleteActionCountsOf(tx: GatedTx, profileIds: readonly number[]): Promise<void> {
  await sql`DELETE FROM ${tx.tables.action_count} WHERE profile_id = ANY(${profileIds}::bigint[])`.execute(tx.db);
}

/** Makes the figures of each survivor those of all its profiles, except what `writeMerged` writes. */
export async function mergeFigures(tx: GatedTx, merges: readonly Merge[], now: Date): Promise<void> {
  await sql`
    UPDATE ${tx.tables.profile} p SET
      created_at = least(p.created_at, m.created_at),
      updated_at = ${now}::timestamptz,
      first_activity = least(p.first_activity, m.first_activity),
      last_activity = greatest(p.last_activity, m.last_activity),
      first_order_at = least(p.first_order_at, m.first_order_at),
      last_order_at = greatest(p.last_order_at, m.last_order_at),
      events = p.events + m.events,
      orders = p.orders + m.orders,
      revenue = p.revenue + m.revenue,
      named = p.named OR m.named
    FROM (
      SELECT n.survivor, min(l.created_at) AS created_at,
             min(l.first_activity) AS first_activity, max(l.last_activity) AS last_activity,
             min(l.first_order_at) AS first_order_at, max(l.last_order_at) AS last_order_at,
             sum(l.events) AS events, sum(l.orders) AS orders, sum(l.revenue) AS revenue, bool_or(l.named) AS named
      FROM ${pairs(merges)} JOIN ${tx.tables.profile} l ON l.id = n.loser
      GROUP BY n.survivor
    ) m
    WHERE p.id = m.survivor`.execute(tx.db);
}

export interface MergedProfile {
  id: number;
  visitsAdded: number;
  imports: number[];
  /** JSON text. */
  attributes: string;
}

/** Writes what a merge has put together outside the database. */
export async function writeMerged(tx: GatedTx, merged: readonly MergedProfile[]): Promise<void> {
  await sql`
    UPDATE ${tx.tables.profile} p SET visits = p.visits + n.visits, imports = n.imports::integer[], attributes = n.attributes
    FROM unnest(${merged.map((one) => one.id)}::bigint[], ${merged.map((one) => one.visitsAdded)}::integer[],
                ${merged.map((one) => `{${one.imports.join()}}`)}::text[], ${merged.map((one) => one.attributes)}::jsonb[])
      AS n (id, visits, imports, attributes)
    WHERE p.id = n.id`.execute(tx.db);
}

export async function deleteProfiles(tx: GatedTx, ids: readonly number[]): Promise<void> {
  await sql`DELETE FROM ${tx.tables.profile} WHERE id = ANY(${ids}::bigint[])`.execute(tx.db);
}
