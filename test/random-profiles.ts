import fc from 'fast-check';
import type { Json } from '../src/json.ts';

/** A profile as a test imagines it; load-world.ts writes its rows with figures that agree. */
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
