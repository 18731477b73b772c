import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withSharedGate } from '../src/database/gate.ts';
import { on } from '../src/database/handle.ts';
import { takeLargeMergeStep } from '../src/events/large-merge.ts';
import type { LiveMergeLimits } from '../src/events/merge-plan.ts';
import type { Message } from '../src/events/message.ts';
import { deleteNamedUsers } from '../src/privacy/delete-users.ts';
import { checkInvariants } from './invariants.ts';
import { clearDataset, contextOf, fromImport, fromPage, message, showProfiles, testNow, write } from './messages.ts';
import { createSegmentWorld, type SegmentWorld } from './segment-world.ts';

let world: SegmentWorld;
beforeAll(async () => {
  world = await createSegmentWorld();
});
afterAll(() => world.close());

const names = fc.tuple(fc.constantFrom('userId', 'anonymousId', 'customerId'), fc.integer({ min: 1, max: 9 }));
const who = fc.array(
  names.map(([type, n]) => `${type}:${n}`),
  { minLength: 1, maxLength: 3 },
);
const moment = fc.integer({ min: 0, max: 600 }).map((minutes) => new Date(testNow.getTime() - minutes * 60_000));
const event = fc.record({
  action: fc.constantFrom('View Item', 'Purchase', 'Order Completed'),
  properties: fc.record({
    revenue: fc.oneof(
      fc.integer({ min: -500, max: 99_999 }).map((cents) => cents / 100),
      fc.constant('12.30'),
    ),
  }),
});
const traits = fc.record({
  plan: fc.constantFrom('gold', 'silver', null),
  email: fc.constantFrom('a@x.example', 'B@x.example'),
});
const oneMessage = fc
  .record({
    who,
    at: moment,
    event: fc.option(event, { nil: undefined, freq: 5 }),
    traits: fc.option(traits, { nil: undefined }),
    messageId: fc.option(fc.integer({ min: 1, max: 12 }).map(String), { nil: undefined }),
  })
  .map(({ who, at, event, traits, messageId }) =>
    message(who, {
      at,
      ...(event && { event }),
      ...(traits && { traits }),
      ...(messageId !== undefined && { messageId }),
    }),
  );
const batch = fc.record({ trusted: fc.boolean(), messages: fc.array(oneMessage, { minLength: 1, maxLength: 12 }) });
const connections = fc.array(fc.array(batch, { minLength: 1, maxLength: 4 }), { minLength: 3, maxLength: 3 });

/** Who is one profile: identities that taken messages connect, directly or through others, with the events of all of them. */
function expectedProfiles(taken: readonly { message: Message; trusted: boolean }[]): Map<string, number> {
  let groups: { names: Set<string>; events: number }[] = [];
  for (const { message: one, trusted } of taken) {
    const email = one.traits?.email;
    const names = one.identities.map(({ type, value }) => `${type}:${value}`);
    if (trusted && typeof email === 'string') names.push(`email:${email.toLowerCase()}`);
    const touched = groups.filter((group) => names.some((name) => group.names.has(name)));
    groups = groups.filter((group) => !touched.includes(group));
    groups.push({
      names: new Set([...names, ...touched.flatMap((group) => [...group.names])]),
      events: touched.reduce((sum, group) => sum + group.events, one.event ? 1 : 0),
    });
  }
  return new Map(groups.map((group) => [[...group.names].sort().join(' '), group.events]));
}

/** So little is merged at once that most merges are done by the job, in steps between the others' transactions. */
const inSteps: LiveMergeLimits = { events: 2, identities: 2 };

/** Does the work of others while the steps of large merges are taken beside it, and then the steps that are left. */
async function besideMerges(limits: LiveMergeLimits, work: Promise<unknown>): Promise<void> {
  let isGoing = true;
  const step = () =>
    takeLargeMergeStep(on(world.dataset, world.database.steps), { eventsMax: 2, limits, now: testNow });
  const steps = (async () => {
    while (isGoing) if ((await step()).did === 'nothing') await sleep(10);
    while ((await step()).did !== 'nothing');
  })();
  try {
    await work;
  } finally {
    isGoing = false;
    await steps;
  }
}

test.each([
  ['merged at once', undefined],
  ['merged in steps', inSteps],
])(
  'random messages over several connections at once, %s: everybody has what was sent, and every figure is right',
  async (_, liveMerge) => {
    const context = contextOf({
      limits: { attributesPerProfileMax: 100, messageIdHours: 48, ...(liveMerge && { liveMerge }) },
    });
    await fc.assert(
      fc.asyncProperty(connections, async (plans) => {
        await clearDataset(world);
        await world.rule('Twice', { action: 'View Item', did: true, atLeast: 2 });
        await world.rule('Spent', { orders: 'value', is: 'atLeast', value: 100 });
        await world.compute();
        const taken: { message: Message; trusted: boolean }[] = [];
        const writing = Promise.all(
          plans.map(async (batches) => {
            for (const { trusted, messages } of batches) {
              const results = await write(world, messages, { origin: trusted ? fromImport : fromPage, context });
              results.forEach((result, index) => {
                expect(result.accepted).toBe(true);
                if (result.accepted && !result.duplicate) taken.push({ message: messages[index] as Message, trusted });
              });
            }
          }),
        );
        await (liveMerge ? besideMerges(liveMerge, writing) : writing);
        await checkInvariants(world.ds);
        const shown = (await showProfiles(world.ds)).map(
          ({ identities, events }) => [[...identities].sort().join(' '), events] as const,
        );
        expect(new Map(shown)).toEqual(expectedProfiles(taken));
        const ids = taken.map(({ message: { messageId } }) => messageId).filter((id) => id !== undefined);
        expect(new Set(ids).size).toBe(ids.length);
        await expectMembersToMatch();
      }),
      { numRuns: 8, endOnFailure: true },
    );
  },
);

test('with users being deleted in between: no row is left without its profile, and no profile without a name', async () => {
  const deletion = who.map((names) => ({ names: names.map((name) => name.split(':')[1] as string) }));
  const plan = fc.array(fc.array(fc.oneof(batch, deletion), { minLength: 2, maxLength: 5 }), {
    minLength: 4,
    maxLength: 4,
  });
  await fc.assert(
    fc.asyncProperty(plan, async (plans) => {
      await clearDataset(world);
      await world.rule('Twice', { action: 'View Item', did: true, atLeast: 2 });
      await world.compute();
      const context = contextOf({ limits: { attributesPerProfileMax: 100, messageIdHours: 48, liveMerge: inSteps } });
      const changing = Promise.all(
        plans.map(async (steps) => {
          for (const step of steps)
            await ('names' in step ? deleteUsers(step.names) : write(world, step.messages, { context }));
        }),
      );
      await besideMerges(inSteps, changing);
      await checkInvariants(world.ds);
    }),
    { numRuns: 20, endOnFailure: true },
  );
});

function deleteUsers(names: readonly string[]): Promise<unknown> {
  return withSharedGate(world.dataset, world.database.steps, (tx) =>
    deleteNamedUsers(tx, names, { type: undefined, now: testNow }),
  );
}

/** The rules of the two segments above, asked of the events themselves. */
async function expectMembersToMatch(): Promise<void> {
  const { tables: t, db } = world.ds;
  const { rows } = await sql`
    WITH matching AS (
      SELECT 'Twice' AS name, profile_id FROM ${t.event} WHERE action = 'View Item' GROUP BY 2 HAVING count(*) >= 2
      UNION ALL
      SELECT 'Spent', profile_id FROM ${t.event} GROUP BY 2 HAVING sum(order_value) >= 100
    ), member AS (
      SELECT s.name, m.profile_id FROM ${t.segment} s JOIN ${t.membership} m ON m.set_no = s.set_no
    )
    (SELECT 'missing' AS fault, * FROM (TABLE matching EXCEPT TABLE member) a)
    UNION ALL
    (SELECT 'wrong', * FROM (TABLE member EXCEPT TABLE matching) b)`.execute(db);
  expect(rows).toEqual([]);
}
