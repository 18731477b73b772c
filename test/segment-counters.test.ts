import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withSharedGate } from '../src/database/gate.ts';
import { on } from '../src/database/handle.ts';
import { LetheError } from '../src/errors.ts';
import { lockProfiles } from '../src/profiles/figures-sql.ts';
import { changeUsers } from '../src/segments/change-users.ts';
import { evaluateProfiles } from '../src/segments/evaluate.ts';
import { replaceUsers } from '../src/segments/replace-users.ts';
import { checkInvariants } from './invariants.ts';
import { ada, createSegmentWorld, type SegmentWorld } from './segment-world.ts';

const users = Array.from({ length: 12 }, (_, index) => `user ${index}`);
const countries = ['DE', 'FR', 'IT'];
const rounds = 8;

let world: SegmentWorld;
beforeAll(async () => {
  world = await createSegmentWorld();
});
afterAll(() => world.close());

const inCountry = (country: string) => ({ attribute: 'country', is: 'equals', value: country });

interface Segments {
  lists: string[];
  rules: string[];
}

type Operation = (segments: Segments) => Promise<unknown>;

/** Something that happens to users or segments, chosen by chance. */
const operation: fc.Arbitrary<Operation> = (() => {
  const user = fc.constantFrom(...users);
  const some = fc.uniqueArray(user, { maxLength: 5 });
  const index = fc.integer({ min: 0, max: 2 });
  const pick = (ids: string[], at: number) => ids[at % ids.length] as string;
  const asked = () => ({ actor: ada, now: world.now });
  const moved = fc.tuple(some, fc.constantFrom(...countries)).map(
    ([who, country]): Operation =>
      () =>
        world.write(...who.map((one) => ({ user: one, traits: { country } }))),
  );
  const merged = fc.tuple(user, user).map(
    ([a, b]): Operation =>
      () =>
        world.write({ user: a, identities: [a, b].map((value) => ({ type: 'userId', value })) }),
  );
  const listed = fc.tuple(index, some, fc.constantFrom('add' as const, 'remove' as const)).map(
    ([at, ids, change]): Operation =>
      ({ lists }) =>
        changeUsers(on(world.dataset, world.database.writes), pick(lists, at), { change, ids }, asked()),
  );
  const replaced = fc.tuple(index, some).map(
    ([at, ids]): Operation =>
      ({ lists }) =>
        replaceUsers(on(world.dataset, world.database.starts), pick(lists, at), ids, asked()),
  );
  const edited = fc.tuple(index, fc.constantFrom(...countries)).map(
    ([at, country]): Operation =>
      ({ lists, rules }) =>
        world.edit(pick(rules, at), { rule: at === 0 ? inCountry(country) : nesting(lists, rules, at, country) }),
  );
  const switched = fc.tuple(fc.boolean(), index, fc.boolean()).map(
    ([ofRules, at, enabled]): Operation =>
      ({ lists, rules }) =>
        world.edit(pick(ofRules ? rules : lists, at), { enabled }),
  );
  const computed = fc.constant<Operation>(() => world.compute().catch(() => {}));
  return fc.oneof(
    { weight: 4, arbitrary: moved },
    { weight: 1, arbitrary: merged },
    { weight: 3, arbitrary: listed },
    { weight: 1, arbitrary: replaced },
    { weight: 2, arbitrary: edited },
    { weight: 2, arbitrary: switched },
    { weight: 2, arbitrary: computed },
  );
})();

/** The rule of the second or third segment: each nests a list and the segment before it. */
function nesting(lists: string[], rules: string[], at: number, country: string) {
  return {
    any: [
      { all: [{ segment: rules[at - 1], member: false }, inCountry(country)] },
      { segment: lists[at - 1], member: true },
    ],
  };
}

/** Carries operations out at the same time; what the state of things forbids is refused, and that is all right. */
async function atOnce(operations: readonly Operation[], segments: Segments): Promise<void> {
  const results = await Promise.allSettled(operations.map((one) => one(segments)));
  for (const result of results) {
    if (
      result.status === 'rejected' &&
      !(result.reason instanceof LetheError && result.reason.code === 'segment.disabled')
    ) {
      throw result.reason;
    }
  }
}

test('whatever happens at the same time, every segment ends with exactly its users, and every counter is the number of its rows', async () => {
  const lists = [await world.list('List 1'), await world.list('List 2')];
  const rules: string[] = [await world.rule('Level 0', inCountry('DE'))];
  for (const at of [1, 2]) rules.push(await world.rule(`Level ${at}`, nesting(lists, rules, at, 'DE')));
  const segments = { lists, rules };
  await world.write(...users.map((user) => ({ user, traits: { country: 'DE' } })));
  const seed = Number(process.env.RANDOM_SEED ?? 4_711);
  const plan = fc.sample(fc.array(operation, { minLength: 6, maxLength: 12 }), { numRuns: rounds, seed });
  for (const operations of plan) {
    await atOnce(operations, segments);
    await world.compute();
    await checkInvariants(world.ds);
    expect(await world.faults()).toEqual([]);
    const changes = await withSharedGate(world.dataset, world.database.writes, async (tx) => {
      const ids = await lockProfiles(
        tx,
        Array.from({ length: 1_000 }, (_, index) => index + 1),
      );
      return evaluateProfiles(tx, ids, world.now);
    });
    expect(changes).toEqual([]);
  }
});
