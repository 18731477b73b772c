import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type GatedTx, withSharedGate } from '../src/database/gate.ts';
import { on } from '../src/database/handle.ts';
import { startDeletion } from '../src/deletions/start.ts';
import { lockProfiles } from '../src/profiles/figures-sql.ts';
import { computeNext } from '../src/segments/compute.ts';
import { countMembershipChanges, evaluateProfiles } from '../src/segments/evaluate.ts';
import { ada, createSegmentWorld, type SegmentWorld } from './segment-world.ts';

let world: SegmentWorld;
/** Ends the pauses of a test that failed before it did so itself. */
const releases: (() => void)[] = [];
beforeEach(async () => {
  world = await createSegmentWorld();
  await world.write(
    { user: 'anna', traits: { country: 'DE' } },
    { user: 'bert', traits: { country: 'DE' } },
    { user: 'cleo', traits: { country: 'FR' } },
  );
});
afterEach(async () => {
  for (const release of releases.splice(0)) release();
  await world.close();
});

const germans = { attribute: 'country', is: 'equals', value: 'DE' };
const computeAll = () => computeNext(on(world.dataset, world.database.steps), { profilesMax: 1_000, now: world.now });

async function profileOf(user: string): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    SELECT profile_id AS id FROM ${world.ds.tables.identity} WHERE type = 'userId' AND value = ${user}`.execute(
    world.ds.db,
  );
  return (rows[0] as { id: number }).id;
}

/** A transaction that does its work, and then holds everything it has locked until `commit` is called. */
async function paused<T>(work: (tx: GatedTx) => Promise<T>): Promise<{ commit(): Promise<void> }> {
  const hold = Promise.withResolvers<void>();
  const worked = Promise.withResolvers<void>();
  releases.push(hold.resolve);
  const done = withSharedGate(world.dataset, world.database.writes, async (tx) => {
    await work(tx);
    worked.resolve();
    await hold.promise;
  });
  done.catch(worked.reject);
  await worked.promise;
  return {
    commit: () => {
      hold.resolve();
      return done;
    },
  };
}

/** Waits until some transaction of this database waits for a lock of this kind. */
async function untilSomebodyWaits(locktype: 'transactionid' | 'advisory'): Promise<void> {
  for (const giveUp = Date.now() + 10_000; Date.now() < giveUp; ) {
    const { rows } = await sql<{ waiting: boolean }>`
      SELECT EXISTS (
        SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid)
        WHERE NOT l.granted AND l.locktype = ${locktype} AND a.datname = current_database()) AS waiting`.execute(
      world.ds.db,
    );
    if (rows[0]?.waiting) return;
    await sleep(2);
  }
  throw new Error(`Nobody waits for a lock of kind ${locktype}`);
}

/** Moves a user as a batch of events does: locked, changed, evaluated, each in a statement of its own. */
async function moveTo(tx: GatedTx, user: string, country: string): Promise<void> {
  const id = await profileOf(user);
  await lockProfiles(tx, [id]);
  await sql`
    UPDATE ${tx.tables.profile}
    SET attributes = jsonb_build_object('country', jsonb_build_object('value', ${country}::text, 'at', 1, 'from', 'import'))
    WHERE id = ${id}`.execute(tx.db);
  await countMembershipChanges(tx, await evaluateProfiles(tx, [id], world.now), world.now);
}

test('a computation does not undo what a writer has done to a profile that it waited for', async () => {
  const id = await world.rule('Germans', germans);
  const writer = await paused(async (tx) => {
    await moveTo(tx, 'anna', 'FR');
    await moveTo(tx, 'cleo', 'DE');
  });
  const computing = (async () => {
    for (let slice = 0; slice < world.dataset.partitions; slice++) await computeAll();
  })();
  await untilSomebodyWaits('transactionid');
  await writer.commit();
  await computing;
  await world.compute();
  expect(await world.usersOf(id)).toEqual(['bert', 'cleo']);
  expect(await world.faults()).toEqual([]);
});

test('a new segment has the user whom a writer made that did not know of the segment yet', async () => {
  const writer = await paused((tx) => world.writeIn(tx, { user: 'dora', traits: { country: 'DE' } }));
  const creating = world.rule('Germans', germans);
  await untilSomebodyWaits('advisory');
  await writer.commit();
  const id = await creating;
  await world.compute();
  expect(await world.usersOf(id)).toEqual(['anna', 'bert', 'dora']);
  expect(await world.faults()).toEqual([]);
});

test('a writer between two steps of a computation is in the new set, and the old one stays as it was', async () => {
  const id = await world.rule('Germans', germans);
  await world.compute();
  await world.edit(id, { rule: { attribute: 'country', is: 'equals', value: 'FR' } });
  for (let slice = 0; slice < world.dataset.partitions; slice++) await computeAll();
  await world.write({ user: 'bert', traits: { country: 'FR' } }, { user: 'dora', traits: { country: 'FR' } });
  expect(await world.usersOf(id)).toEqual(['anna', 'bert']);
  await world.compute();
  expect(await world.usersOf(id)).toEqual(['bert', 'cleo', 'dora']);
  expect(await world.faults()).toEqual([]);
});

test('an edit in the middle of a step waits for the step, and the computation begins again with the new rule', async () => {
  const id = await world.rule('Germans', germans);
  const holder = await paused(async (tx) =>
    lockProfiles(tx, await Promise.all(['anna', 'bert', 'cleo'].map(profileOf))),
  );
  const step = computeAll();
  await untilSomebodyWaits('transactionid');
  const edit = world.edit(id, { rule: { attribute: 'country', is: 'equals', value: 'FR' } });
  await untilSomebodyWaits('advisory');
  await holder.commit();
  await Promise.all([step, edit]);
  await world.compute();
  expect(await world.usersOf(id)).toEqual(['cleo']);
  expect(await world.faults()).toEqual([]);
});

test('two computations of a dataset take different segments, and the second of one passes by', async () => {
  await world.rule('Germans', germans);
  const holder = await paused(async (tx) =>
    lockProfiles(tx, await Promise.all(['anna', 'bert', 'cleo'].map(profileOf))),
  );
  const step = computeAll();
  await untilSomebodyWaits('transactionid');
  expect(await computeAll()).toEqual({ did: 'waiting' });
  await holder.commit();
  await step;
});

test('two writers at once do not lose a join: the second evaluates what the first has changed', async () => {
  const id = await world.rule('Twice', { action: 'View Item', did: true, atLeast: 2 });
  await world.compute();
  const view = { user: 'anna', event: { action: 'View Item' } };
  const holder = await paused(async (tx) => lockProfiles(tx, [await profileOf('anna')]));
  const writers = [world.write(view), world.write(view)];
  await untilSomebodyWaits('transactionid');
  await holder.commit();
  await Promise.all(writers);
  expect(await world.usersOf(id)).toEqual(['anna']);
});

test('nobody who is being deleted in bulk joins a segment, neither by computation nor by evaluation', async () => {
  const doomed = await world.rule('Doomed', germans);
  await world.compute();
  await startDeletion(world.database.starts, world.dataset, {
    segmentId: doomed,
    expectedUsers: 2,
    actor: ada,
    now: () => world.now,
  });
  const everybody = await world.rule('Everybody', { everyone: true });
  await world.compute();
  expect(await world.usersOf(everybody)).toEqual(['cleo']);
  await withSharedGate(world.dataset, world.database.writes, async (tx) => {
    const ids = await lockProfiles(tx, await Promise.all(['anna', 'cleo'].map(profileOf)));
    expect(await evaluateProfiles(tx, ids, world.now)).toEqual([]);
  });
});

test('a computation that waited for a step of a bulk deletion leaves no membership without a profile', async () => {
  const id = await world.rule('Everybody', { everyone: true });
  // A step deletes profiles without holding the gate.
  const deleted = Promise.withResolvers<void>();
  const hold = Promise.withResolvers<void>();
  releases.push(hold.resolve);
  const anna = await profileOf('anna');
  const step = world.database.steps.transaction().execute(async (tx) => {
    await sql`DELETE FROM ${world.ds.tables.profile} WHERE id = ${anna}`.execute(tx);
    deleted.resolve();
    await hold.promise;
  });
  await deleted.promise;
  const computing = world.compute();
  await untilSomebodyWaits('transactionid');
  hold.resolve();
  await Promise.all([step, computing]);
  expect(await world.usersOf(id)).toEqual(['bert', 'cleo']);
  expect(await world.faults()).toEqual([]);
});
