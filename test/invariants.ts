import { type RawBuilder, sql } from 'kysely';
import type { DatasetDb } from '../src/database/handle.ts';
import { places } from '../src/profiles/places.ts';

/**
 * What holds in every dataset whenever no transaction is under way, whatever happened before. Throws an error that names each
 * broken promise with up to five of the rows that break it.
 */
export async function checkInvariants(ds: DatasetDb): Promise<void> {
  const broken: string[] = [];
  for (const [promise, violations] of invariantsOf(ds)) {
    const { rows } = await sql`SELECT * FROM (${violations}) AS violation LIMIT 5`.execute(ds.db);
    if (rows.length > 0) broken.push(`${promise}: ${JSON.stringify(rows)}`);
  }
  if (broken.length > 0) throw new Error(`Broken in dataset ${ds.dataset.id}:\n${broken.join('\n')}`);
}

/** Each promise with the statement that finds what breaks it. */
function invariantsOf(ds: DatasetDb): [promise: string, violations: RawBuilder<unknown>][] {
  return [
    ...places
      .filter((place) => place.table !== 'profile')
      .map((place): [string, RawBuilder<unknown>] => [
        `Every row of ${place.name} has its profile`,
        orphans(ds, place),
      ]),
    ['Every profile has an identity', profilesWithoutIdentity(ds)],
    ['An identity names one profile', identitiesTwice(ds)],
    ['Named profiles are those with more than anonymous ids', wronglyNamed(ds)],
    ['The figures of a profile are those of its events', wrongFigures(ds)],
    ['Counts of actions are those of the events', wrongActionCounts(ds)],
    ['Visits are the runs of the events', wrongVisits(ds)],
    ['Orders, and orders alone, have a value', wrongOrders(ds)],
    ['The number of users of a segment is the number of its memberships', wrongUserCounts(ds)],
    ['Every membership belongs to a set that is known', strayMemberships(ds)],
  ];
}

/** The memberships of the users of a running bulk deletion are its work list: they stay until they have been proven gone. */
function orphans({ tables }: DatasetDb, { table, key }: (typeof places)[number]) {
  const onWorkList = sql`EXISTS (SELECT FROM ${tables.deletion} d WHERE d.completed_at IS NULL AND d.set_no = r.set_no)`;
  return sql`
    SELECT r.* FROM ${tables[table]} r
    WHERE NOT EXISTS (SELECT FROM ${tables.profile} p WHERE p.id = r.${sql.ref(key)})
      AND NOT ${table === 'membership' ? onWorkList : sql`false`}`;
}

function profilesWithoutIdentity({ tables }: DatasetDb) {
  return sql`
    SELECT p.id, p.events FROM ${tables.profile} p
    WHERE NOT EXISTS (SELECT FROM ${tables.identity} i WHERE i.profile_id = p.id)`;
}

function identitiesTwice({ tables }: DatasetDb) {
  return sql`SELECT type, value, count(*) FROM ${tables.identity} GROUP BY type, value HAVING count(*) > 1`;
}

/** A doomed profile may have lost its name to a fresh one. */
function wronglyNamed({ tables }: DatasetDb) {
  return sql`
    SELECT p.id, p.named FROM ${tables.profile} p
    WHERE p.named <> EXISTS (
        SELECT FROM ${tables.identity} i WHERE i.profile_id = p.id AND i.type <> 'anonymousId')
      AND NOT EXISTS (SELECT FROM ${tables.doomed_profile} d WHERE d.profile_id = p.id)`;
}

function wrongFigures({ tables }: DatasetDb) {
  return sql`
    WITH counted AS (
      SELECT profile_id, count(*) AS events, count(order_value) AS orders, sum(order_value) AS revenue,
             min(at) AS first_activity, max(at) AS last_activity,
             min(at) FILTER (WHERE order_value IS NOT NULL) AS first_order_at,
             max(at) FILTER (WHERE order_value IS NOT NULL) AS last_order_at
      FROM ${tables.event} GROUP BY profile_id
    ), visited AS (
      SELECT profile_id, count(*) AS visits FROM ${tables.visit} GROUP BY profile_id
    )
    SELECT p.id, p.events, c.events AS counted_events, p.orders, p.revenue, c.revenue AS counted_revenue, p.visits, v.visits AS counted_visits
    FROM ${tables.profile} p
    LEFT JOIN counted c ON c.profile_id = p.id
    LEFT JOIN visited v ON v.profile_id = p.id
    WHERE (p.events, p.orders, p.visits, p.revenue)
          IS DISTINCT FROM (coalesce(c.events, 0), coalesce(c.orders, 0), coalesce(v.visits, 0), coalesce(c.revenue, 0))
       OR (p.first_activity, p.last_activity, p.first_order_at, p.last_order_at)
          IS DISTINCT FROM (c.first_activity, c.last_activity, c.first_order_at, c.last_order_at)`;
}

function wrongActionCounts({ tables }: DatasetDb) {
  return sql`
    SELECT coalesce(a.profile_id, e.profile_id) AS profile_id, a.count, e.count AS counted
    FROM ${tables.action_count} a
    FULL JOIN (
      SELECT profile_id, action, count(*)::int AS count, min(at) AS first_at, max(at) AS last_at
      FROM ${tables.event} GROUP BY profile_id, action
    ) e ON e.profile_id = a.profile_id AND e.action = a.action
    WHERE (a.count, a.first_at, a.last_at) IS DISTINCT FROM (e.count, e.first_at, e.last_at)`;
}

function wrongVisits({ tables }: DatasetDb) {
  return sql`
    WITH paused AS (
      SELECT profile_id, at, at - lag(at) OVER (PARTITION BY profile_id ORDER BY at) <= interval '30 minutes' AS goes_on
      FROM ${tables.event}
    ), numbered AS (
      SELECT profile_id, at, count(*) FILTER (WHERE goes_on IS NOT TRUE)
               OVER (PARTITION BY profile_id ORDER BY at ROWS UNBOUNDED PRECEDING) AS run
      FROM paused
    ), run AS (
      SELECT profile_id, min(at) AS started_at, max(at) AS last_event_at, count(*)::int AS events
      FROM numbered GROUP BY profile_id, run
    )
    SELECT coalesce(v.profile_id, r.profile_id) AS profile_id, v.started_at, v.events, r.started_at AS run_started_at, r.events AS run_events
    FROM ${tables.visit} v
    FULL JOIN run r ON r.profile_id = v.profile_id AND r.started_at = v.started_at
    WHERE (v.last_event_at, v.events) IS DISTINCT FROM (r.last_event_at, r.events)`;
}

function wrongOrders({ tables }: DatasetDb) {
  return sql`
    SELECT id, action, order_value FROM ${tables.event}
    WHERE (action IN ('Purchase', 'Order Completed')) <> (order_value IS NOT NULL)`;
}

/** While the users of a segment are being deleted, its number is the one that was frozen. */
function wrongUserCounts({ tables }: DatasetDb) {
  return sql`
    SELECT s.id, s.set_no, counted.users, (SELECT count(*) FROM ${tables.membership} m WHERE m.set_no = s.set_no) AS memberships
    FROM ${tables.segment} s
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(c.users), 0) AS users FROM ${tables.segment_count} c WHERE c.set_no = s.set_no
    ) counted
    WHERE s.state <> 'deleting'
      AND counted.users <> (SELECT count(*) FROM ${tables.membership} m WHERE m.set_no = s.set_no)`;
}

function strayMemberships({ tables }: DatasetDb) {
  return sql`
    SELECT m.* FROM ${tables.membership} m
    WHERE NOT EXISTS (SELECT FROM ${tables.segment} s WHERE m.set_no IN (s.set_no, s.next_set_no))
      AND NOT EXISTS (SELECT FROM ${tables.discarded_set} d WHERE d.set_no = m.set_no)
      AND NOT EXISTS (SELECT FROM ${tables.deletion} d WHERE d.set_no = m.set_no AND d.completed_at IS NULL)`;
}
