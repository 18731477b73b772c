import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { withSharedGate } from '../src/database/gate.ts';
import { on } from '../src/database/handle.ts';
import type { Db } from '../src/database/postgres.ts';
import { deleteDataset } from '../src/datasets/delete.ts';
import { advance } from '../src/deletions/advance.ts';
import { findReceipt } from '../src/deletions/job-sql.ts';
import { deletionJobs } from '../src/deletions/jobs.ts';
import { ensureSigningKey, publicKeys } from '../src/deletions/receipt.ts';
import { startDeletion } from '../src/deletions/start.ts';
import { findRunning } from '../src/deletions/start-sql.ts';
import { stepSize } from '../src/deletions/step.ts';
import { verifyReceipt } from '../src/deletions/verify-receipt.ts';
import type { JobKind } from '../src/jobs/jobs.ts';
import { deleteUser } from '../src/privacy/delete-user.ts';
import { changeUsers } from '../src/segments/change-users.ts';
import { computeNext, finishComputation } from '../src/segments/compute.ts';
import { replaceUsers } from '../src/segments/replace-users.ts';
import { checkInvariants } from './invariants.ts';
import { message, profileOf, write, writeWatched } from './messages.ts';
import { ada, createSegmentWorld, type SegmentWorld } from './segment-world.ts';
import { door, untilWaiting } from './waiting.ts';

/** What meets a running bulk deletion at the worst moment, each on a connection of its own. */
let world: SegmentWorld;
const names = Array.from({ length: 24 }, (_, n) => `user-${String(n).padStart(2, '0')}`);
const doomedNames = names.slice(0, 20);
let list: string;
/** Ends what a test that failed has left waiting. */
const releases: (() => void)[] = [];

beforeEach(async () => {
  world = await createSegmentWorld();
  await ensureSigningKey(world.database.starts, world.now);
  await world.write(...names.map((user) => ({ user, event: { action: 'View Item' } })));
  list = await world.list('Doomed');
  await change('add', doomedNames);
});
afterEach(async () => {
  for (const release of releases.splice(0)) release();
  await world.close();
});

const asked = () => ({ actor: ada, now: world.now });
const change = (what: 'add' | 'remove', ids: string[], to = list) =>
  changeUsers(on(world.dataset, world.database.writes), to, { change: what, ids }, asked());
const start = (now = world.now) =>
  startDeletion(world.database.starts, world.dataset, {
    segmentId: list,
    expectedUsers: 20,
    actor: ada,
    now: () => now,
  });
const remove = (name: string) =>
  deleteUser(on(world.dataset, world.database.writes), name, { type: undefined, actor: ada, now: world.now });
const idOf = async (name: string) => (await profileOf(world.ds, name))?.id as number;

async function step({ isAlone = false } = {}): Promise<'more' | 'idle' | 'finished'> {
  const job = await findRunning(world.ds);
  if (!job) return 'finished';
  const size = Object.assign(stepSize(2_000), { isAlone });
  const how = { database: world.database, announce: () => {}, size, now: world.now };
  return advance(world.dataset, job, how);
}

async function finish(): Promise<void> {
  while ((await step()) !== 'finished');
}

async function receiptOf(id: string) {
  return verifyReceipt((await findReceipt(world.ds, id))?.receipt ?? '', await publicKeys(world.database.reads));
}

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

/**
 * A step that has deleted all users of the first slice but not committed: it waits for the first identity that it locks. Answers the
 * other users of the slice.
 */
async function heldStep(): Promise<{ users: string[]; release(): Promise<void>; done: Promise<unknown> }> {
  const { rows } = await sql<{ value: string }>`
    SELECT i.value FROM ${world.ds.tables.doomed_profile} d JOIN ${world.ds.tables.identity} i USING (profile_id)
    WHERE satisfies_hash_partition('ds_shop.profile'::regclass, 4, 0, d.profile_id) ORDER BY i.value`.execute(
    world.ds.db,
  );
  const [first, ...users] = rows.map(({ value }) => value);
  const holder = await holding((db) =>
    sql`SELECT FROM ${world.ds.tables.identity} WHERE value = ${first} FOR UPDATE`.execute(db),
  );
  const done = step();
  await untilWaiting(world.database.reads);
  return { users, release: holder.release, done };
}

const deadlocks = async () => {
  const { rows } = await sql<{ deadlocks: number }>`
    SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()`.execute(world.ds.db);
  return rows[0]?.deadlocks;
};

describe('a single deletion of a user who is being deleted in bulk', () => {
  test('waits for the step that is deleting the user, without a deadlock, and finds nobody', async () => {
    const id = await start();
    const { users, release, done } = await heldStep();
    const single = remove(users[0] as string).catch((error: unknown) => error);
    await untilWaiting(world.database.reads, 2);
    await release();
    expect(await done).toBe('more');
    expect(await single).toMatchObject({ code: 'user.unknown' });
    expect(await deadlocks()).toBe(0);
    await finish();
    expect(await receiptOf(id)).toMatchObject({
      rowsDeleted: { profiles: 20, events: 20, identities: 20, memberships: 20 },
      verified: { usersListed: 20, profilesDeleted: 20, profilesAbsent: 0 },
    });
    await checkInvariants(world.ds);
  });

  test('that comes first is counted once, with its rows', async () => {
    const id = await start();
    await remove(doomedNames[3] as string);
    await Promise.all([finish(), remove(doomedNames[7] as string).catch(() => {}), finish()]);
    expect(await receiptOf(id)).toMatchObject({
      users: 20,
      rowsDeleted: { profiles: 20, events: 20, identities: 20, memberships: 20 },
      verified: { usersListed: 20, profilesDeleted: 20, profilesAbsent: 0 },
    });
    await checkInvariants(world.ds);
  });
});

describe('while a step is in the middle of its users', () => {
  test('a computation passes them by: it neither waits nor is in a deadlock', async () => {
    const segment = await world.rule('Everybody', { everyone: true });
    await start();
    const { release, done } = await heldStep();
    for (let slice = 0; slice < 4; slice++) {
      await computeNext(on(world.dataset, world.database.steps), { profilesMax: 1_000, now: world.now });
    }
    await release();
    await done;
    await finish();
    await world.compute();
    expect(await world.usersOf(segment)).toEqual(names.slice(20));
    expect(await world.faults()).toEqual([]);
  });

  test('a list that names them is changed and replaced without waiting for it', async () => {
    const other = await world.list('Other');
    await start();
    const { users, release, done } = await heldStep();
    const named = [...users, ...names.slice(20)];
    expect(await change('add', named, other)).toMatchObject({ users: 4 });
    const starts = on(world.dataset, world.database.writes);
    expect(await replaceUsers(starts, other, named.slice(0, -1), asked())).toMatchObject({ users: 3 });
    await release();
    await done;
    await finish();
    expect(await world.usersOf(other)).toEqual(names.slice(20, -1));
    expect(await world.faults()).toEqual([]);
  });

  test('a set out of use that it deletes from is cleared without waiting for it', async () => {
    const segment = await world.rule('Everybody', { everyone: true });
    await world.compute();
    await world.edit(segment, { rule: { action: 'View Item', did: true } });
    await start();
    while (
      (await computeNext(on(world.dataset, world.database.steps), { profilesMax: 1_000, now: world.now })).did ===
      'profiles'
    );
    await finishComputation(on(world.dataset, world.database.starts), segment, world.now);
    const { release, done } = await heldStep();
    await world.compute();
    await release();
    await done;
    await finish();
    await world.compute();
    const { rows } = await sql`SELECT set_no FROM ${world.ds.tables.discarded_set}`.execute(world.ds.db);
    expect(rows).toEqual([]);
    expect(await world.faults()).toEqual([]);
  });

  test('a set that is put in force waits until the step has counted its users out of the old one', async () => {
    const segment = await world.rule('Everybody', { everyone: true });
    await world.compute();
    await start();
    await world.edit(segment, { rule: { action: 'View Item', did: true } });
    while (
      (await computeNext(on(world.dataset, world.database.steps), { profilesMax: 1_000, now: world.now })).did ===
      'profiles'
    );
    const { rows } = await sql<{ setNo: number }>`
      SELECT set_no AS "setNo" FROM ${world.ds.tables.segment} WHERE id = ${segment}`.execute(world.ds.db);
    // The step's counter in its stripe.
    const holder = await holding((db) =>
      sql`
        INSERT INTO ${world.ds.tables.segment_count} AS c (set_no, stripe, users) VALUES (${rows[0]?.setNo}, 0, 0)
        ON CONFLICT (set_no, stripe) DO UPDATE SET users = c.users`.execute(db),
    );
    const stepping = step();
    await untilWaiting(world.database.reads);
    const swapping = finishComputation(on(world.dataset, world.database.starts), segment, world.now);
    await untilWaiting(world.database.reads, 2);
    await holder.release();
    await Promise.all([stepping, swapping]);
    await finish();
    await world.compute();
    expect(await world.usersOf(segment)).toEqual(names.slice(20));
    expect(await world.faults()).toEqual([]);
  });
});

describe('a list', () => {
  test('that is replaced has a user who was merged after the names were looked up', async () => {
    const [survivor, loser] = [names[20], names[21]] as [string, string];
    const other = await world.list('Other');
    const [reached, released] = [door(), door()];
    releases.push(released.open);
    const merge = writeWatched(world, [message([loser, survivor])], async (statement) => {
      if (!/DELETE FROM .*profile/.test(statement)) return;
      reached.open();
      await released.opened;
    });
    await reached.opened;
    // It has looked the name up, and waits for the gate.
    const replacing = replaceUsers(on(world.dataset, world.database.starts), other, [loser], asked());
    await untilWaiting(world.database.reads);
    released.open();
    await merge;
    expect((await replacing).users).toBe(1);
    const { rows } = await sql`
      SELECT m.profile_id AS id FROM ${world.ds.tables.segment} s JOIN ${world.ds.tables.membership} m USING (set_no)
      WHERE s.id = ${other}`.execute(world.ds.db);
    expect(rows).toEqual([{ id: await idOf(loser) }]);
    expect(await world.faults()).toEqual([]);
  });

  test('that somebody is added to who is being merged has the profile of both', async () => {
    const [survivor, loser] = [names[20], names[21]] as [string, string];
    const other = await world.list('Other');
    const [reached, released] = [door(), door()];
    releases.push(released.open);
    const merge = writeWatched(world, [message([loser, survivor])], async (statement) => {
      if (!/DELETE FROM .*profile/.test(statement)) return;
      reached.open();
      await released.opened;
    });
    await reached.opened;
    const adding = change('add', [loser, survivor], other);
    await untilWaiting(world.database.reads);
    released.open();
    await merge;
    expect(await adding).toEqual({
      items: [
        { id: loser, outcome: 'added' },
        { id: survivor, outcome: 'alreadyIn' },
      ],
      users: 1,
    });
    expect(await world.faults()).toEqual([]);
  });
});

test('a bulk deletion starts when it has the gate: what was committed before is before its start', async () => {
  const [reached, released] = [door(), door()];
  releases.push(released.open);
  const writer = withSharedGate(world.dataset, world.database.writes, async () => {
    reached.open();
    await released.opened;
  });
  await reached.opened;
  let clock = world.now;
  const starting = startDeletion(world.database.starts, world.dataset, {
    segmentId: list,
    expectedUsers: 20,
    actor: ada,
    now: () => clock,
  });
  await untilWaiting(world.database.reads);
  clock = new Date(world.now.getTime() + 1_000);
  released.open();
  await writer;
  await starting;
  const { rows } = await sql`SELECT started_at FROM ${world.ds.tables.deletion}`.execute(world.ds.db);
  expect(rows).toEqual([{ started_at: clock }]);
});

describe('the end of a bulk deletion', () => {
  test('leaves no counted user, also when one on the list had no profile, and says so', async () => {
    const id = await start();
    await sql`DELETE FROM ${world.ds.tables.profile} WHERE id = ${await idOf(doomedNames[5] as string)}`.execute(
      world.database.writes,
    );
    await finish();
    expect(await receiptOf(id)).toMatchObject({
      users: 20,
      verified: { usersListed: 20, profilesDeleted: 19, profilesAbsent: 1 },
    });
    await checkInvariants(world.ds);
  });

  test('is not before its start, whatever the clock of the server that finishes it says', async () => {
    const tomorrow = new Date(world.now.getTime() + 86_400_000);
    const id = await start(tomorrow);
    await finish();
    expect(await receiptOf(id)).toMatchObject({
      startedAt: tomorrow.toISOString(),
      completedAt: tomorrow.toISOString(),
    });
  });

  const kinds = () =>
    deletionJobs({
      ...world.lethe,
      settings: { ...world.lethe.settings, databaseUrl: world.url },
    }) as unknown as [JobKind, JobKind];

  test('is followed by a vacuum, which waits while another bulk deletion runs', async () => {
    const [running, vacuum] = kinds();
    const run = async () => {
      const [job] = await running.open();
      while ((await running.step(job)) !== 'finished');
    };
    await start();
    await run();
    const [pending] = await vacuum.open();
    expect(await vacuum.step(pending)).toBe('more');
    const others = await world.list('Others');
    await change('add', names.slice(20), others);
    await startDeletion(world.database.starts, world.dataset, {
      segmentId: others,
      expectedUsers: 4,
      ...asked(),
      now: () => world.now,
    });
    const [job] = await running.open();
    expect(await running.step(job)).toBe('more');
    expect(await vacuum.open()).toEqual([]);
    expect(await vacuum.step(pending)).toBe('idle');
    await run();
    // It begins anew, since it has to see to both.
    const [slices] = await vacuum.open();
    for (let more = world.dataset.partitions; more > 0; more--) expect(await vacuum.step(slices)).toBe('more');
    expect(await vacuum.step(slices)).toBe('finished');
    expect(await vacuum.open()).toEqual([]);
  });

  test('is followed by a vacuum that gives up when the dataset is gone', async () => {
    const id = await start();
    const [running, vacuum] = kinds();
    const [job] = await running.open();
    while ((await running.step(job)) !== 'finished');
    expect(await receiptOf(id)).toMatchObject({ users: 20 });
    expect(await vacuum.open()).toHaveLength(1);
    await deleteDataset(world.database.starts, world.dataset, { confirm: 'shop', ...asked() });
    const [left] = await vacuum.open();
    await expect(vacuum.step(left)).rejects.toThrow();
    expect(await vacuum.open()).toEqual([]);
  });
});

test('a step that takes itself for alone lets go of its identities when a writer comes, and then waits in order', async () => {
  // Named so that the first identity in order belongs to the last profile.
  const numbers = new Map(doomedNames.map((name, n) => [name, `customerId:${99 - n}`]));
  await write(
    world,
    doomedNames.map((name) => message([name, numbers.get(name) as string])),
  );
  await start();
  const { rows } = await sql<{ value: string }>`
    SELECT i.value FROM ${world.ds.tables.doomed_profile} d JOIN ${world.ds.tables.identity} i USING (profile_id)
    WHERE satisfies_hash_partition('ds_shop.profile'::regclass, 4, 0, d.profile_id) AND i.type = 'customerId'
    ORDER BY i.value`.execute(world.ds.db);
  const [first, second] = rows.map(({ value }) => value);
  const lock = (db: Db, value: string | undefined) =>
    sql`SELECT FROM ${world.ds.tables.identity} WHERE value = ${value} FOR UPDATE`.execute(db);
  const [waits, locked] = [door(), door()];
  const writer = holding(async (db) => {
    await lock(db, first);
    locked.open();
    await waits.opened;
    await lock(db, second);
  });
  await locked.opened;
  const done = step({ isAlone: true });
  await untilWaiting(world.database.reads);
  waits.open();
  await (await writer).release();
  await done;
  await finish();
  await checkInvariants(world.ds);
  expect((await sql`SELECT FROM ${world.ds.tables.profile}`.execute(world.ds.db)).rows).toHaveLength(4);
});

test('a writer never waits for a step that deletes a user who is not among those it names', async () => {
  await start();
  const { users, release, done } = await heldStep();
  await withSharedGate(world.dataset, world.database.writes, (tx) => world.writeIn(tx, { user: names[22] as string }));
  const returning = world.write({ user: users[0] as string, event: { action: 'View Item' } });
  await release();
  await Promise.all([done, returning]);
  await finish();
  expect((await profileOf(world.ds, users[0] as string))?.events).toBe(1);
  await checkInvariants(world.ds);
});
