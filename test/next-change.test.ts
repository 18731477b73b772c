import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { on } from '../src/database/handle.ts';
import { inPlace } from '../src/segments/figures-in-place-sql.ts';
import { nextChangeOfCondition } from '../src/segments/next-change-condition-sql.ts';
import { nextChanges } from '../src/segments/next-change-sql.ts';
import type { PredicateContext } from '../src/segments/predicate-context.ts';
import { type Condition, comparedToNow, looksAtClock, type Rule } from '../src/segments/rule.ts';
import { loadWorld } from './load-world.ts';
import { dayCounts, dayMs, type RandomProfile, type RandomWorld, worldArbitrary } from './random-profiles.ts';
import { conditionArbitraries, ruleArbitrary } from './random-rules.ts';
import { matches } from './rule-evaluator.ts';
import { createSegmentWorld, type SegmentWorld } from './segment-world.ts';

const seed = Number(process.env.RANDOM_SEED ?? 20_260_116);
const profiles = 50;
/** Beyond what is looked at here; microseconds further away are no exact numbers. */
const never = Date.parse('2200-01-01T00:00:00Z') * 1000;

let world: SegmentWorld;
let data: RandomWorld;
let context: PredicateContext;
beforeAll(async () => {
  world = await createSegmentWorld();
  [data] = fc.sample(worldArbitrary(world.now, profiles), { numRuns: 1, seed }) as [RandomWorld];
  await loadWorld(on(world.dataset, world.database.writes), data);
  context = { ds: world.ds, now: world.now, segments: data.lists, imports: data.imports };
});
afterAll(() => world.close());

/** When each profile may be judged otherwise by one of these rules, in microseconds. */
async function changesOf(rules: Rule[]): Promise<Map<number, number>> {
  const changes = new Map(data.profiles.map(({ id }) => [id, never]));
  for (const { conditions, at } of nextChanges(rules, context)) {
    const { rows } = await sql<{ id: number; at: number }>`
      SELECT p.id, (extract(epoch FROM least(${at}, '2200-01-01Z'::timestamptz)) * 1000000)::bigint AS at
      FROM ${world.ds.tables.profile} p CROSS JOIN LATERAL ${conditions}`.execute(world.ds.db);
    for (const row of rows) changes.set(row.id, Math.min(row.at, changes.get(row.id) as number));
  }
  return changes;
}

const verdictAt = (rule: Rule, profile: RandomProfile, ms: number) =>
  matches(rule, profile, { ...data, now: new Date(ms) });

/** Moments after now at which clocks like to turn something: whole days after what a profile holds, and beginnings of days. */
function turningPoints(profile: RandomProfile): number[] {
  const texts = [...profile.attributes.values(), ...profile.events.flatMap((event) => [...event.properties.values()])];
  const held = [
    profile.createdAt.getTime(),
    ...profile.events.map((event) => event.at.getTime()),
    ...texts.flatMap((text) => (typeof text === 'string' && Date.parse(text)) || []),
  ];
  const midnight = Math.floor(world.now.getTime() / dayMs) * dayMs;
  const days = [1, 2, 3, 31].map((day) => midnight + day * dayMs);
  return [...held.flatMap((ms) => dayCounts.map((day) => ms + day * dayMs)), ...days]
    .flatMap((ms) => [ms - 1, ms, ms + 1])
    .filter((ms) => ms > world.now.getTime());
}

/** Up to ten of them before this moment, the last millisecond before it among them. */
function momentsBefore(micros: number, points: readonly number[], random: () => number): number[] {
  const before = points.filter((ms) => ms * 1000 < micros);
  const drawn = Array.from({ length: 9 }, () => before[Math.floor(random() * before.length)]);
  const last = Math.ceil(micros / 1000) - 1;
  return [...drawn, last].flatMap((ms) => (ms !== undefined && ms > world.now.getTime() ? [ms] : []));
}

test(`time alone changes no verdict of 200 random rules before the moment that was answered (seed ${seed})`, async () => {
  const rules = fc.sample(ruleArbitrary(world.now).filter(looksAtClock), { numRuns: 200, seed });
  const points = new Map(data.profiles.map((profile) => [profile.id, turningPoints(profile)]));
  let drawn = seed;
  const random = () => {
    drawn = (drawn * 48_271) % 2_147_483_647;
    return drawn / 2_147_483_647;
  };
  const missed: unknown[] = [];
  let changing = 0;
  for (const rule of rules) {
    const changes = await changesOf([rule]);
    for (const profile of data.profiles) {
      const at = changes.get(profile.id) as number;
      if (at < never) changing++;
      const before = verdictAt(rule, profile, world.now.getTime());
      for (const ms of momentsBefore(at, points.get(profile.id) as number[], random)) {
        if (verdictAt(rule, profile, ms) !== before) missed.push({ rule, profile: profile.id, at, changed: ms });
      }
    }
  }
  expect(missed.slice(0, 3)).toEqual([]);
  // Were everybody looked at all the time, nothing would be missed either.
  expect(changing).toBeGreaterThan(300);
  expect(changing).toBeLessThan((rules.length * profiles) / 2);
});

/** What may be answered too early: a stretch without length, orders that leave together, and `where` compared with now. */
function isExact(asked: Condition): boolean {
  if ('is' in asked && asked.is === 'inTheLast') return asked.days > 0;
  if ('orders' in asked) return asked.orders === 'firstAt' || asked.orders === 'lastAt';
  return !('where' in asked) || !(asked.where ?? []).some(comparedToNow);
}

test(`a single condition changes at the moment that was answered (seed ${seed})`, async () => {
  const wrong: unknown[] = [];
  let changing = 0;
  for (const [kind, arbitrary] of Object.entries(conditionArbitraries(world.now))) {
    for (const asked of fc.sample(arbitrary, { numRuns: 40, seed })) {
      expect(nextChangeOfCondition(asked, inPlace(context)) !== undefined, kind).toBe(looksAtClock(asked));
      if (!isExact(asked)) continue;
      const changes = await changesOf([asked]);
      for (const profile of data.profiles) {
        const at = changes.get(profile.id) as number;
        if (at === never) continue;
        changing++;
        const [before, then] = [world.now.getTime(), Math.ceil(at / 1000)].map((ms) => verdictAt(asked, profile, ms));
        if (before === then) wrong.push({ asked, profile: profile.id, at });
      }
    }
  }
  expect(wrong.slice(0, 3)).toEqual([]);
  expect(changing).toBeGreaterThan(500);
});

test('the answer for more rules at once than one statement can hold is the earliest of each', async () => {
  const daysMax = 1_300;
  const rules = Array.from({ length: daysMax }, (_, day): Rule => ({ lastAction: '*', lessThanDaysAgo: day + 1 }));
  expect(nextChanges(rules, context).length).toBeGreaterThan(1);
  const changes = await changesOf(rules);
  for (const { id, events } of data.profiles) {
    const last = Math.max(...events.map((event) => event.at.getTime()));
    const daysAgo = Math.floor((world.now.getTime() - last) / dayMs);
    const expected = daysAgo < daysMax ? (last + Math.max(daysAgo + 1, 1) * dayMs) * 1000 : never;
    expect(changes.get(id), `profile ${id}`).toBe(expected);
  }
});

test('who cannot match whatever the time is not looked at', async () => {
  const active: Rule = { visits: 'lastActivity', is: 'inTheLast', days: 365 };
  const nobody: Rule = { attribute: 'country', is: 'equals', value: 'nowhere' };
  const changing = async (rule: Rule) => [...(await changesOf([rule])).values()].filter((at) => at < never).length;
  expect(await changing(active)).toBeGreaterThan(10);
  expect(await changing({ all: [nobody, active] })).toBe(0);
  expect(await changing({ any: [{ not: nobody }, active] })).toBe(0);
  expect(await changing({ not: { any: [{ all: [active, nobody] }, nobody] } })).toBe(0);
});
