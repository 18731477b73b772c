import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/database.ts';
import { fillDataset } from '../../test/fill-dataset.ts';
import { checkInvariants } from '../../test/invariants.ts';
import { untilWaiting } from '../../test/waiting.ts';
import type { Actor } from '../access/permissions.ts';
import { withSharedGate } from '../database/gate.ts';
import { on } from '../database/handle.ts';
import { advance } from '../deletions/advance.ts';
import { readJob } from '../deletions/job.ts';
import { ensureSigningKey } from '../deletions/receipt.ts';
import { startDeletion } from '../deletions/start.ts';
import { findRunning } from '../deletions/start-sql.ts';
import { stepSize } from '../deletions/step.ts';
import { writeMessages } from '../events/write.ts';
import { countUsersIn, summarize } from '../profiles/list-users.ts';
import { lookUpUser, lookUpUsers } from '../profiles/look-up.ts';
import { deleteList } from './delete-list.ts';
import { deleteUser } from './delete-user.ts';
import { deleteNamedUsers } from './delete-users.ts';

const ada: Actor = { kind: 'member', id: 'mem_ada', name: 'Ada', administrator: true, roles: {} };
const now = new Date('2026-11-22T19:00:00Z');
const profiles = 400;

let world: TestDatabase;
let doomed: number;
beforeEach(async () => {
  world = await createTestDatabase();
  await ensureSigningKey(world.database.starts, now);
  doomed = await fillDataset(on(world.dataset, world.database.writes), { profiles, eventsPerProfile: 6, share: 0.4 });
});
afterEach(() => world.close());

const noOf = async (text: string) => (await lookUpUser(world.ds, text)).no;
const writes = () => on(world.dataset, world.database.writes);
const remove = (text: string) => deleteUser(writes(), text, { type: undefined, actor: ada, now });
const userIds = async (where = sql`true`) => {
  const { rows } = await sql<{ id: string }>`
    SELECT 'usr_' || id AS id FROM ${world.ds.tables.profile} p WHERE ${where} ORDER BY id`.execute(world.ds.db);
  return rows.map(({ id }) => id);
};
const isDoomed = () => sql`EXISTS (SELECT FROM ${world.ds.tables.doomed_profile} d WHERE d.profile_id = p.id)`;
const inSegment = (id: string) => sql`EXISTS (
  SELECT FROM ${world.ds.tables.membership} m JOIN ${world.ds.tables.segment} s ON s.set_no = m.set_no
  WHERE m.profile_id = p.id AND s.id = ${id})`;
const startJob = () =>
  startDeletion(world.database.starts, world.dataset, {
    segmentId: 'doomd',
    expectedUsers: doomed,
    actor: ada,
    now: () => now,
  });

async function finishJob(): Promise<void> {
  const job = await findRunning(world.ds);
  if (!job) throw new Error('no job runs');
  const how = { database: world.database, announce: () => {}, size: stepSize(2_000), now };
  while ((await advance(world.dataset, job, how)) !== 'finished');
}

async function write(value: string, type = 'userId'): Promise<void> {
  const message = { identities: [{ type, value }], at: now, event: { action: 'View' } };
  const context = { limits: { attributesPerProfileMax: 100, messageIdHours: 48 }, messageKey: Buffer.alloc(32), now };
  const origin = { trusted: true, from: 'import', receivedAt: now };
  await writeMessages(world.dataset, world.database.writes, [{ message, origin }], context);
}

describe('deleting one user', () => {
  test('takes everything the user owns and nothing else, and the numbers fall with it', async () => {
    const before = { ...(await summarize(world.ds)), inSegment: await countUsersIn(world.ds, 'every') };
    const [id = ''] = await userIds();
    const { rows } = await remove(id);
    expect(rows).toMatchObject({ profiles: 1, events: 6, visits: 2, identities: 2 });
    expect(await summarize(world.ds)).toMatchObject({
      users: before.users - 1,
      events: before.events - 6,
      identities: before.identities - 2,
    });
    expect(await countUsersIn(world.ds, 'every')).toBe(before.inSegment - 1);
    await expect(remove(id)).rejects.toMatchObject({ code: 'user.unknown' });
    await checkInvariants(world.ds);
  });

  test('is audited under the internal id, without an identity value', async () => {
    await write('ada@secret.example');
    const no = await noOf('ada@secret.example');
    await remove('ada@secret.example');
    const { rows } = await sql<{ line: string }>`SELECT to_jsonb(a)::text AS line FROM lethe.audit a`.execute(
      world.ds.db,
    );
    const lines = rows.map(({ line }) => line).filter((line) => line.includes('user.deleted'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`usr_${no}`);
    expect(lines[0]).not.toContain('secret');
  });

  test('who is written to at the same time leaves no half of a user', async () => {
    for (let round = 0; round < 10; round++) {
      await write('racer');
      await Promise.all([
        remove('racer').catch(() => {}),
        write('racer'),
        write('racer'),
        remove('racer').catch(() => {}),
      ]);
    }
    await checkInvariants(world.ds);
  });

  test('of two at the same time one deletes and the other finds nobody', async () => {
    await write('once');
    const outcomes = await Promise.allSettled([remove('once'), remove('once'), remove('once')]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([
      { status: 'rejected', reason: expect.objectContaining({ code: 'user.unknown' }) },
      { status: 'rejected', reason: expect.objectContaining({ code: 'user.unknown' }) },
    ]);
  });
});

describe('while a bulk deletion runs, a user of it who is deleted by name', () => {
  test('goes at once, is counted by the job, and the job is complete with exactly the frozen number', async () => {
    const job = await startJob();
    const mine = (await userIds(isDoomed())).slice(0, 7);
    const others = (await userIds(sql`NOT ${isDoomed()}`)).slice(0, 3);
    const list = { type: undefined, names: [...mine, ...others].map((text, index) => ({ line: index + 2, text })) };
    expect(await deleteList(writes(), list, { actor: ada, now })).toMatchObject({ deleted: 10, requested: 10 });
    expect(await readJob(world.ds, job, 2)).toMatchObject({
      deleted: 7,
      remaining: doomed - 7,
      rowsDeleted: { profiles: 7, events: 42, identities: 14, visits: 14 },
    });
    expect(await countUsersIn(world.ds, 'doomd')).toBe(doomed - 7);
    await finishJob();
    expect(await readJob(world.ds, job, 2)).toMatchObject({
      state: 'completed',
      deleted: doomed,
      remaining: 0,
      rowsDeleted: { profiles: doomed, events: doomed * 6, identities: doomed * 2 },
    });
    expect((await summarize(world.ds)).users).toBe(profiles - doomed - 3);
    await checkInvariants(world.ds);
  });

  test('and who came back meanwhile: the name is that of the fresh profile, and both go', async () => {
    const [mine = ''] = await userIds(inSegment('doomd'));
    const name = await anonymousIdOf(mine);
    await startJob();
    await write(name, 'anonymousId');
    const fresh = await noOf(name);
    expect(`usr_${fresh}`).not.toBe(mine);
    expect(await remove(name)).toMatchObject({ id: `usr_${fresh}`, rows: { profiles: 1, events: 1 } });
    await finishJob();
    expect(await lookUpUsers(world.ds, [name, mine])).toEqual(new Map());
    await checkInvariants(world.ds);
  });
});

async function anonymousIdOf(id: string): Promise<string> {
  const { rows } = await sql<{ value: string }>`
    SELECT value FROM ${world.ds.tables.identity} WHERE type = 'anonymousId' AND profile_id = ${Number(id.slice(4))}`.execute(
    world.ds.db,
  );
  return rows[0]?.value ?? '';
}

test('a name that a merge gives to another profile while the deletion waits deletes that profile', async () => {
  await write('loser');
  await write('winner');
  const merge = await world.database.starts.startTransaction().execute();
  const [loser, winner] = [await noOf('loser'), await noOf('winner')];
  const t = world.ds.tables;
  await sql`SELECT FROM ${t.identity} WHERE profile_id = ANY(${[loser, winner]}::bigint[]) ORDER BY type, value FOR UPDATE`.execute(
    merge,
  );
  const deletion = withSharedGate(world.dataset, world.database.writes, (tx) =>
    deleteNamedUsers(tx, ['loser'], { type: undefined, now }),
  );
  await untilWaiting(world.database.reads);
  await sql`UPDATE ${t.identity} SET profile_id = ${winner} WHERE profile_id = ${loser}`.execute(merge);
  for (const table of [t.event, t.visit, t.action_count]) {
    await sql`DELETE FROM ${table} WHERE profile_id = ${loser}`.execute(merge);
  }
  await sql`DELETE FROM ${t.profile} WHERE id = ${loser}`.execute(merge);
  await merge.commit().execute();
  expect((await deletion).found).toEqual(new Map([['loser', winner]]));
  expect(await lookUpUsers(world.ds, ['loser', 'winner'])).toEqual(new Map());
  await checkInvariants(world.ds);
});
