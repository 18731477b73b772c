import { sql } from 'kysely';
import type { GatedTx } from '../database/gate.ts';
import { schemaOf } from '../database/handle.ts';
import { sliceOf } from '../database/slice-sql.ts';
import type { Attribute } from './attributes.ts';

/** Numbers for profiles that are about to be made. One that is not used names nobody, ever. */
export async function takeProfileIds(tx: GatedTx, count: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    SELECT nextval(${`${schemaOf(tx.dataset)}.profile_id`}::regclass) AS id FROM generate_series(1, ${count}::int)`.execute(
    tx.db,
  );
  return rows.map((row) => row.id);
}

/**
 * Locks these profiles in order of id, or as a step does, slice by slice, and answers those that are there; without waiting, only those
 * that nobody else has locked. What they hold is read by later statements.
 *
 * The form matters. Joined to a list and locked above the join, a row that somebody else has just changed is silently left out
 * when its table is partitioned (seen on PostgreSQL 18: the row is checked again with only the first row's partition in the
 * plan); locked within, each row is found and checked by itself, in the order of the list.
 */
export async function lockProfiles(
  tx: GatedTx,
  ids: readonly number[],
  { wait, order = 'id' }: { wait: boolean; order?: 'id' | 'slice' } = { wait: true },
): Promise<number[]> {
  const skipLocked = wait ? sql`` : sql`SKIP LOCKED`;
  const ordered = order === 'id' ? sql`id` : sql`${sliceOf(tx.dataset, sql`id`)}, id`;
  const { rows } = await sql<{ id: number }>`
    SELECT locked.id FROM (SELECT id FROM unnest(${ids}::bigint[]) AS list (id) ORDER BY ${ordered}) AS n
    CROSS JOIN LATERAL (SELECT p.id FROM ${tx.tables.profile} p WHERE p.id = n.id FOR NO KEY UPDATE ${skipLocked}) locked`.execute(
    tx.db,
  );
  return rows.map((row) => row.id);
}

export interface ProfileRow {
  id: number;
  lastActivity: Date | null;
  imports: number[];
  attributes: Record<string, Attribute>;
}

export async function readProfiles(tx: GatedTx, ids: readonly number[]): Promise<ProfileRow[]> {
  const { rows } = await sql<ProfileRow>`
    SELECT p.id, p.last_activity AS "lastActivity", p.imports, p.attributes
    FROM unnest(${ids}::bigint[]) AS n (id) JOIN ${tx.tables.profile} p ON p.id = n.id`.execute(tx.db);
  return rows;
}

/** What a batch adds to one profile, a new one or one that is locked. */
export interface AddedFigures {
  id: number;
  isNew: boolean;
  /** Whether the batch names it by an identity other than an anonymous one. */
  named: boolean;
  events: number;
  visits: number;
  firstActivity: string | null;
  lastActivity: string | null;
  orders: number;
  firstOrder: string | null;
  lastOrder: string | null;
  /** Numbers of the imports that wrote to it in this batch; the first makes it, if it is new. */
  imports: readonly number[];
}

export interface OrderValue {
  profileId: number;
  /** Decimal text. */
  value: string;
}

/**
 * Adds to the figures of profiles and makes the rows of new ones. The caller has locked those that exist. `attributes` has
 * all attributes of each profile, as JSON text and in the same order; undefined where they stay.
 */
export async function addFigures(
  tx: GatedTx,
  figures: readonly AddedFigures[],
  orders: readonly OrderValue[],
  attributes: readonly (string | undefined)[],
  now: Date,
): Promise<void> {
  const list = <K extends keyof AddedFigures>(key: K) => figures.map((one) => one[key]);
  // An array of arrays would have to be a matrix.
  const imports = figures.map((one) => `{${one.imports}}`);
  // JSON's null, which nobody's attributes are, says in the row that is proposed that they stay; a new profile's are none.
  const proposed = figures.map(({ isNew }, place) => attributes[place] ?? (isNew ? '{}' : 'null'));
  await sql`
    INSERT INTO ${tx.tables.profile} AS p
      (id, created_at, updated_at, first_activity, last_activity, first_order_at, last_order_at,
       events, orders, visits, created_by_import, imports, named, revenue, attributes)
    SELECT n.id, ${now}::timestamptz, ${now}::timestamptz, n.first_activity, n.last_activity, n.first_order, n.last_order,
           n.events, n.orders, n.visits, (n.imports::integer[])[1], n.imports::integer[], n.named,
           coalesce(o.revenue, 0), n.attributes
    FROM unnest(${list('id')}::bigint[], ${list('named')}::boolean[],
                ${list('events')}::integer[], ${list('visits')}::integer[], ${list('orders')}::integer[],
                ${list('firstActivity')}::timestamptz[], ${list('lastActivity')}::timestamptz[],
                ${list('firstOrder')}::timestamptz[], ${list('lastOrder')}::timestamptz[], ${imports}::text[],
                ${proposed}::jsonb[])
      AS n (id, named, events, visits, orders, first_activity, last_activity, first_order, last_order, imports, attributes)
    LEFT JOIN (
      SELECT profile_id, sum(value) AS revenue
      FROM unnest(${orders.map((one) => one.profileId)}::bigint[], ${orders.map((one) => one.value)}::numeric[])
        AS one (profile_id, value)
      GROUP BY profile_id
    ) o ON o.profile_id = n.id
    ON CONFLICT (id) DO UPDATE SET
      updated_at = EXCLUDED.updated_at,
      first_activity = least(p.first_activity, EXCLUDED.first_activity),
      last_activity = greatest(p.last_activity, EXCLUDED.last_activity),
      first_order_at = least(p.first_order_at, EXCLUDED.first_order_at),
      last_order_at = greatest(p.last_order_at, EXCLUDED.last_order_at),
      events = p.events + EXCLUDED.events,
      orders = p.orders + EXCLUDED.orders,
      visits = p.visits + EXCLUDED.visits,
      revenue = p.revenue + EXCLUDED.revenue,
      imports = CASE WHEN p.imports @> EXCLUDED.imports THEN p.imports ELSE
        p.imports || ARRAY(SELECT unnest(EXCLUDED.imports) EXCEPT SELECT unnest(p.imports)) END,
      named = p.named OR EXCLUDED.named,
      attributes = CASE WHEN EXCLUDED.attributes = 'null' THEN p.attributes ELSE EXCLUDED.attributes END`.execute(
    tx.db,
  );
}
