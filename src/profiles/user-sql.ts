import { type RawBuilder, sql } from 'kysely';
import type { DatasetDb } from '../database/handle.ts';
import { type ProfilePlace, sliceOf } from '../database/slice-sql.ts';
import type { Identity } from '../identities/identity.ts';
import type { Json } from '../json.ts';
import type { Attribute } from './attributes.ts';

/** A user as lists show one. */
export interface UserRow {
  id: number;
  named: boolean;
  firstActivity: Date | null;
  lastActivity: Date | null;
  identities: Identity[];
  attributes: Record<string, Attribute>;
  /** Ids of the segments whose set in force the user is in. */
  segments: string[];
}

/** These users, in no particular order; only the attributes that a name is made of. */
export async function findUsers(ds: DatasetDb, ids: readonly number[]): Promise<UserRow[]> {
  const { rows } = await sql<UserRow>`
    SELECT p.id, p.named, p.first_activity AS "firstActivity", p.last_activity AS "lastActivity",
           jsonb_build_object('name', p.attributes -> 'name', 'firstName', p.attributes -> 'firstName',
                              'lastName', p.attributes -> 'lastName') AS attributes,
           ARRAY(SELECT jsonb_build_object('type', i.type, 'value', i.value)
                 FROM ${ds.tables.identity} i WHERE i.profile_id = p.id ORDER BY i.type, i.value) AS identities,
           ARRAY(SELECT s.id FROM ${ds.tables.membership} m JOIN ${ds.tables.segment} s ON s.set_no = m.set_no
                 WHERE m.profile_id = p.id ORDER BY s.id) AS segments
    FROM unnest(${ids}::bigint[]) AS n (id) JOIN ${ds.tables.profile} p ON p.id = n.id`.execute(ds.db);
  return rows;
}

export interface ProfileDetails {
  id: number;
  named: boolean;
  createdAt: Date;
  updatedAt: Date;
  firstActivity: Date | null;
  lastActivity: Date | null;
  events: number;
  orders: number;
  visits: number;
  /** Decimal text. */
  revenue: string;
  attributes: Record<string, Attribute>;
  /** Kept for programs that follow a segment. */
  membershipChanges: number;
  /** When the clock looks at it. */
  nextLookAt: Date | null;
  mergingInto: number | null;
  identities: Identity[];
  /** What the user did, how often and when, most frequent first. */
  actions: { action: string; count: number; first: JsonMoment; last: JsonMoment }[];
  /** Newest first. */
  orderHistory: { id: number; at: JsonMoment; value: number; properties: Record<string, Json> | null }[];
  /** Newest first; `index` is 1 for the first visit of the user. */
  visitHistory: { start: JsonMoment; lastEvent: JsonMoment; index: number }[];
  /** By the moment of joining. */
  memberships: { id: string; joined: JsonMoment }[];
}

/** As PostgreSQL writes a moment into JSON: RFC 3339. */
type JsonMoment = string;

/**
 * All that is kept about a user, but for the events, with at most `historyMax` rows of each history; undefined when the profile is gone.
 * One statement, and so one snapshot: a look-up costs what going to and fro costs, much more than what is read.
 */
export async function findProfile(
  ds: DatasetDb,
  { no, slice }: ProfilePlace,
  historyMax: number,
): Promise<ProfileDetails | undefined> {
  const { rows } = await sql<ProfileDetails>`
    SELECT id, named, created_at AS "createdAt", updated_at AS "updatedAt", first_activity AS "firstActivity",
           last_activity AS "lastActivity", events, orders, visits, revenue, attributes, merging_into AS "mergingInto",
           (SELECT count(*) FROM ${ds.partition('membership_change', slice)} c WHERE c.profile_id = p.id) AS "membershipChanges",
           (SELECT c.due_at FROM ${ds.partition('clock', slice)} c WHERE c.profile_id = p.id) AS "nextLookAt",
           ${jsonList(sql`
             SELECT i.type, i.value FROM ${ds.tables.identity} i WHERE i.profile_id = p.id ORDER BY i.type, i.value`)} AS identities,
           ${jsonList(sql`
             SELECT a.action, a.count, a.first_at AS first, a.last_at AS last
             FROM ${ds.partition('action_count', slice)} a WHERE a.profile_id = p.id
             ORDER BY a.count DESC, a.action LIMIT ${historyMax}`)} AS actions,
           ${jsonList(sql`
             SELECT e.id, e.at, e.order_value AS value, e.properties
             FROM ${ds.partition('event', slice)} e WHERE e.profile_id = p.id AND e.order_value IS NOT NULL
             ORDER BY e.at DESC, e.id DESC LIMIT ${historyMax}`)} AS "orderHistory",
           ${jsonList(sql`
             SELECT v.started_at AS start, v.last_event_at AS "lastEvent", row_number() OVER (ORDER BY v.started_at) AS index
             FROM ${ds.partition('visit', slice)} v WHERE v.profile_id = p.id
             ORDER BY v.started_at DESC LIMIT ${historyMax}`)} AS "visitHistory",
           ${jsonList(sql`
             SELECT s.id, m.joined_at AS joined
             FROM ${ds.partition('membership', slice)} m JOIN ${ds.tables.segment} s ON s.set_no = m.set_no
             WHERE m.profile_id = p.id ORDER BY m.joined_at, s.id`)} AS memberships
    FROM ${ds.partition('profile', slice)} p WHERE id = ${no}`.execute(ds.db);
  return rows[0];
}

/** The rows of a query, in its order, as a list of JSON objects. */
function jsonList(query: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(SELECT coalesce(json_agg(r), '[]') FROM (${query}) r)`;
}

/** Those of the profiles that are there. */
export async function findExisting(ds: DatasetDb, ids: readonly number[]): Promise<ProfilePlace[]> {
  // A single one is planned for its partition alone.
  const wanted =
    ids.length === 1
      ? sql`${ds.tables.profile} p WHERE p.id = ${ids[0]}`
      : sql`unnest(${ids}::bigint[]) AS n (id) JOIN ${ds.tables.profile} p ON p.id = n.id`;
  const { rows } = await sql<ProfilePlace>`
    SELECT p.id AS no, ${sliceOf(ds.dataset, sql`p.id`)} AS slice FROM ${wanted}`.execute(ds.db);
  return rows;
}

export interface EventRow {
  id: number;
  at: Date;
  receivedAt: Date;
  action: string;
  /** Decimal text; null for what is no order. */
  orderValue: string | null;
  properties: Record<string, Json> | null;
}

/** Events of a user, newest first, older than the one given; those of one action where it is named. */
export async function listEvents(
  ds: DatasetDb,
  { no, slice }: ProfilePlace,
  {
    action,
    limit,
    before,
  }: { action?: string | undefined; limit: number; before?: { at: string; id: number } | undefined },
): Promise<EventRow[]> {
  const ofAction = action === undefined ? sql`` : sql`AND action = ${action}`;
  const older = before ? sql`AND (at, id) < (${before.at}::timestamptz, ${before.id}::bigint)` : sql``;
  const { rows } = await sql<EventRow>`
    SELECT id, at, received_at AS "receivedAt", action, order_value AS "orderValue", properties
    FROM ${ds.partition('event', slice)}
    WHERE profile_id = ${no} ${ofAction} ${older}
    ORDER BY at DESC, id DESC LIMIT ${limit}`.execute(ds.db);
  return rows;
}
