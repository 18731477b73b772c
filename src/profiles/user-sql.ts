import { sql } from 'kysely';
import type { DatasetDb } from '../database/handle.ts';
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
  /** When the clock looks at it. */
  /** Kept for programs that follow a segment. */
  membershipChanges: number;
  nextLookAt: Date | null;
  mergingInto: number | null;
}

export async function findProfile(ds: DatasetDb, id: number): Promise<ProfileDetails | undefined> {
  const { rows } = await sql<ProfileDetails>`
    SELECT id, named, created_at AS "createdAt", updated_at AS "updatedAt", first_activity AS "firstActivity",
           last_activity AS "lastActivity", events, orders, visits, revenue, attributes,
           (SELECT count(*) FROM ${ds.tables.membership_change} c WHERE c.profile_id = p.id) AS "membershipChanges",
           (SELECT c.due_at FROM ${ds.tables.clock} c WHERE c.profile_id = p.id) AS "nextLookAt",
           merging_into AS "mergingInto"
    FROM ${ds.tables.profile} p WHERE id = ${id}`.execute(ds.db);
  return rows[0];
}

/** Those of the profiles that are there. */
export async function findExisting(ds: DatasetDb, ids: readonly number[]): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    SELECT p.id FROM unnest(${ids}::bigint[]) AS n (id) JOIN ${ds.tables.profile} p ON p.id = n.id`.execute(ds.db);
  return rows.map(({ id }) => id);
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

const eventColumns = sql`id, at, received_at AS "receivedAt", action, order_value AS "orderValue", properties`;

/** Events of a user, newest first, older than the one given; those of one action where it is named. */
export async function listEvents(
  ds: DatasetDb,
  profileId: number,
  {
    action,
    limit,
    before,
  }: { action?: string | undefined; limit: number; before?: { at: string; id: number } | undefined },
): Promise<EventRow[]> {
  const ofAction = action === undefined ? sql`` : sql`AND action = ${action}`;
  const older = before ? sql`AND (at, id) < (${before.at}::timestamptz, ${before.id}::bigint)` : sql``;
  const { rows } = await sql<EventRow>`
    SELECT ${eventColumns} FROM ${ds.tables.event}
    WHERE profile_id = ${profileId} ${ofAction} ${older}
    ORDER BY at DESC, id DESC LIMIT ${limit}`.execute(ds.db);
  return rows;
}

export interface ActionRow {
  action: string;
  count: number;
  first: Date;
  last: Date;
}

/** What a user did, how often and when, most frequent first. */
export async function listActions(ds: DatasetDb, profileId: number, limit: number): Promise<ActionRow[]> {
  const { rows } = await sql<ActionRow>`
    SELECT action, count, first_at AS first, last_at AS last FROM ${ds.tables.action_count}
    WHERE profile_id = ${profileId} ORDER BY count DESC, action LIMIT ${limit}`.execute(ds.db);
  return rows;
}

/** Orders of a user, newest first. */
export async function listOrders(ds: DatasetDb, profileId: number, limit: number): Promise<EventRow[]> {
  const { rows } = await sql<EventRow>`
    SELECT ${eventColumns} FROM ${ds.tables.event}
    WHERE profile_id = ${profileId} AND order_value IS NOT NULL
    ORDER BY at DESC, id DESC LIMIT ${limit}`.execute(ds.db);
  return rows;
}

export interface VisitRow {
  start: Date;
  lastEvent: Date;
  /** 1 for the first visit of the user. */
  index: number;
}

/** Visits of a user, newest first. */
export async function listVisits(ds: DatasetDb, profileId: number, limit: number): Promise<VisitRow[]> {
  const { rows } = await sql<VisitRow>`
    SELECT started_at AS start, last_event_at AS "lastEvent", row_number() OVER (ORDER BY started_at) AS index
    FROM ${ds.tables.visit} WHERE profile_id = ${profileId}
    ORDER BY started_at DESC LIMIT ${limit}`.execute(ds.db);
  return rows;
}

export async function listMemberships(ds: DatasetDb, profileId: number): Promise<{ id: string; joined: Date }[]> {
  const { rows } = await sql<{ id: string; joined: Date }>`
    SELECT s.id, m.joined_at AS joined
    FROM ${ds.tables.membership} m JOIN ${ds.tables.segment} s ON s.set_no = m.set_no
    WHERE m.profile_id = ${profileId} ORDER BY m.joined_at, s.id`.execute(ds.db);
  return rows;
}
