import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/database.ts';
import { loadWorld } from '../../test/load-world.ts';
import { type RandomWorld, timeTextNear, worldArbitrary } from '../../test/random-profiles.ts';
import { conditionArbitraries, ruleArbitrary } from '../../test/random-rules.ts';
import { usersMatching } from '../../test/rule-evaluator.ts';
import type { Json } from '../json.ts';
import { readMoment } from './moment.ts';
import { parseRule } from './parse-rule.ts';
import type { PredicateContext } from './predicate-context.ts';
import { predicate } from './predicate-sql.ts';
import { type Comparison, type Rule, ruleConditionsMax } from './rule.ts';

const now = new Date('2026-03-15T12:34:56.789Z');
// Another one each run; RANDOM_SEED repeats one.
const seed = Number(process.env.RANDOM_SEED ?? randomInt(2 ** 31));

let database: TestDatabase;
let world: RandomWorld;
let context: PredicateContext;

beforeAll(async () => {
  database = await createTestDatabase();
  world = fc.sample(worldArbitrary(now, 200), { seed, numRuns: 1 })[0] as RandomWorld;
  await loadWorld(database.ds, world);
  context = { ds: database.ds, now, segments: world.lists, imports: world.imports };
});
afterAll(() => database.close());

async function usersSelected(rule: Rule, among = sql`true`): Promise<number[]> {
  const { ds } = context;
  const { rows } = await sql<{ id: number }>`
    SELECT p.id FROM ${ds.tables.profile} p WHERE ${among} AND ${predicate(rule, context)} ORDER BY p.id`.execute(
    ds.db,
  );
  return rows.map((row) => row.id);
}

async function usersCounted(rule: Rule): Promise<number> {
  const { ds } = context;
  const { rows } = await sql<{ users: number }>`
    SELECT count(*) AS users FROM ${ds.tables.profile} p WHERE ${predicate(rule, context)}`.execute(ds.db);
  return rows[0]?.users ?? -1;
}

/** Whether each profile matches, read as a value: neither true nor false would show here as null. */
async function verdicts(rule: Rule): Promise<unknown[]> {
  const { ds } = context;
  const { rows } = await sql<{ matches: unknown }>`
    SELECT ${predicate(rule, context)} AS matches FROM ${ds.tables.profile} p`.execute(ds.db);
  return rows.map((row) => row.matches);
}

describe(`Random rules (RANDOM_SEED=${seed})`, () => {
  test('200 of them select exactly those whom an independent reading of the grammar selects', async () => {
    await fc.assert(
      fc.asyncProperty(ruleArbitrary(now), async (drawn) => {
        const rule = parseRule(drawn);
        const expected = usersMatching(rule, world);
        expect(await usersSelected(rule)).toEqual(expected);
        expect(await usersCounted(rule)).toBe(expected.length);
        const few = [3, 50, 51, 117];
        expect(await usersSelected(rule, sql`p.id = ANY (${few}::bigint[])`)).toEqual(
          expected.filter((id) => few.includes(id)),
        );
      }),
      { seed, numRuns: 200 },
    );
  });

  test.each(Object.keys(conditionArbitraries(now)))(
    'of the condition "%s" agree too, and are never unknown',
    async (name) => {
      const condition = conditionArbitraries(now)[name] as fc.Arbitrary<Rule>;
      await fc.assert(
        fc.asyncProperty(condition, async (drawn) => {
          const rule = parseRule(drawn);
          const found = await verdicts(rule);
          expect(found.filter((verdict) => typeof verdict !== 'boolean')).toEqual([]);
          expect(found.filter((verdict) => verdict === true).length).toBe(usersMatching(rule, world).length);
          expect(await usersSelected(rule)).toEqual(usersMatching(rule, world));
        }),
        { seed, numRuns: 40 },
      );
    },
  );
});

test(`A rule of ${ruleConditionsMax} conditions in groups runs.`, async () => {
  const drawn = fc.sample(fc.oneof(...Object.values(conditionArbitraries(now))), { seed, numRuns: ruleConditionsMax });
  const rule = parseRule({ any: [{ all: drawn.slice(0, 100) }, { not: { any: drawn.slice(100) } }] });
  expect(await usersSelected(rule)).toEqual(usersMatching(rule, world));
});

test('A text is a moment if it is a day or RFC 3339, to the microsecond; nothing else is, and nothing fails.', async () => {
  const read: [text: string, moment: string | null][] = [
    ['2024-02-29', '2024-02-29 00:00:00+00'],
    ['2000-02-29', '2000-02-29 00:00:00+00'],
    ['1900-02-29', null],
    ['2023-02-29', null],
    ['2024-04-31', null],
    ['2024-00-01', null],
    ['2024-13-01', null],
    ['2024-01-00', null],
    ['2024-12-31T23:59:59Z', '2024-12-31 23:59:59+00'],
    ['2024-12-31t23:59:59.5z', '2024-12-31 23:59:59.5+00'],
    ['2024-12-31 23:59:59.123456789Z', '2024-12-31 23:59:59.123456+00'],
    ['2024-12-31T23:59:60Z', '2025-01-01 00:00:00+00'],
    ['2024-12-31T23:30:00-01:45', '2025-01-01 01:15:00+00'],
    ['2024-12-31T23:30:00+23:59', '2024-12-30 23:31:00+00'],
    ['2024-12-31T23:30:00+24:00', null],
    ['2024-12-31T24:00:00Z', null],
    ['2024-12-31T23:60:00Z', null],
    ['2024-12-31T23:59:61Z', null],
    ['2024-12-31T23:59Z', null],
    ['2024-12-31T23:59:59', null],
    ['0000-01-01', null],
    ['0001-01-01', '0001-01-01 00:00:00+00'],
    ['9999-12-31T23:59:59-23:59', '10000-01-01 23:58:59+00'],
    ['2024-1-1', null],
    ['2024-01-01 ', null],
    ['2024-01-01\n', null],
    ['٢٠٢٤-٠١-٠١', null],
    ['infinity', null],
    ['', null],
    ['1700000000000', null],
    [`2024-01-01T00:00:00.${'1'.repeat(100_000)}Z`, null],
  ];
  const { rows } = await sql<{ moment: string | null }>`
    SELECT lethe.moment_of(text)::text AS moment
    FROM unnest(${read.map(([text]) => text)}::text[]) WITH ORDINALITY AS t (text, no) ORDER BY no`.execute(
    context.ds.db,
  );
  expect(rows.map((row, index) => [read[index]?.[0], row.moment])).toEqual(read);
});

test('Every moment that a rule may name is one to the database, too.', async () => {
  await fc.assert(
    fc.asyncProperty(timeTextNear(now), async (text) => {
      const { rows } = await sql<{ same: boolean }>`
        SELECT lethe.moment_of(${text}) = ${readMoment(text)?.at}::timestamptz AS same`.execute(context.ds.db);
      expect(rows[0]?.same).toBe(true);
    }),
    { seed, numRuns: 50 },
  );
});

describe('What the words mean where the grammar leaves room', () => {
  const cases: [value: Json | undefined, asked: Comparison, holds: boolean][] = [
    [undefined, { is: 'doesNotEqual', value: 'x' }, true],
    [null, { is: 'doesNotContain', value: 'x' }, true],
    [null, { is: 'anyValue' }, false],
    ['', { is: 'anyValue' }, true],
    [5, { is: 'doesNotEqual', value: 'x' }, false],
    ['x', { is: 'includesNone', value: ['y'] }, false],
    [['x', 1], { is: 'includesAny', value: ['1'] }, false],
    [{ x: 1 }, { is: 'includesAny', value: ['x'] }, false],
    ['5', { is: 'atLeast', value: 1 }, false],
    ['true', { is: 'true' }, false],
    [0.1, { is: 'equalTo', value: 0.1 }, true],
    ['de', { is: 'equals', value: 'DE' }, false],
    ['2026-03-15', { is: 'today' }, true],
    ['2026-03-15T23:59:59.999999Z', { is: 'today' }, true],
    ['2026-03-16T00:00:00Z', { is: 'today' }, false],
    ['2026-03-15T12:34:56.789Z', { is: 'inTheLast', days: 1 }, true],
    ['2026-03-15T12:34:56.790Z', { is: 'inTheLast', days: 1 }, false],
    ['2026-03-14T12:34:56.789Z', { is: 'inTheLast', days: 1 }, false],
    ['2026-03-14T12:34:56.789Z', { is: 'moreThanDaysAgo', days: 1 }, false],
    ['2026-03-14T12:34:56.788999Z', { is: 'moreThanDaysAgo', days: 1 }, true],
    ['2026-03-14T23:59:59.999999Z', { is: 'onOrBefore', value: '2026-03-14' }, true],
    ['2026-03-15T00:00:00Z', { is: 'onOrBefore', value: '2026-03-14' }, false],
    ['2026-03-14T00:00:00.000001Z', { is: 'onOrBefore', value: '2026-03-14T00:00:00Z' }, false],
    ['2026-03-14T01:00:00+02:00', { is: 'onOrAfter', value: '2026-03-14' }, false],
    ['2026-03-15T23:59:59Z', { is: 'between', value: ['2026-03-14', '2026-03-15'] }, true],
  ];

  test.each(cases)('%j %j: %s', async (value, asked, holds) => {
    const { ds } = context;
    const attributes = JSON.stringify(value === undefined ? {} : { a: { value, at: 0, from: 'import' } });
    const { rows } = await sql<{ holds: boolean }>`
      SELECT ${predicate({ attribute: 'a', ...asked }, context)} AS holds
      FROM (SELECT ${attributes}::jsonb AS attributes) AS p`.execute(ds.db);
    expect(rows[0]?.holds).toBe(holds);
  });

  test('A rule that names a segment or an import which is not there is refused.', () => {
    expect(() => predicate({ segment: 'nowhere', member: true }, context)).toThrow('names segment nowhere');
    expect(() => predicate({ not: { import: 'imp_none', created: true } }, context)).toThrow('names import imp_none');
  });

  test('The same users are in a sample for ever.', async () => {
    const { ds } = context;
    const { rows } = await sql<{ id: number }>`
      SELECT p.id FROM generate_series(1, 30) AS p (id)
      WHERE ${predicate({ sample: { from: 0, to: 20 } }, context)} ORDER BY p.id`.execute(ds.db);
    expect(rows.map((row) => row.id)).toEqual([6, 11, 13, 19, 20, 26, 28]);
  });
});
