import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/database.ts';
import { checkInvariants } from '../../test/invariants.ts';
import { testNow } from '../../test/messages.ts';
import { Story } from '../../test/story/actors.ts';
import { Random } from '../../test/story/random.ts';
import { type Frozen, findLostOrDoubled, findWrongHistory, readFrozen, recordStory } from '../../test/story/record.ts';
import { findWrongSegments } from '../../test/story/rules.ts';
import { systemActor } from '../access/system-actor.ts';
import { on } from '../database/handle.ts';
import { type Database, openDatabase } from '../database/postgres.ts';
import { createSegment } from '../segments/create.ts';
import { editSegment } from '../segments/edit.ts';
import { findReceipt } from './job-sql.ts';
import { ensureSigningKey, publicKeys } from './receipt.ts';
import { verifyReceipt } from './verify-receipt.ts';

/**
 * LIVE_SEED repeats the plan of a run; who comes first is decided by the machine all the same. LIVE_SECONDS makes it longer, and
 * LIVE_REPORT says what happened how often.
 */
const seed = Number(process.env.LIVE_SEED ?? Math.floor(Math.random() * 1_000_000));
const seconds = Number(process.env.LIVE_SECONDS ?? 6);

let world: TestDatabase;
let other: Database;
let dataDir: string;
beforeAll(async () => {
  world = await createTestDatabase();
  other = openDatabase(world.url, 20);
  dataDir = mkdtempSync(join(tmpdir(), 'lethe-live-'));
  await ensureSigningKey(world.database.starts, testNow);
  await recordStory(world);
});
afterAll(async () => {
  await other.close();
  await world.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const asked = { actor: systemActor, now: testNow, limits: { enabledRules: 30, lists: 5 } };

async function begin(story: Story, random: Random): Promise<void> {
  const starts = on(world.dataset, world.database.starts);
  for (const name of ['List 1', 'List 2'])
    story.lists.push(await createSegment(starts, { name, kind: 'manual' }, asked));
  for (let n = 0; n < 5; n++) {
    story.rules.push(await createSegment(starts, { name: 'Rule', kind: 'rule', rule: story.rule(random) }, asked));
  }
}

/** Everybody does their part over and over again, all at the same time. */
async function live(story: Story): Promise<void> {
  setTimeout(() => {
    story.isOver = true;
  }, seconds * 1_000);
  let actors = 0;
  const over = async (act: (random: Random) => Promise<unknown>) => {
    const random = new Random(seed + 1_000 * ++actors);
    while (!story.isOver) await act(random);
  };
  const { write, deleteInBulk, workOnDeletion, compute, deleteOne, changeList, changeSegments, clear, cut } = story;
  const once = [write, write, write, deleteInBulk, workOnDeletion, workOnDeletion, workOnDeletion, compute, compute];
  const rest = [deleteOne, changeList, changeSegments, clear, cut, story.import];
  const results = await Promise.allSettled([...once, ...rest].map((act) => over(act.bind(story))));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

/** Finishes what is under way, and enables and computes everything once more. */
async function settle(story: Story): Promise<void> {
  const random = new Random(seed);
  const running = async () =>
    (await sql`SELECT FROM ${world.ds.tables.deletion} WHERE completed_at IS NULL`.execute(world.ds.db)).rows.length >
    0;
  while (await running()) await story.workOnDeletion(random);
  const starts = on(world.dataset, world.database.starts);
  for (const id of [...story.rules, ...story.lists]) await editSegment(starts, id, { enabled: true }, asked);
  while (!(await story.compute(random)));
  while (!(await story.clear(random)));
}

async function expectTrueReceipt(frozen: Frozen): Promise<void> {
  const receipt = (await findReceipt(world.ds, frozen.id))?.receipt ?? '';
  const { users, events, digest } = frozen;
  expect(await verifyReceipt(receipt, await publicKeys(world.database.reads))).toMatchObject({
    users,
    rowsDeleted: { profiles: users, events },
    frozenSetDigest: { value: digest },
    verified: { usersListed: users, profilesDeleted: users, profilesAbsent: 0 },
  });
}

test(`whatever happens at once, nothing is lost, nothing is doubled, and nobody frozen survives (LIVE_SEED=${seed})`, async () => {
  const story = new Story(world, [world.database, other], dataDir);
  await begin(story, new Random(seed));
  await live(story);
  await settle(story);
  if (process.env.LIVE_REPORT) console.log(Object.fromEntries([...story.counts].sort()));

  await checkInvariants(world.ds);
  expect(await findLostOrDoubled(world, [...story.accepted.values()])).toEqual([]);
  expect(await findWrongSegments(world.ds)).toEqual([]);
  expect(await findWrongHistory(world)).toEqual([]);
  const frozen = await readFrozen(world);
  expect(frozen.length).toBeGreaterThan(0);
  for (const each of frozen) await expectTrueReceipt(each);
  // No step was in a deadlock with anybody.
  expect(story.counts.get('step: 40P01')).toBe(undefined);
});
