import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { withSharedGate } from '../src/database/gate.ts';
import { on } from '../src/database/handle.ts';
import type { Db } from '../src/database/postgres.ts';
import { advance } from '../src/deletions/advance.ts';
import { findJob } from '../src/deletions/job-sql.ts';
import { ensureSigningKey } from '../src/deletions/receipt.ts';
import { startDeletion } from '../src/deletions/start.ts';
import { findRunning } from '../src/deletions/start-sql.ts';
import { stepSize } from '../src/deletions/step.ts';
import { addRows } from '../src/profiles/places.ts';
import { type ClockStep, lookAtDue } from '../src/segments/clock.ts';
import type { ClockPosition } from '../src/segments/clock-sql.ts';
import { checkInvariants } from './invariants.ts';
import { clearDataset, profileOf } from './messages.ts';
import { ada, createSegmentWorld, type SegmentWorld } from './segment-world.ts';
import { door, untilWaiting } from './waiting.ts';

/** What meets a look of the clock at the worst moment, each on a connection of its own. */
let world: SegmentWorld;
let active: string;
/** Ends what a test that failed has left waiting. */
const releases: (() => void)[] = [];

beforeAll(async () => {
  world = await createSegmentWorld();
  await ensureSigningKey(world.database.starts, world.now);
});
afterAll(() => world.close());

const view = (user: string) => ({ user, event: { action: 'View Item' } });
const firstSeen = '2026-01-15T12:00:00Z';
/** When everybody of the beginning is due, and cleo, who came later, is not. */
const dueAt = new Date('2026-02-14T12:00:00Z');

beforeEach(async () => {
  await clearDataset(world);
  world.now = new Date(firstSeen);
  active = await world.rule('Active', { visits: 'lastActivity', is: 'inTheLast', days: 30 });
  await world.compute();
  await world.write(view('anna'), view('bert'));
  world.now = new Date('2026-02-01T00:00:00Z');
  await world.write(view('cleo'));
  world.now = dueAt;
});
afterEach(async () => {
  for (const release of releases.splice(0)) release();
  await checkInvariants(world.ds);
  expect(await world.faults()).toEqual([]);
});

const look = ({ profilesMax = 100, after }: { profilesMax?: number; after?: ClockPosition | undefined } = {}) =>
  lookAtDue(on(world.dataset, world.database.steps), { profilesMax, now: world.now, after });
const idOf = async (user: string) => (await profileOf(world.ds, user))?.id as number;

/** Holds what `lock` locks until `release`. */
async function holding(lock: (db: Db) => Promise<unknown>): Promise<{ release(): Promise<void> }> {
  const [reached, released] = [door(), door()];
  releases.push(released.open);
  const done = world.database.starts.transaction().execute(async (tx) => {
    await lock(tx);
    reached.open();
    await released.opened;
  });
  await Promise.race([reached.opened, done]);
  return {
    release: () => {
      released.open();
      return done;
    },
  };
}

/** A look in the middle of its transaction: it has locked the profiles, and waits before it takes them off the clock. */
async function heldLook() {
  const holder = await holding((db) => sql`SELECT FROM ${world.ds.tables.clock} FOR UPDATE`.execute(db));
  const done = look();
  await untilWaiting(world.database.reads);
  return { done, release: holder.release };
}

test('a look passes by whom a writer is writing to, waits for nobody, and finds the user still due the next time', async () => {
  const [worked, committed] = [door(), door()];
  releases.push(committed.open);
  const writer = withSharedGate(world.dataset, world.database.writes, async (tx) => {
    await world.writeIn(tx, view('anna'));
    worked.open();
    await committed.opened;
  });
  await Promise.race([worked.opened, writer]);
  expect(await look()).toMatchObject({ users: 1, busy: 1, left: 1 });
  committed.open();
  await writer;
  expect(await look()).toMatchObject({ users: 1, busy: 0, left: 0 });
  expect(await world.usersOf(active)).toEqual(['anna', 'cleo']);
});

test('a writer that waits for a look evaluates what the look has left', async () => {
  const held = await heldLook();
  const writer = world.write(view('anna'));
  await untilWaiting(world.database.reads, 2);
  await held.release();
  expect(await held.done).toMatchObject({ users: 2, left: 2 });
  await writer;
  expect(await world.usersOf(active)).toEqual(['anna', 'cleo']);
});

test('two servers look at nobody twice: the second passes by whom the first is looking at', async () => {
  const held = await heldLook();
  expect(await look()).toMatchObject({ users: 0, busy: 2 });
  await held.release();
  expect(await held.done).toMatchObject({ users: 2, left: 2 });
  expect(await look()).toMatchObject({ users: 0, busy: 0 });
});

test('several looks at once at many users look at each of them once', async () => {
  world.now = new Date(firstSeen);
  await world.write(...Array.from({ length: 200 }, (_, n) => view(`user-${n}`)));
  world.now = dueAt;
  const run = async () => {
    const sum = { users: 0, left: 0 };
    let step: ClockStep | undefined;
    do {
      step = await look({ profilesMax: 20, after: step?.next });
      sum.users += step.users;
      sum.left += step.left;
    } while (step.next);
    return sum;
  };
  const runs = await Promise.all([run(), run(), run()]);
  runs.push(await run());
  expect(runs.reduce((sum, { users }) => sum + users, 0)).toBe(202);
  expect(runs.reduce((sum, { left }) => sum + left, 0)).toBe(202);
  expect(await world.usersOf(active)).toEqual(['cleo']);
});

const start = (expectedUsers: number) =>
  startDeletion(world.database.starts, world.dataset, {
    segmentId: active,
    expectedUsers,
    actor: ada,
    now: () => world.now,
  });

async function finishDeletion(): Promise<void> {
  for (let job = await findRunning(world.ds); job; job = await findRunning(world.ds)) {
    const how = { database: world.database, announce: () => {}, size: stepSize(2_000), now: world.now };
    await advance(world.dataset, job, how);
  }
}

test('a bulk deletion that waits for a look freezes those whom the look has left in the segment', async () => {
  const held = await heldLook();
  const starting = start(1);
  await untilWaiting(world.database.reads, 2);
  await held.release();
  await held.done;
  await starting;
  await finishDeletion();
  expect(await idOf('cleo')).toBeUndefined();
  expect(await idOf('anna')).toBeDefined();
});

test('who is being deleted in bulk is passed by, stays in the frozen set, and goes off the clock with the rest', async () => {
  const id = await start(3);
  const entries = async () =>
    (await sql`SELECT * FROM ${world.ds.tables.clock} ORDER BY profile_id`.execute(world.ds.db)).rows;
  const before = await entries();
  // One at a time: a run goes on past those that it passes by.
  let step = await look({ profilesMax: 1 });
  let steps = 1;
  for (; step.next; steps++) step = await look({ profilesMax: 1, after: step.next });
  expect(steps).toBe(3);
  expect(await entries()).toEqual(before);
  expect(await world.usersOf(active)).toEqual(['anna', 'bert', 'cleo']);
  // Who comes back meanwhile is somebody else, for the clock as well.
  await world.write(view('anna'));
  await finishDeletion();
  const rowsDeleted = addRows(...((await findJob(world.ds, id))?.rowsDeleted ?? []));
  expect(rowsDeleted).toMatchObject({ profiles: 3, clockEntries: 3 });
});
