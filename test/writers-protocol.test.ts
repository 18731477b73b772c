import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { withExclusiveGate, withSharedGate } from '../src/database/gate.ts';
import type { Db } from '../src/database/postgres.ts';
import { deleteNamedUsers } from '../src/privacy/delete-users.ts';
import { checkInvariants } from './invariants.ts';
import { clearDataset, message, profileOf, showProfiles, testNow, write, writeWatched } from './messages.ts';
import { createSegmentWorld, type SegmentWorld } from './segment-world.ts';
import { door, isWaiting, until, untilWaiting } from './waiting.ts';

/** One test a line of ARCHITECTURE.md, "The writer's protocol", each with two connections that meet at the worst moment. */
let world: SegmentWorld;
beforeAll(async () => {
  world = await createSegmentWorld();
});
afterAll(() => world.close());
beforeEach(() => clearDataset(world));

/** Writes `messages` and holds the transaction after the first statement that matches, until `release` is called. */
async function writeAndHold(messages: Parameters<typeof write>[1], statement: RegExp) {
  const [reached, released] = [door(), door()];
  const done = writeWatched(world, messages, async (text) => {
    if (!statement.test(text)) return;
    reached.open();
    await released.opened;
  });
  await Promise.race([reached.opened, done]);
  return { done, release: released.open };
}

const afterLockingIdentities = /FOR UPDATE OF i/;
const afterClaimingIdentities = /INSERT INTO .*type, value, profile_id/;
const afterTakingIdentitiesBack = /SET profile_id = n.profile_id/;
const afterAddingFigures = /created_by_import/;
const afterCounters = /segment_history/;

/** Runs statements of a test on a connection of its own, which holds their locks until `release`. */
async function holding(work: (db: Db) => Promise<unknown>) {
  const [reached, released] = [door(), door()];
  const done = world.database.starts.transaction().execute(async (tx) => {
    await work(tx);
    reached.open();
    await released.opened;
  });
  await Promise.race([reached.opened, done]);
  return {
    release: async () => {
      released.open();
      await done;
    },
  };
}

const idOf = async (who: string) => (await profileOf(world.ds, who))?.id as number;
const waiting = (count = 1) => untilWaiting(world.database.reads, count);

/** What the start of a bulk deletion does to a writer's world: these profiles are doomed from its commit on. */
async function freeze(...profileIds: number[]): Promise<void> {
  await withExclusiveGate(world.dataset, world.database.starts, async ({ db, tables }) => {
    await sql`
      INSERT INTO ${tables.segment} (id, name, kind, state, enabled, set_no, created_at, updated_at)
      VALUES ('doomd', 'Doomed', 'manual', 'deleting', false, 900, ${testNow}, ${testNow})`.execute(db);
    await sql`
      INSERT INTO ${tables.membership} (profile_id, set_no, joined_at)
      SELECT id, 900, ${testNow}::timestamptz FROM unnest(${profileIds}::bigint[]) AS n (id)`.execute(db);
    await sql`
      INSERT INTO ${tables.deletion}
        (id, segment_no, segment_id, segment_name, segment_kind, rule_digest, set_no, users, requested_by, started_at)
      SELECT 'del_1', no, id, name, kind, '', 900, ${profileIds.length}::int, '{}', ${testNow}::timestamptz
      FROM ${tables.segment} WHERE id = 'doomd'`.execute(db);
  });
}

function deleteUser(userId: string): Promise<unknown> {
  return withSharedGate(world.dataset, world.database.steps, (tx) =>
    deleteNamedUsers(tx, [userId], { type: 'userId', now: testNow }),
  );
}

describe('the gate', () => {
  test('a batch that waits while a bulk deletion starts treats the doomed as not there', async () => {
    await write(world, [message('anna')]);
    const doomed = await idOf('anna');
    const batch = await writeAndHold([message('bert')], afterLockingIdentities);
    const start = freeze(doomed);
    await waiting();
    batch.release();
    await Promise.all([batch.done, start]);
    await write(world, [message('anna')]);
    expect(await idOf('anna')).not.toBe(doomed);
  });
});

describe('doomed profiles', () => {
  test('are never written to: whoever comes back gets a fresh profile with all the names that were used', async () => {
    await write(world, [message(['anna', 'customerId:1', 'email:anna@example.com'], { traits: { plan: 'gold' } })]);
    const doomed = await idOf('anna');
    await freeze(doomed);
    const before = (await showProfiles(world.ds)).find(({ id }) => id === doomed);
    await write(world, [message(['anna', 'customerId:1'], { traits: { plan: 'silver' } }), message('customerId:1')]);
    expect(await showProfiles(world.ds)).toMatchObject([
      { ...before, identities: ['email:anna@example.com'] },
      { identities: ['customerId:1', 'userId:anna'], events: 1, attributes: { plan: { value: 'silver' } } },
    ]);
    await checkInvariants(world.ds);
  });

  test('are no partner of a merge: a living profile takes the name over', async () => {
    await write(world, [message('anna'), message('customerId:1')]);
    const [doomed, living] = [await idOf('anna'), await idOf('customerId:1')];
    await freeze(doomed);
    await write(world, [message(['anna', 'customerId:1'])]);
    expect(await idOf('anna')).toBe(living);
    expect(await showProfiles(world.ds)).toMatchObject([
      { id: doomed, events: 1 },
      { id: living, events: 2 },
    ]);
  });

  test('two batches that name the same doomed user make one fresh profile between them', async () => {
    await write(world, [message('anna')]);
    const doomed = await idOf('anna');
    await freeze(doomed);
    const first = await writeAndHold([message('anna')], afterTakingIdentitiesBack);
    const second = write(world, [message('anna')]);
    await waiting();
    first.release();
    await Promise.all([first.done, second]);
    expect(await showProfiles(world.ds)).toMatchObject([{ id: doomed }, { identities: ['userId:anna'], events: 2 }]);
  });
});

/** These identities are there, and nobody holds a lock on them. */
async function expectFree(values: readonly string[]): Promise<void> {
  const { rows } = await sql<{ value: string }>`
    SELECT value FROM ${world.ds.tables.identity} WHERE value = ANY(${values}) ORDER BY value FOR UPDATE NOWAIT`.execute(
    world.database.reads,
  );
  expect(rows.map(({ value }) => value)).toEqual(values);
}

describe('locks', () => {
  test('are taken on identities in order of type and value, whatever order a batch names them in', async () => {
    await write(world, [message('a'), message('b')]);
    const holder = await holding((db) =>
      sql`SELECT FROM ${world.ds.tables.identity} WHERE value = 'a' FOR UPDATE`.execute(db),
    );
    const batch = write(world, [message('b'), message('a')]);
    await waiting();
    await expectFree(['b']);
    await holder.release();
    await batch;
  });

  test('of a merge are taken in one go, with those of identities that no message names', async () => {
    await write(world, [message(['b', 'a']), message('c')]);
    const holder = await holding((db) =>
      sql`SELECT FROM ${world.ds.tables.identity} WHERE value = 'a' FOR UPDATE`.execute(db),
    );
    const batch = write(world, [message(['c', 'b'])]);
    await waiting();
    // It waits for the first of them, and holds none of the others meanwhile.
    await expectFree(['b', 'c']);
    await holder.release();
    await batch;
    expect(await showProfiles(world.ds)).toMatchObject([
      { identities: ['userId:a', 'userId:b', 'userId:c'], events: 3 },
    ]);
  });

  test('that somebody else holds on an identity which he made first are waited for without holding any', async () => {
    await write(world, [message('d')]);
    const first = await writeAndHold([message('c'), message('d')], afterLockingIdentities);
    await write(world, [message('c')]);
    const holder = await holding((db) =>
      sql`SELECT FROM ${world.ds.tables.identity} WHERE value = 'c' FOR UPDATE`.execute(db),
    );
    first.release();
    await waiting();
    await expectFree(['d']);
    await holder.release();
    await first.done;
    await checkInvariants(world.ds);
  });

  test('of a single deletion are taken again when its user got another name before it was locked', async () => {
    await write(world, [message('p'), message('x')]);
    const { identity, profile } = world.ds.tables;
    const p = await idOf('p');
    // p gets x while the deletion waits for it, and somebody has locked x before the deletion can see that.
    const giver = await holding((db) => sql`SELECT FROM ${profile} WHERE id = ${p} FOR NO KEY UPDATE`.execute(db));
    const deletion = deleteUser('p');
    await waiting();
    await sql`UPDATE ${identity} SET profile_id = ${p} WHERE value = 'x'`.execute(world.database.writes);
    const holder = await holding((db) => sql`SELECT FROM ${identity} WHERE value = 'x' FOR UPDATE`.execute(db));
    await giver.release();
    const isFree = async () => {
      const { rows } = await sql`SELECT FROM ${profile} WHERE id = ${p} FOR NO KEY UPDATE SKIP LOCKED`.execute(
        world.database.reads,
      );
      return rows.length > 0;
    };
    await until(
      async () => (await isFree()) && (await isWaiting(world.database.reads)),
      'the deletion waits for x and holds nothing',
    );
    await holder.release();
    await deletion;
    expect(await idOf('p')).toBeUndefined();
    expect(await idOf('x')).toBeUndefined();
  });

  test('are taken on profiles in order of id, whatever they are called', async () => {
    await write(world, [message('z')]);
    await write(world, [message('a')]);
    const [first, second] = [await idOf('z'), await idOf('a')];
    expect(first).toBeLessThan(second);
    const lock = (db: Db, id: number) =>
      sql`SELECT id FROM ${world.ds.tables.profile} WHERE id = ${id} FOR UPDATE NOWAIT`.execute(db);
    const holder = await holding((db) => lock(db, first));
    const batch = write(world, [message('a'), message('z')]);
    await waiting();
    expect((await lock(world.database.reads, second)).rows).toEqual([{ id: second }]);
    await holder.release();
    await batch;
  });

  test('on profiles that another batch is changing find every one of them afterwards', async () => {
    const users = Array.from({ length: 8 }, (_, n) => n);
    await write(
      world,
      users.map((n) => message([`user-${n}`, `customerId:${n}`])),
    );
    const first = await writeAndHold(
      users.map((n) => message(`user-${n}`)),
      afterAddingFigures,
    );
    const second = write(
      world,
      users.map((n) => message([`customerId:${n}`, `anonymousId:${n}`])),
    );
    await waiting();
    first.release();
    await Promise.all([first.done, second]);
    const shown = await showProfiles(world.ds);
    expect(shown.map(({ events, identities }) => [events, identities.length])).toEqual(users.map(() => [3, 3]));
    await checkInvariants(world.ds);
  });

  test('of batches that name the same users in opposite order end in no deadlock', async () => {
    const names = Array.from({ length: 30 }, (_, n) => `user-${n}`);
    const attempts = await Promise.all(
      Array.from({ length: 6 }, (_, n) => {
        const order = n % 2 === 0 ? names : [...names].reverse();
        return writeWatched(
          world,
          order.map((name) => message(name)),
        );
      }),
    );
    expect(attempts).toEqual([1, 1, 1, 1, 1, 1]);
    expect((await showProfiles(world.ds)).every(({ events }) => events === 6)).toBe(true);
    await checkInvariants(world.ds);
  });
});

describe('new identities', () => {
  test('that two batches bring at once make one profile, and no empty one', async () => {
    const first = await writeAndHold([message(['new', 'customerId:1'])], afterClaimingIdentities);
    const second = write(world, [message(['new', 'anonymousId:x'])]);
    await waiting();
    first.release();
    await Promise.all([first.done, second]);
    expect(await showProfiles(world.ds)).toMatchObject([
      { identities: ['anonymousId:x', 'customerId:1', 'userId:new'], events: 2 },
    ]);
    await checkInvariants(world.ds);
  });

  test('of which each batch wins one are one profile in the end', async () => {
    const first = await writeAndHold([message('b')], afterClaimingIdentities);
    const second = write(world, [message(['a', 'b', 'c'])]);
    await waiting();
    first.release();
    await Promise.all([first.done, second]);
    expect(await showProfiles(world.ds)).toMatchObject([
      { identities: ['userId:a', 'userId:b', 'userId:c'], events: 2 },
    ]);
    await checkInvariants(world.ds);
  });
});

describe('a single deletion', () => {
  test('that waits for a batch deletes what the batch wrote as well', async () => {
    await write(world, [message('anna')]);
    const batch = await writeAndHold([message('anna'), message('bert')], afterLockingIdentities);
    const deletion = deleteUser('anna');
    await waiting();
    batch.release();
    await Promise.all([batch.done, deletion]);
    expect(await showProfiles(world.ds)).toMatchObject([{ identities: ['userId:bert'] }]);
    await checkInvariants(world.ds);
  });

  test('that comes first leaves the batch a fresh profile, and no event without one', async () => {
    await write(world, [message('anna')]);
    const before = await idOf('anna');
    const [deleted, committed] = [door(), door()];
    const deletion = withSharedGate(world.dataset, world.database.steps, async (tx) => {
      await deleteNamedUsers(tx, ['anna'], { type: 'userId', now: testNow });
      deleted.open();
      await committed.opened;
    });
    await deleted.opened;
    const batch = write(world, [message('anna')]);
    await waiting();
    committed.open();
    await Promise.all([deletion, batch]);
    expect(await showProfiles(world.ds)).toMatchObject([{ identities: ['userId:anna'], events: 1 }]);
    expect(await idOf('anna')).not.toBe(before);
    await checkInvariants(world.ds);
  });

  test('of the profile alone, behind the back of its identity, makes a batch look again', async () => {
    await write(world, [message('anna')]);
    const before = await idOf('anna');
    const holder = await holding(async (db) => {
      for (const table of ['event', 'visit', 'action_count'] as const)
        await sql`DELETE FROM ${world.ds.tables[table]} WHERE profile_id = ${before}`.execute(db);
      await sql`DELETE FROM ${world.ds.tables.profile} WHERE id = ${before}`.execute(db);
    });
    const batch = write(world, [message(['anna', 'customerId:1'])]);
    await waiting();
    await holder.release();
    await batch;
    expect(await showProfiles(world.ds)).toMatchObject([{ identities: ['customerId:1', 'userId:anna'], events: 1 }]);
    expect(await idOf('anna')).not.toBe(before);
    await checkInvariants(world.ds);
  });
});

describe('a merge', () => {
  test('of a profile that a batch is writing to waits for it, and takes its events along', async () => {
    await write(world, [message(['anna', 'customerId:1']), message('bert', { at: new Date(testNow.getTime() + 1) })]);
    const batch = await writeAndHold([message('customerId:1')], afterLockingIdentities);
    const merge = writeWatched(world, [message(['anna', 'bert'])]);
    await waiting();
    batch.release();
    expect(await Promise.all([batch.done, merge])).toEqual([1, 1]);
    expect(await showProfiles(world.ds)).toMatchObject([{ events: 4 }]);
    await checkInvariants(world.ds);
  });

  test('that comes first sends a batch to the survivor', async () => {
    await write(world, [message(['anna', 'customerId:1']), message('bert', { at: new Date(testNow.getTime() + 1) })]);
    const merge = await writeAndHold([message(['anna', 'bert'])], /DELETE FROM .*profile/);
    const batch = write(world, [message('customerId:1'), message('cleo')]);
    await waiting();
    merge.release();
    await Promise.all([merge.done, batch]);
    expect(await showProfiles(world.ds)).toMatchObject([{ events: 4 }, { identities: ['userId:cleo'] }]);
    await checkInvariants(world.ds);
  });
});

describe('evaluation', () => {
  test('stands in a later statement than the locks: two batches of one event each do not lose a join', async () => {
    const segment = await world.rule('Twice', { action: 'View Item', did: true, atLeast: 2 });
    await world.compute();
    await write(world, [message('anna', { traits: { here: true } })]);
    const first = await writeAndHold([message('anna'), message('bert'), message('bert')], afterCounters);
    const second = write(world, [message('anna')]);
    await waiting();
    first.release();
    await Promise.all([first.done, second]);
    expect(await world.usersOf(segment)).toEqual(['anna', 'bert']);
    await checkInvariants(world.ds);
  });
});

describe('an identity that was won before all is looked at again', () => {
  test('still lets its user into the segments that ask for it', async () => {
    const loyal = await world.rule('Loyal', { identity: 'customerId', present: true });
    await world.compute();
    await write(world, [message('anna')]);
    const batch = await writeAndHold([message(['anna', 'customerId:1']), message('bert')], afterLockingIdentities);
    // Bert is somebody else's when the batch claims him: it looks at everybody again, and Anna seems to have had hers all along.
    await write(world, [message('bert')]);
    batch.release();
    await batch.done;
    expect(await world.usersOf(loyal)).toEqual(['anna']);
    await checkInvariants(world.ds);
  });
});

describe('counters', () => {
  test('are the last that a batch writes', async () => {
    await world.rule('Seen', { action: 'View Item', did: true });
    await world.compute();
    const written: string[] = [];
    await writeWatched(world, [message('anna'), message('bert')], (statement) => {
      if (/INSERT INTO|UPDATE |DELETE FROM/.test(statement)) written.push(statement);
    });
    const counting = written.map((statement) => /segment_count|segment_history/.test(statement));
    expect(counting.filter(Boolean)).toHaveLength(2);
    expect(counting.slice(-2)).toEqual([true, true]);
  });
});
