import { sql } from 'kysely';
import type { DatasetDb } from '../src/database/handle.ts';

export interface Filling {
  profiles: number;
  eventsPerProfile: number;
  /** Share of the profiles that are in the segment `doomd`, 0 to 1. */
  share: number;
  /** When the first events happened. */
  start?: Date;
}

/**
 * Fills an empty dataset with plain SQL, in seconds for hundreds of thousands of profiles: two identities and about three
 * memberships each, events in visits, and figures and counters that agree with them. Ids are drawn from the dataset's own
 * sequences; which profiles are doomed is spread evenly over the partitions.
 *
 * Returns the number of users of the manual segment `doomd`. The others, `every` (all of them) and `halfx`, overlap it.
 */
export async function fillDataset(
  ds: DatasetDb,
  { profiles, eventsPerProfile, share, start: startsAt }: Filling,
): Promise<number> {
  const { tables: t, db } = ds;
  const run = (statement: ReturnType<typeof sql>) => statement.execute(db);
  const last = await sql<{ id: number }>`
    SELECT setval(${`"ds_${ds.dataset.id}".profile_id`}, nextval(${`"ds_${ds.dataset.id}".profile_id`}) + ${profiles}) AS id`.execute(
    db,
  );
  const first = (last.rows[0]?.id ?? 0) - profiles + 1;
  const ids = sql`generate_series(${first}::bigint, ${first + profiles - 1}::bigint) AS id`;
  const start = sql`${startsAt ?? new Date('2025-01-01T00:00:00Z')}::timestamptz`;
  // Three events to a visit, ten minutes apart; visits a week apart.
  const moment = sql`${start} + make_interval(days => 7 * ((n - 1) / 3), mins => 10 * ((n - 1) % 3)) + make_interval(secs => id % 86400)`;
  const visits = Math.ceil(eventsPerProfile / 3);
  const orders = Math.ceil(eventsPerProfile / 5);
  await run(sql`
    INSERT INTO ${t.profile} (id, created_at, updated_at, first_activity, last_activity, first_order_at, last_order_at,
                              events, orders, visits, named, revenue, attributes)
    SELECT id, ${start}, ${start}, ${sql`(SELECT min(${moment}) FROM generate_series(1, ${eventsPerProfile}) AS n)`},
           ${sql`(SELECT max(${moment}) FROM generate_series(1, ${eventsPerProfile}) AS n)`},
           ${sql`(SELECT min(${moment}) FROM generate_series(1, ${eventsPerProfile}) AS n WHERE n % 5 = 1)`},
           ${sql`(SELECT max(${moment}) FROM generate_series(1, ${eventsPerProfile}) AS n WHERE n % 5 = 1)`},
           ${eventsPerProfile}, ${orders}, ${visits}, id % 3 = 0, ${orders} * 10,
           jsonb_build_object('country', jsonb_build_object('value', (ARRAY['DE','FR','US','IN'])[1 + id % 4], 'at', 1735689600000, 'from', 'import'))
    FROM ${ids}`);
  await run(sql`
    INSERT INTO ${t.identity} (profile_id, type, value)
    SELECT id, type, type || '-' || id FROM ${ids}, (VALUES ('anonymousId'), ('userId')) AS types (type)
    WHERE type = 'anonymousId' OR id % 3 = 0
    UNION ALL SELECT id, 'anonymousId', 'device-' || id FROM ${ids} WHERE id % 3 <> 0`);
  await run(sql`
    INSERT INTO ${t.event} (profile_id, id, at, received_at, action, order_value, properties)
    SELECT id, nextval(${`"ds_${ds.dataset.id}".event_id`}), ${moment}, ${start},
           CASE WHEN n % 5 = 1 THEN 'Purchase' ELSE 'View Item' END, CASE WHEN n % 5 = 1 THEN 10 END,
           jsonb_build_object('item', 'sku-' || (id * n) % 1000, 'price', (id * n) % 100)
    FROM generate_series(1, ${eventsPerProfile}) AS n, ${ids}`);
  await run(sql`
    INSERT INTO ${t.visit} (profile_id, started_at, last_event_at, events)
    SELECT id, min(${moment}), max(${moment}), count(*) FROM ${ids}, generate_series(1, ${eventsPerProfile}) AS n
    GROUP BY id, (n - 1) / 3`);
  await run(sql`
    INSERT INTO ${t.action_count} (profile_id, first_at, last_at, count, action)
    SELECT profile_id, min(at), max(at), count(*), action FROM ${t.event} WHERE profile_id >= ${first} GROUP BY profile_id, action`);
  const doomed = sql`(id * 7919) % 10000 < ${Math.round(share * 10_000)}`;
  await addSegment(ds, 'doomd', sql`SELECT id FROM ${ids} WHERE ${doomed}`);
  await addSegment(ds, 'every', sql`SELECT id FROM ${ids}`);
  await addSegment(ds, 'halfx', sql`SELECT id FROM ${ids} WHERE id % 2 = 0`);
  const users = await sql<{ users: number }>`SELECT count(*) AS users FROM ${ids} WHERE ${doomed}`.execute(db);
  return users.rows[0]?.users ?? 0;
}

/** A manual segment whose users a query gives, with its counter. */
export async function addSegment(ds: DatasetDb, id: string, users: ReturnType<typeof sql>): Promise<void> {
  const { tables: t, db } = ds;
  const { rows } = await sql<{ setNo: number }>`
    INSERT INTO ${t.segment} (id, name, kind, state, set_no, created_at, updated_at)
    VALUES (${id}, ${`Segment ${id}`}, 'manual', 'ready', nextval(${`"ds_${ds.dataset.id}".set_no`}), now(), now())
    RETURNING set_no AS "setNo"`.execute(db);
  const setNo = rows[0]?.setNo;
  await sql`INSERT INTO ${t.membership} (profile_id, joined_at, set_no) SELECT id, now(), ${setNo} FROM (${users}) AS u`.execute(
    db,
  );
  await sql`
    INSERT INTO ${t.segment_count} (set_no, stripe, users)
    SELECT ${setNo}, 0, count(*) FROM ${t.membership} WHERE set_no = ${setNo}`.execute(db);
}
