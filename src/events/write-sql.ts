import { sql } from 'kysely';
import type { GatedTx } from '../database/gate.ts';
import type { DatasetDb } from '../database/handle.ts';
import { schemaOf } from '../database/handle.ts';

/**
 * Takes message keys (uuid text) and answers those that were not taken since `seenAfter`; an older one is taken anew. Of two
 * transactions with the same key the second waits for the first.
 */
export async function takeMessageKeys(
  tx: GatedTx,
  keys: readonly string[],
  { now, seenAfter }: { now: Date; seenAfter: Date },
): Promise<string[]> {
  const { rows } = await sql<{ key: string }>`
    INSERT INTO ${tx.tables.seen_message} AS s (key, seen_at)
    SELECT n.key, ${now}::timestamptz FROM unnest(${keys}::uuid[]) AS n (key) ORDER BY n.key
    ON CONFLICT (key) DO UPDATE SET seen_at = EXCLUDED.seen_at WHERE s.seen_at <= ${seenAfter}::timestamptz
    RETURNING key`.execute(tx.db);
  return rows.map((row) => row.key);
}

export interface NewEvent {
  profileId: number;
  at: string;
  receivedAt: string;
  action: string;
  /** Decimal text; null for an event that is no order. */
  orderValue: string | null;
  /** JSON text. */
  properties: string | null;
}

/** Inserts events of profiles that this transaction has locked or is about to make. */
export async function insertEvents(tx: GatedTx, events: readonly NewEvent[]): Promise<void> {
  const list = <K extends keyof NewEvent>(key: K) => events.map((event) => event[key]);
  await sql`
    INSERT INTO ${tx.tables.event} (profile_id, id, at, received_at, action, order_value, properties)
    SELECT n.profile_id, nextval(${`${schemaOf(tx.dataset)}.event_id`}::regclass), n.at, n.received_at,
           n.action, n.order_value, n.properties
    FROM unnest(${list('profileId')}::bigint[], ${list('at')}::timestamptz[], ${list('receivedAt')}::timestamptz[], ${list('action')}::text[],
                ${list('orderValue')}::numeric[], ${list('properties')}::jsonb[])
      AS n (profile_id, at, received_at, action, order_value, properties)`.execute(tx.db);
}

export interface AddedActions {
  profileId: number;
  action: string;
  count: number;
  firstAt: string;
  lastAt: string;
}

/** Adds to the counts per profile and action. */
export async function addActionCounts(tx: GatedTx, added: readonly AddedActions[]): Promise<void> {
  const list = <K extends keyof AddedActions>(key: K) => added.map((one) => one[key]);
  await sql`
    INSERT INTO ${tx.tables.action_count} AS a (profile_id, first_at, last_at, count, action)
    SELECT n.profile_id, n.first_at, n.last_at, n.count, n.action
    FROM unnest(${list('profileId')}::bigint[], ${list('firstAt')}::timestamptz[], ${list('lastAt')}::timestamptz[],
                ${list('count')}::integer[], ${list('action')}::text[])
      AS n (profile_id, first_at, last_at, count, action)
    ON CONFLICT (profile_id, action) DO UPDATE SET
      count = a.count + EXCLUDED.count,
      first_at = least(a.first_at, EXCLUDED.first_at),
      last_at = greatest(a.last_at, EXCLUDED.last_at)`.execute(tx.db);
}

/** Forgets some of the messages that were received before that moment; returns how many. One that is just taken anew is left alone. */
export async function forgetMessageKeys(ds: DatasetDb, seenBefore: Date, limit: number): Promise<number> {
  const result = await sql`
    DELETE FROM ${ds.tables.seen_message} WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM ${ds.tables.seen_message} WHERE seen_at < ${seenBefore} LIMIT ${limit} FOR UPDATE SKIP LOCKED))`.execute(
    ds.db,
  );
  return Number(result.numAffectedRows ?? 0n);
}
