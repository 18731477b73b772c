import fc from 'fast-check';
import { sql } from 'kysely';
import type { DatasetDb } from '../src/database/handle.ts';
import type { Json } from '../src/json.ts';

/** A profile as a test imagines it; `loadWorld` writes its rows with figures that agree. */
export interface RandomProfile {
  id: number;
  createdAt: Date;
  createdByImport: number | null;
  imports: number[];
  identities: { type: string; value: string }[];
  attributes: Map<string, Json>;
  events: RandomEvent[];
}

export interface RandomEvent {
  at: Date;
  action: string;
  /** In hundredths, so that sums are exact; null for an event that is no order. */
  cents: number | null;
  properties: Map<string, Json>;
}

/** Everything that a rule can be asked of. */
export interface RandomWorld {
  now: Date;
  profiles: RandomProfile[];
  /** Manual segments, by id. */
  lists: Map<string, { setNo: number; users: Set<number> }>;
  /** Numbers of imports, by id. */
  imports: Map<string, number>;
}

export const dayMs = 86_400_000;

/** Small pools, so that rules and data meet; odd ones, so that they meet where it hurts. */
export const texts = [
  'DE',
  'de',
  'D',
  '',
  'Zoë 🙂',
  "O'Neil",
  '"q"',
  'a\\b',
  '50%',
  'a_b',
  'null',
  'true',
  '1.5',
  'DE ',
  '"DE"',
];
export const numbers = [0, 1, 1.5, -2, 0.1, 0.3, 49.99, 50, 1e21, 1e-7, 9_007_199_254_740_991];
export const attributeNames = ['country', 'plan', 'a.b', 'it\'s "odd"', '__proto__', 'constructor', 'née', '$1'];
export const propertySteps = ['price', 'b', 'c', 'x y', '__proto__', "q'"];
export const actionNames = ['Purchase', 'Order Completed', 'View Item', "Say 'hi'", 'purchase'];
export const identityTypes = ['userId', 'anonymousId', 'email', 'loyalty "card"'];
export const identityValues = [
  'ann',
  'ANN',
  'ann@example.com',
  'bob@example.com',
  "o'neil@example.org",
  '🙂',
  '50%',
  'x_1',
  '*',
];
export const dayCounts = [0, 1, 2, 7, 30, 365];

/** Moments at, just before and just after the edges that rules have: whole days before now, and ends of UTC days. */
export function momentNear(now: Date): fc.Arbitrary<Date> {
  const midnight = Math.floor(now.getTime() / dayMs) * dayMs;
  const edges = fc.tuple(
    fc.constantFrom(now.getTime(), midnight),
    fc.constantFrom(...dayCounts, -1, 3, 29, 400),
    fc.constantFrom(0, 0, -1, 1),
  );
  return fc.oneof(
    edges.map(([from, days, ms]) => new Date(from - days * dayMs + ms)),
    fc.integer({ min: -3 * dayMs, max: 500 * dayMs }).map((ms) => new Date(now.getTime() - ms)),
  );
}

/** Texts that are days or moments, written in many ways, and texts that only look like it. */
export function dateTextNear(now: Date): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 4, arbitrary: timeTextNear(now) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '2024-02-29',
        '2023-02-29',
        '2024-13-01',
        '2024-00-10',
        '0000-01-01',
        '0001-01-01T00:00:00+10:00',
        '9999-12-31T23:59:59-12:00',
        '2024-05-01T24:00:00Z',
        '2024-05-01T10:00Z',
        '2024-05-01T10:00:00',
        '2024-05-01T23:59:60Z',
        '2024-05-01T10:00:00+24:00',
        '2024-5-1',
        '20240501',
        'yesterday',
        '2024-05-01 ',
        '2024-05-01\n',
        '٢٠٢٤-٠٥-٠١',
        '1700000000000',
        'infinity',
        'now',
      ),
    },
  );
}

/** Days and moments that a rule may name. */
export function timeTextNear(now: Date): fc.Arbitrary<string> {
  const offsets: [string, number][] = [
    ['Z', 0],
    ['z', 0],
    ['+02:00', 120],
    ['-05:30', -330],
  ];
  return momentNear(now).chain((at) =>
    fc.oneof(
      fc.constant(at.toISOString().slice(0, 10)),
      fc.constant(at.toISOString()),
      fc
        .tuple(
          fc.constantFrom(...offsets),
          fc.constantFrom('T', 't', ' '),
          fc.constantFrom('', '000', '0009', '001', '0000009'),
        )
        .map(
          ([[zone, minutes], letter, more]) =>
            `${new Date(at.getTime() + minutes * 60_000).toISOString().replace('T', letter).slice(0, 23)}${more}${zone}`,
        ),
    ),
  );
}

function json(now: Date): fc.Arbitrary<Json> {
  const scalar: fc.Arbitrary<Json> = fc.oneof(
    fc.constantFrom(...texts),
    fc.constantFrom(...numbers),
    fc.boolean(),
    dateTextNear(now),
    fc.constant(null),
  );
  return fc.oneof(
    { weight: 6, arbitrary: scalar },
    { weight: 2, arbitrary: fc.array(scalar, { maxLength: 4 }) },
    { weight: 1, arbitrary: fc.constant({ DE: 1 }) },
  );
}

function properties(now: Date): fc.Arbitrary<Map<string, Json>> {
  const step = fc.constantFrom(...propertySteps);
  const object = (value: fc.Arbitrary<Json>) =>
    fc.array(fc.tuple(step, value), { maxLength: 4 }).map((entries): Json => Object.fromEntries(entries));
  const inner = fc.oneof({ weight: 3, arbitrary: json(now) }, { weight: 1, arbitrary: object(json(now)) });
  const value = fc.oneof({ weight: 3, arbitrary: json(now) }, { weight: 2, arbitrary: object(inner) });
  return fc.array(fc.tuple(step, value), { maxLength: 5 }).map((entries) => new Map(entries));
}

function event(now: Date): fc.Arbitrary<RandomEvent> {
  return fc
    .record({
      at: momentNear(now),
      action: fc.constantFrom(...actionNames),
      cents: fc.constantFrom(0, 10, 30, 4_999, 5_000, 12_345, -500),
      properties: properties(now),
    })
    .map((one) => ({ ...one, cents: ['Purchase', 'Order Completed'].includes(one.action) ? one.cents : null }));
}

export const listIds = ['listA', 'listB'];
export const importIds = ['imp_one', 'imp_two', 'imp_three'];

/** Profiles 1 to n, two lists and three imports. */
export function worldArbitrary(now: Date, profilesMax: number): fc.Arbitrary<RandomWorld> {
  const importNo = fc.integer({ min: 1, max: importIds.length });
  const profile = fc.record({
    createdAt: momentNear(now),
    createdByImport: fc.option(importNo),
    imports: fc.uniqueArray(importNo),
    identities: fc.array(
      fc.record({ type: fc.constantFrom(...identityTypes), value: fc.constantFrom(...identityValues) }),
      { maxLength: 3 },
    ),
    attributes: fc
      .array(fc.tuple(fc.constantFrom(...attributeNames), json(now)), { maxLength: 7 })
      .map((entries) => new Map(entries)),
    events: fc.oneof(
      { weight: 3, arbitrary: fc.array(event(now), { maxLength: 12 }) },
      { weight: 1, arbitrary: fc.constant<RandomEvent[]>([]) },
    ),
    lists: fc.tuple(fc.boolean(), fc.boolean()),
  });
  return fc.array(profile, { minLength: profilesMax, maxLength: profilesMax }).map((drawn) => {
    const taken = new Set<string>();
    const profiles = drawn.map(({ lists: _, ...one }, index): RandomProfile => {
      const id = index + 1;
      // An identity names one profile only; the others get one of their own.
      const identities = one.identities.map(({ type, value }) => {
        const own = taken.has(`${type} ${value}`) ? `${value}-${id}` : value;
        taken.add(`${type} ${own}`);
        return { type, value: own };
      });
      const known = [...new Map(identities.map((identity) => [JSON.stringify(identity), identity])).values()];
      const imports = one.createdByImport ? [...new Set([...one.imports, one.createdByImport])] : one.imports;
      return {
        ...one,
        id,
        imports,
        identities: known.length > 0 ? known : [{ type: 'anonymousId', value: `only-${id}` }],
      };
    });
    const lists = new Map(
      listIds.map((id, list) => [
        id,
        {
          setNo: list + 1,
          users: new Set(profiles.filter((one) => drawn[one.id - 1]?.lists[list]).map((one) => one.id)),
        },
      ]),
    );
    return { now, profiles, lists, imports: new Map(importIds.map((id, index) => [id, index + 1])) };
  });
}

/** Runs of events with gaps of at most 30 minutes. */
export function visitsOf(events: readonly RandomEvent[]): RandomEvent[][] {
  const visits: RandomEvent[][] = [];
  for (const one of [...events].sort((a, b) => a.at.getTime() - b.at.getTime())) {
    const visit = visits.at(-1);
    const last = visit?.at(-1);
    if (visit && last && one.at.getTime() - last.at.getTime() <= 30 * 60_000) visit.push(one);
    else visits.push([one]);
  }
  return visits;
}

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
