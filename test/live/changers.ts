import { setTimeout as sleep } from 'node:timers/promises';
import { startDeletion } from '../../src/deletions/start.ts';
import { findRunning } from '../../src/deletions/start-sql.ts';
import { deleteList } from '../../src/privacy/delete-list.ts';
import { deleteUser } from '../../src/privacy/delete-user.ts';
import { changeUsers } from '../../src/segments/change-users.ts';
import { createSegment } from '../../src/segments/create.ts';
import { deleteSegment } from '../../src/segments/delete.ts';
import { editSegment } from '../../src/segments/edit.ts';
import { limitsOf } from '../../src/segments/limits.ts';
import { replaceUsers } from '../../src/segments/replace-users.ts';
import type { Random } from '../story/random.ts';
import { type Life, pause } from './life.ts';
import { someName, someNames } from './people.ts';
import { findStartable } from './state-sql.ts';
import { administrator, onServer } from './world.ts';

const asked = ({ world }: Life, by: string) => ({
  actor: administrator(by),
  now: world.clock.now,
  limits: limitsOf(world.servers[0].settings),
});

export async function createList(life: Life, random: Random): Promise<void> {
  await life.ledger.record(async (by) => {
    const kind = random.of(['manual', 'subscriberList'] as const);
    const segment = await createSegment(
      onServer(life.world, random, 'starts'),
      { name: 'List', kind },
      asked(life, by),
    );
    life.lists.push(segment);
    return { did: 'createSegment', segment, rule: null };
  });
}

export async function createRuleSegment(life: Life, random: Random, rule = life.drawRule(random)): Promise<void> {
  await life.ledger.record(async (by) => {
    const starts = onServer(life.world, random, 'starts');
    const segment = await life.attempt('create', () =>
      createSegment(starts, { name: 'Rule', kind: 'rule', rule }, asked(life, by)),
    );
    if (segment === undefined) return undefined;
    life.ruleSegments.push(segment);
    return { did: 'createSegment', segment, rule };
  });
}

export async function changeLists(life: Life, random: Random, changes: number): Promise<void> {
  for (let n = 0; n < changes; n++) {
    const segment = random.of(life.lists);
    const ids = someNames(random, 6);
    await life.ledger.record(async (by) => {
      // Taken out under one of two names that are being merged, somebody may still be in it under the other.
      const change = random.of(['add', 'add', 'add', 'replace', life.mergesInSteps ? 'add' : 'remove'] as const);
      const done = await life.attempt(change, () =>
        change === 'replace'
          ? replaceUsers(onServer(life.world, random, 'starts'), segment, ids, asked(life, by))
          : changeUsers(onServer(life.world, random, 'writes'), segment, { change, ids }, asked(life, by)),
      );
      return done && { did: 'changeList', segment, change, items: done.items };
    });
    await pause(random);
  }
}

export async function changeSegments(life: Life, random: Random, changes: number): Promise<void> {
  for (let n = 0; n < changes; n++) {
    const kind = random.below(10);
    if (life.ruleSegments.length < 4 || kind < 2) await createRuleSegment(life, random);
    else if (kind < 3) await removeSegment(life, random);
    else if (kind < 6) await edit(life, random, random.of(life.ruleSegments), { rule: life.drawRule(random) });
    else await edit(life, random, random.of([...life.ruleSegments, ...life.lists]), { enabled: random.chance(0.6) });
    await pause(random);
  }
}

async function removeSegment(life: Life, random: Random): Promise<void> {
  const segment = random.of(life.ruleSegments);
  await life.ledger.record(async (by) => {
    const starts = onServer(life.world, random, 'starts');
    const done = await life.attempt('delete', async () => {
      await deleteSegment(starts, segment, asked(life, by));
      return true;
    });
    if (!done) return undefined;
    life.ruleSegments.splice(life.ruleSegments.indexOf(segment), 1);
    return { did: 'deleteSegment', segment };
  });
}

async function edit(
  life: Life,
  random: Random,
  segment: string,
  change: { rule: ReturnType<Life['drawRule']> } | { enabled: boolean },
): Promise<void> {
  await life.ledger.record(async (by) => {
    const starts = onServer(life.world, random, 'starts');
    const done = await life.attempt('edit', async () => {
      await editSegment(starts, segment, change, asked(life, by));
      return true;
    });
    return done ? { did: 'editSegment', segment, ...change } : undefined;
  });
}

/** Deletes users one by one, and by lists as a privacy officer does. */
export async function deleteSomeUsers(life: Life, random: Random, times: number): Promise<void> {
  for (let n = 0; n < times; n++) {
    await pause(random);
    await (random.chance(0.5) ? deleteOne(life, random) : deleteByList(life, random));
    await pause(random);
  }
}

async function deleteOne(life: Life, random: Random): Promise<void> {
  const { value } = someName(random);
  await life.ledger.record(async (by) => {
    const request = { type: undefined, ...asked(life, by) };
    const writes = onServer(life.world, random, 'writes');
    const done = await life.attempt('delete user', () => deleteUser(writes, value, request));
    return done && { did: 'deleteUsers', found: [value], unknown: [] };
  });
}

async function deleteByList(life: Life, random: Random): Promise<void> {
  const names = someNames(random, 3).map((text, line) => ({ line, text }));
  await life.ledger.record(async (by) => {
    const writes = onServer(life.world, random, 'writes');
    const done = await life.attempt('delete users', () =>
      deleteList(writes, { type: undefined, names }, asked(life, by)),
    );
    if (!done) return undefined;
    const of = (wanted: string) =>
      done.items.flatMap(({ outcome }, index) => (outcome === wanted ? [(names[index] as { text: string }).text] : []));
    return { did: 'deleteUsers', found: of('deleted'), unknown: of('unknown') };
  });
}

/** Deletes all users of a segment that some are in and not nearly everybody, and waits for the end. */
export async function deleteInBulk(life: Life, random: Random, times: number): Promise<void> {
  const { ds } = life.world;
  for (let n = 0; n < times; n++) {
    await sleep(random.below(40));
    await startDeletionOfSome(life, random);
    while (await findRunning(ds)) await sleep(3);
  }
}

async function startDeletionOfSome(life: Life, random: Random): Promise<void> {
  const { ds, dataset } = life.world;
  await life.ledger.record(async (by) => {
    const { db } = onServer(life.world, random, 'starts');
    // The number may have changed before it is confirmed.
    for (let tries = 0; tries < 8; tries++) {
      const startable = await findStartable(ds, random.chance(0.1) ? 1 : 0.7);
      if (startable.length === 0) await sleep(10);
      if (startable.length === 0) continue;
      const { segment, users } = random.of(startable);
      const request = {
        segmentId: segment,
        expectedUsers: users,
        actor: administrator(by),
        now: () => life.world.clock.now,
      };
      const deletion = await life.attempt('start', () => startDeletion(db, dataset, request));
      if (deletion !== undefined) return { did: 'startDeletion', segment, deletion, users };
    }
    return undefined;
  });
}
