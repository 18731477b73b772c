import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/database.ts';
import { fillDataset } from '../../test/fill-dataset.ts';
import { door, until, untilWaiting } from '../../test/waiting.ts';
import { systemActor } from '../access/system-actor.ts';
import type { Announcement } from '../announcements.ts';
import { withSharedGate } from '../database/gate.ts';
import { on } from '../database/handle.ts';
import type { Lethe } from '../lethe.ts';
import { deleteNamedUsers } from '../privacy/delete-users.ts';
import { readSettings } from '../settings.ts';
import { type Advance, advance } from './advance.ts';
import type { DeletionOfDataset } from './deletion.ts';
import { readJob } from './job.ts';
import { findReceipt } from './job-sql.ts';
import { deletionJobs } from './jobs.ts';
import { ensureSigningKey, publicKeys } from './receipt.ts';
import { startDeletion } from './start.ts';
import { findRunning } from './start-sql.ts';
import { stepSize } from './step.ts';
import { verifyReceipt } from './verify-receipt.ts';

const now = new Date('2026-11-22T19:00:00Z');
let world: TestDatabase;
let users: number;
let deletion: DeletionOfDataset;
/** What was said of steps and proofs. */
let said: { name: Announcement; slices: number[]; users?: number }[];

beforeEach(async () => {
  world = await createTestDatabase();
  said = [];
  await ensureSigningKey(world.database.starts, now);
  users = await fillDataset(on(world.dataset, world.database.writes), {
    profiles: 2_000,
    eventsPerProfile: 2,
    share: 0.4,
  });
  await startDeletion(world.database.starts, world.dataset, {
    segmentId: 'doomd',
    expectedUsers: users,
    actor: systemActor,
    now: () => now,
  });
  const job = await findRunning(world.ds);
  if (!job) throw new Error('no job runs');
  deletion = { dataset: world.dataset, job };
});
afterEach(() => world.close());

/** One step of the job of one worker, unless told otherwise; of the four slices, it has all to itself. */
const step = (how: Partial<Advance> = {}) =>
  advance(world.dataset, deletion.job, {
    database: world.database,
    announce: (name, fields) => void said.push({ name, ...fields } as unknown as (typeof said)[0]),
    size: stepSize(2_000, 10_000),
    workers: 1,
    now,
    ...how,
  });

async function finish(how?: Partial<Advance>): Promise<void> {
  while ((await step(how)) !== 'finished');
}

const slicesOf = (name: Announcement) => said.filter((one) => one.name === name).map((one) => one.slices);

/** Slices with their phases, in order. */
async function phases(): Promise<string[]> {
  const { rows } = await sql<{ phase: string }>`
    SELECT phase FROM ${world.ds.tables.deletion_slice} WHERE slice >= 0 ORDER BY slice`.execute(world.ds.db);
  return rows.map((row) => row.phase);
}

/** The doomed of each slice, in order of id. */
async function doomedBySlice(): Promise<number[][]> {
  const { rows } = await sql<{ slice: number; id: number }>`
    SELECT substring(tableoid::regclass::text from '_([0-9]+)"?$')::int AS slice, profile_id AS id
    FROM ${world.ds.tables.membership} WHERE set_no = ${deletion.job.setNo} ORDER BY profile_id`.execute(world.ds.db);
  return [0, 1, 2, 3].map((slice) => rows.filter((row) => row.slice === slice).map((row) => row.id));
}

/** A connection that keeps a row locked until `release`. */
async function lock(table: 'profile' | 'event', key: 'id' | 'profile_id', id: number) {
  const [locked, released] = [door(), door()];
  const done = world.database.writes.transaction().execute(async (tx) => {
    await sql`SELECT FROM ${world.ds.tables[table]} WHERE ${sql.id(key)} = ${id} LIMIT 1 FOR UPDATE`.execute(tx);
    locked.open();
    await released.opened;
  });
  await Promise.race([locked.opened, done]);
  return async () => {
    released.open();
    await done;
  };
}

describe('a step', () => {
  test('takes several slices where they are small, half of what is left for its worker, and ends exact', async () => {
    await finish();
    expect(slicesOf('deletion.step')).toEqual([[0, 1], [2], [3]]);
    const { id } = deletion.job;
    expect(await readJob(world.ds, id, 2)).toMatchObject({ state: 'completed', deleted: users, remaining: 0 });
    const receipt = (await findReceipt(world.ds, id))?.receipt ?? '';
    const { verified, rowsDeleted, ledger } = await verifyReceipt(receipt, await publicKeys(world.database.reads));
    expect(verified).toMatchObject({ usersListed: users, profilesDeleted: users, profilesAbsent: 0 });
    expect(rowsDeleted).toMatchObject({ profiles: users, events: 2 * users, identities: 2 * users });
    expect(ledger).toMatchObject({ entries: 3, identities: 2 * users });
    const { rows } = await sql`
      SELECT FROM ${world.ds.tables.segment_count} GROUP BY set_no HAVING sum(users) <> (
        SELECT count(*) FROM ${world.ds.tables.membership} m WHERE m.set_no = segment_count.set_no)`.execute(
      world.ds.db,
    );
    expect(rows, 'segments whose counters are not true').toEqual([]);
  });

  test('leaves other workers their share', async () => {
    await finish({ workers: 2 });
    expect(slicesOf('deletion.step')).toEqual([[0], [1], [2], [3]]);
  });

  test('takes no part of a slice that it has no room for as a whole', async () => {
    const [first = [], second = []] = await doomedBySlice();
    const size = { current: first.length + second.length - 1, learn: () => {} };
    await finish({ size });
    expect(slicesOf('deletion.step')).toEqual([[0], [1], [2], [3]]);
  });

  test('goes on with the rest of a slice, and with the next ones', async () => {
    const [first = []] = await doomedBySlice();
    const part = { current: first.length - 10, learn: () => {} };
    await step({ size: part });
    await step();
    expect(said.map(({ slices, users }) => ({ slices, users }))).toMatchObject([
      { slices: [0], users: first.length - 10 },
      { slices: [0, 1] },
    ]);
    await finish();
    expect(await readJob(world.ds, deletion.job.id, 2)).toMatchObject({ state: 'completed', deleted: users });
  });
});

describe('a proof', () => {
  test.each([
    ['in a slice', 'action_count', 'action', "'Purchase'"],
    ['in no slice', 'identity', 'type, value', "'userId', 'came back'"],
  ] as const)(
    'that finds something left %s sends all its slices back to work',
    async (_where, table, columns, values) => {
      while ((await phases()).includes('deleting')) await step();
      const [, second = []] = await doomedBySlice();
      const more = table === 'action_count' ? sql`, first_at, last_at, count` : sql``;
      const moreValues = table === 'action_count' ? sql`, now(), now(), 1` : sql``;
      await sql`
        INSERT INTO ${world.ds.tables[table]} (profile_id, ${sql.raw(columns)}${more})
        VALUES (${second.at(-1)}, ${sql.raw(values)}${moreValues})`.execute(world.database.writes);
      await step({ workers: 2 });
      expect(slicesOf('deletion.leftovers')).toEqual([[0, 1]]);
      expect(await phases()).toEqual(['deleting', 'deleting', 'verifying', 'verifying']);
      expect((await doomedBySlice()).map((ids) => ids.length > 0)).toEqual([true, true, true, true]);
      await finish();
      const { rows } = await sql`
        SELECT FROM ${world.ds.tables[table]} WHERE profile_id = ${second.at(-1)}`.execute(world.ds.db);
      expect(rows).toEqual([]);
      expect(await readJob(world.ds, deletion.job.id, 2)).toMatchObject({ state: 'completed', deleted: users });
    },
  );
});

test('whoever is in the way in one slice does not keep the others from being deleted and proven', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'lethe-take-'));
  // Two workers that take the share of one.
  const lethe: Lethe = {
    settings: readSettings({
      LETHE_DATABASE_URL: world.url,
      LETHE_DATA_DIR: dataDir,
      LETHE_DELETION_WORKERS: '1',
    }),
    database: world.database,
    announce: () => {},
    now: () => new Date(),
    wakeJobs: () => {},
  };
  const [kind] = deletionJobs(lethe);
  if (!kind) throw new Error('there are no jobs');
  const [[id = 0] = []] = await doomedBySlice();
  const release = await lock('profile', 'id', id);
  let isOver = false;
  const work = async () => {
    while (!isOver) if ((await kind.step(deletion as never)) === 'finished') isOver = true;
  };
  const workers = [work()];
  try {
    // It has taken the slice and the next one.
    await untilWaiting(world.database.reads);
    workers.push(work());
    await until(async () => (await phases()).join() === 'deleting,done,done,done', 'all slices but the first are done');
    await release();
    await Promise.all(workers);
  } finally {
    isOver = true;
  }
  expect(await readJob(world.ds, deletion.job.id, 2)).toMatchObject({ state: 'completed', deleted: users });
  rmSync(dataDir, { recursive: true });
});

test('a step and whoever deletes several of its users by name wait for each other in turn, in no deadlock', async () => {
  const [first = [], second = []] = await doomedBySlice();
  // In order of id, the one of the second slice comes first.
  const [early, late] = [second[0] as number, first.at(-1) as number];
  expect(early).toBeLessThan(late);
  const release = await lock('event', 'profile_id', first[0] as number);
  const stepping = step();
  await untilWaiting(world.database.reads);
  let tries = 0;
  const deleting = withSharedGate(world.dataset, world.database.writes, (tx) => {
    tries++;
    return deleteNamedUsers(tx, [`anonymousId-${early}`, `anonymousId-${late}`], { type: 'anonymousId', now });
  });
  await untilWaiting(world.database.reads, 2);
  await release();
  expect(await stepping).toBe('more');
  await deleting;
  expect(tries).toBe(1);
  await finish();
  expect(await readJob(world.ds, deletion.job.id, 2)).toMatchObject({ state: 'completed' });
});
