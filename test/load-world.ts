import { sql } from 'kysely';
import type { DatasetDb } from '../src/database/handle.ts';
import { type RandomEvent, type RandomProfile, type RandomWorld, visitsOf } from './random-profiles.ts';

const moments = (events: readonly RandomEvent[]) => events.map((one) => one.at.getTime());
const earliest = (ms: number[]) => (ms.length === 0 ? null : new Date(Math.min(...ms)));
const latest = (ms: number[]) => (ms.length === 0 ? null : new Date(Math.max(...ms)));

/** Writes a world into an empty dataset: all rows of its profiles with their figures, its lists as manual segments, its imports. */
export async function loadWorld(ds: DatasetDb, world: RandomWorld): Promise<void> {
  await loadProfiles(ds, world.profiles);
  await loadEvents(ds, world.profiles);
  const { tables: t, db } = ds;
  for (const [id, { setNo, users }] of world.lists) {
    await sql`
      INSERT INTO ${t.segment} (id, name, kind, state, set_no, created_at, updated_at)
      VALUES (${id}, ${id}, 'manual', 'ready', nextval(${`"ds_${ds.dataset.id}".set_no`}), now(), now())`.execute(db);
    await sql`UPDATE ${t.segment} SET set_no = ${setNo} WHERE id = ${id}`.execute(db);
    await sql`
      INSERT INTO ${t.membership} (profile_id, joined_at, set_no)
      SELECT id, now(), ${setNo}::integer FROM unnest(${[...users]}::bigint[]) AS id`.execute(db);
    await sql`INSERT INTO ${t.segment_count} (set_no, stripe, users) VALUES (${setNo}, 0, ${users.size})`.execute(db);
  }
  for (const [id, no] of world.imports) {
    await sql`
      INSERT INTO ${t.import} (no, id, kind, format, mapping, state, requested_by, created_at) OVERRIDING SYSTEM VALUE
      VALUES (${no}, ${id}, 'events', 'csv', '{}', 'completed', '{}', now())`.execute(db);
  }
}

async function loadProfiles(ds: DatasetDb, profiles: readonly RandomProfile[]): Promise<void> {
  const { tables: t, db } = ds;
  const rows = profiles.map((one) => {
    const orders = one.events.filter((event) => event.cents !== null);
    const attributes = [...one.attributes].map(([name, value]) => [name, { value, at: 0, from: 'import' }]);
    return {
      id: one.id,
      created_at: one.createdAt,
      first_activity: earliest(moments(one.events)),
      last_activity: latest(moments(one.events)),
      first_order_at: earliest(moments(orders)),
      last_order_at: latest(moments(orders)),
      events: one.events.length,
      orders: orders.length,
      visits: visitsOf(one.events).length,
      created_by_import: one.createdByImport,
      imports: one.imports,
      named: one.identities.some((identity) => identity.type !== 'anonymousId'),
      revenue: orders.reduce((sum, order) => sum + (order.cents ?? 0), 0) / 100,
      attributes: Object.fromEntries(attributes),
    };
  });
  await sql`
    INSERT INTO ${t.profile} (id, created_at, updated_at, first_activity, last_activity, first_order_at, last_order_at, events,
                              orders, visits, created_by_import, imports, named, revenue, attributes)
    SELECT id, created_at, created_at, first_activity, last_activity, first_order_at, last_order_at, events,
           orders, visits, created_by_import, imports, named, revenue, attributes
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r (
      id bigint, created_at timestamptz, first_activity timestamptz, last_activity timestamptz, first_order_at timestamptz,
      last_order_at timestamptz, events integer, orders integer, visits integer, created_by_import integer, imports integer[],
      named boolean, revenue numeric, attributes jsonb)`.execute(db);
  await sql`SELECT setval(${`"ds_${ds.dataset.id}".profile_id`}, ${profiles.length})`.execute(db);
  const identities = profiles.flatMap((one) => one.identities.map((identity) => ({ profile_id: one.id, ...identity })));
  await sql`
    INSERT INTO ${t.identity} (profile_id, type, value)
    SELECT * FROM jsonb_to_recordset(${JSON.stringify(identities)}::jsonb) AS r (profile_id bigint, type text, value text)`.execute(
    db,
  );
}

async function loadEvents(ds: DatasetDb, profiles: readonly RandomProfile[]): Promise<void> {
  const { tables: t, db } = ds;
  const events = profiles.flatMap((one) =>
    one.events.map((event) => ({
      profile_id: one.id,
      at: event.at,
      action: event.action,
      order_value: event.cents === null ? null : event.cents / 100,
      properties: event.properties.size === 0 ? null : Object.fromEntries(event.properties),
    })),
  );
  await sql`
    INSERT INTO ${t.event} (profile_id, id, at, received_at, action, order_value, properties)
    SELECT profile_id, nextval(${`"ds_${ds.dataset.id}".event_id`}), at, at, action, order_value, properties
    FROM jsonb_to_recordset(${JSON.stringify(events)}::jsonb) AS r (
      profile_id bigint, at timestamptz, action text, order_value numeric, properties jsonb)`.execute(db);
  await sql`
    INSERT INTO ${t.action_count} (profile_id, first_at, last_at, count, action)
    SELECT profile_id, min(at), max(at), count(*), action FROM ${t.event} GROUP BY profile_id, action`.execute(db);
  const visits = profiles.flatMap((one) =>
    visitsOf(one.events).map((visit) => ({
      profile_id: one.id,
      started_at: visit[0]?.at,
      last_event_at: visit.at(-1)?.at,
      events: visit.length,
    })),
  );
  await sql`
    INSERT INTO ${t.visit} (profile_id, started_at, last_event_at, events)
    SELECT * FROM jsonb_to_recordset(${JSON.stringify(visits)}::jsonb) AS r (
      profile_id bigint, started_at timestamptz, last_event_at timestamptz, events integer)`.execute(db);
}
