import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/database.ts';
import { loadWorld } from '../../test/load-world.ts';
import { actionNames, type RandomWorld, worldArbitrary } from '../../test/random-profiles.ts';
import { conditionArbitraries, ruleArbitrary } from '../../test/random-rules.ts';
import { usersMatching } from '../../test/rule-evaluator.ts';
import type { DatasetDb } from '../database/handle.ts';
import { type Aspects, aspectsOf } from './aspects.ts';
import { passesFor, type RuleOfSet } from './evaluation-pass-sql.ts';
import { nextChanges } from './next-change-sql.ts';
import { parseRule } from './parse-rule.ts';
import type { Rule } from './rule.ts';

const now = new Date('2026-03-15T12:34:56.789Z');
// Another one each run; RANDOM_SEED repeats one.
const seed = Number(process.env.RANDOM_SEED ?? randomInt(2 ** 31));
const setNoBase = 10_000;

let database: TestDatabase;
let world: RandomWorld;
beforeAll(async () => {
  database = await createTestDatabase();
  world = fc.sample(worldArbitrary(now, 120), { seed, numRuns: 1 })[0] as RandomWorld;
  await loadWorld(database.ds, world);
});
afterAll(() => database.close());

const context = () => ({ ds: database.ds, segments: world.lists, imports: world.imports });

/** What passes over these rules say: by profile the places of the rules that match, and when to look again. */
async function standings(
  rules: readonly Rule[],
  profileIds: readonly number[],
  changes?: ReadonlyMap<number, Aspects>,
) {
  const passes = passesFor(
    rules.map((rule, place): RuleOfSet => ({ setNo: setNoBase + place, rule })),
    context(),
  );
  const rows = (await Promise.all(passes.map((pass) => pass.run(database.ds, { profileIds, changes, now })))).flat();
  return { passes: passes.length, rows };
}

async function usersByRule(
  rules: readonly Rule[],
  profileIds = everybody(),
  changes?: ReadonlyMap<number, Aspects>,
): Promise<number[][]> {
  const { rows } = await standings(rules, profileIds, changes);
  return rules.map((_, place) =>
    rows
      .filter(({ matching }) => matching.includes(setNoBase + place))
      .map(({ profileId }) => profileId)
      .sort((a, b) => a - b),
  );
}

const everybody = () => world.profiles.map(({ id }) => id);

/** The text and the number of statements that reach the database. */
async function textsOf(rules: readonly Rule[], at: Date): Promise<string[]> {
  const texts: string[] = [];
  const { db } = database.ds;
  const listening = Object.assign(Object.create(db), {
    executeQuery: (query: { sql: string }) => {
      texts.push(query.sql);
      return db.executeQuery(query as never);
    },
  });
  const ds: DatasetDb = { ...database.ds, db: listening };
  const passes = passesFor(
    rules.map((rule, place) => ({ setNo: place, rule })),
    context(),
  );
  for (const pass of passes) await pass.run(ds, { profileIds: [1, 2], now: at });
  return texts;
}

test(`300 random rules together select exactly those whom an independent reading of each selects (RANDOM_SEED=${seed})`, async () => {
  const rules = fc.sample(ruleArbitrary(now), { seed, numRuns: 300 }).map(parsed);
  const expected = rules.map((rule) => usersMatching(rule, world));
  expect(await usersByRule(rules)).toEqual(expected);
  const some = everybody().filter((id) => id % 3 === 0);
  expect(await usersByRule(rules, some)).toEqual(expected.map((ids) => ids.filter((id) => id % 3 === 0)));
});

test.each(Object.keys(conditionArbitraries(now)))(
  `60 random conditions "%s" together select whom each selects (RANDOM_SEED=${seed})`,
  async (name) => {
    const rules = fc.sample(conditionArbitraries(now)[name] as fc.Arbitrary<Rule>, { seed, numRuns: 60 }).map(parsed);
    expect(await usersByRule(rules)).toEqual(rules.map((rule) => usersMatching(rule, world)));
  },
);

test('the moment at which to look again is that of the rules where they stand', async () => {
  const rules = fc.sample(ruleArbitrary(now), { seed, numRuns: 150 }).map(parsed);
  const { rows } = await standings(rules, everybody());
  const found = new Map<number, string>();
  for (const { profileId, dueAt } of rows) {
    const before = found.get(profileId);
    if (dueAt !== null && (before === undefined || dueAt < before)) found.set(profileId, dueAt);
  }
  const expected = new Map<number, string>();
  const { ds } = database;
  for (const { conditions, at } of nextChanges(rules, { ...context(), now })) {
    const looks = await sql<{ id: number; at: string }>`
      SELECT id, at::text FROM (SELECT p.id, ${at} AS at FROM ${ds.tables.profile} p CROSS JOIN LATERAL ${conditions}) l
      WHERE at < 'infinity'`.execute(ds.db);
    for (const look of looks.rows) {
      const before = expected.get(look.id);
      if (before === undefined || look.at < before) expected.set(look.id, look.at);
    }
  }
  const inOrder = (moments: Map<number, string>) => [...moments].sort(([a], [b]) => a - b);
  expect(inOrder(found)).toEqual(inOrder(expected));
});

test('rules that together are wider than a row, or one that is so by itself, are evaluated all the same', async () => {
  const drawn = fc.sample(ruleArbitrary(now), { seed, numRuns: 40 }).map(parsed);
  const names = (no: number) => Array.from({ length: 20 }, (_, place) => `Action ${no}-${place}`);
  const many = Array.from(
    { length: 100 },
    (_, no): Rule => ({ action: [...names(no), 'Purchase'].slice(1), did: true, within: { days: no + 1 } }),
  );
  const wide = parsed({ any: many });
  const rules = [wide, ...drawn, parsed({ any: many.slice(0, 40) }), parsed({ any: many.slice(40, 80) })];
  const { passes } = await standings(rules, [1]);
  expect(passes).toBeGreaterThan(2);
  expect(await usersByRule(rules)).toEqual(rules.map((rule) => usersMatching(rule, world)));
});

test('of whom it is known what was changed, only the rules that look at that are evaluated', async () => {
  const rules = fc.sample(ruleArbitrary(now), { seed, numRuns: 200 }).map(parsed);
  const lookedAt = (rule: Rule, changed: Aspects) => {
    const aspects = aspectsOf(rule);
    return !aspects || [...aspects].some((aspect) => changed.has(aspect));
  };
  const possible = [...new Set(rules.flatMap((rule) => [...(aspectsOf(rule) ?? [])]))];
  const some = fc.subarray(possible, { minLength: 1, maxLength: 3 });
  const drawn = fc.sample(some, { seed, numRuns: world.profiles.length });
  // Of every fourth it may have been anything.
  const changes = new Map(everybody().flatMap((id, n) => (n % 4 === 0 ? [] : [[id, new Set(drawn[n])] as const])));
  const found = await usersByRule(rules, everybody(), changes);
  const expected = rules.map((rule) =>
    usersMatching(rule, world).filter((id) => {
      const changed = changes.get(id);
      return !changed || lookedAt(rule, changed);
    }),
  );
  expect(found).toEqual(expected);
  expect(await usersByRule(rules, everybody(), new Map(everybody().map((id) => [id, new Set(['nothing'])])))).toEqual(
    rules.map((rule) => (aspectsOf(rule) ? [] : usersMatching(rule, world))),
  );
});

test('an action that a rule names twice is counted once', async () => {
  const rules = actionNames.map((action) => parsed({ action: [action, action], did: true, atLeast: 3 }));
  expect(await usersByRule(rules)).toEqual(rules.map((rule) => usersMatching(rule, world)));
});

test('the same condition in several rules is asked once, and other values or another moment are another parameter', async () => {
  const rule = (days: number, country: string): Rule => ({
    all: [
      {
        action: 'Purchase',
        did: true,
        atLeast: 2,
        within: { days },
        where: [{ property: 'price', is: 'atLeast', value: days }],
      },
      { attribute: 'country', is: 'equals', value: country },
    ],
  });
  const [text = ''] = await textsOf([rule(7, 'DE'), { any: [rule(7, 'DE'), { anonymous: true }] }], now);
  expect(text.match(/count\(\*\) FILTER/g)).toHaveLength(1);
  expect(text.match(/p\.attributes -> /g)).toHaveLength(1);
  expect(await textsOf([rule(30, 'FR'), { any: [rule(30, 'FR'), { anonymous: true }] }], new Date())).toEqual([text]);
});

function parsed(rule: Rule): Rule {
  return parseRule(rule);
}
