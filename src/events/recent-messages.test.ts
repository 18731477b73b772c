import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/database.ts';
import { message, testNow, write } from '../../test/messages.ts';
import { systemActor } from '../access/system-actor.ts';
import { on } from '../database/handle.ts';
import { deleteUser } from '../privacy/delete-user.ts';
import { type ReceivedMessage, RecentMessages } from './recent-messages.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const received = (rest: Partial<ReceivedMessage> = {}): ReceivedMessage => ({
  at: testNow,
  source: 'Web',
  type: 'track',
  action: 'View Item',
  ...rest,
});

async function profileOf(who: string): Promise<number> {
  const [result] = await write(database, [message(who)]);
  if (!result?.accepted || result.profileId === undefined) throw new Error(`Nothing was written for ${who}.`);
  return result.profileId;
}

test('the last 100 messages are remembered, the newest first, each dataset its own', async () => {
  const recent = new RecentMessages();
  const { dataset, ds } = database;
  for (let n = 0; n < 30; n++) {
    recent.add(
      dataset,
      Array.from({ length: 5 }, (_, m) => received({ action: `A${5 * n + m}` })),
    );
  }
  recent.add({ ...dataset, no: dataset.no + 1 }, [received({ action: 'Elsewhere' })]);
  const actions = (await recent.list(ds)).map(({ action }) => action);
  expect(actions).toEqual(Array.from({ length: 100 }, (_, n) => `A${149 - n}`));
  const more = Array.from({ length: 250 }, (_, n) => received({ action: `B${n}` }));
  recent.add(dataset, more);
  const list = await recent.list(ds);
  expect(list.map(({ action }) => action)).toEqual(Array.from({ length: 100 }, (_, n) => `B${249 - n}`));
  expect(new Set(list.map(({ no }) => no)).size).toBe(100);
});

test('what was said of a user who has been deleted is forgotten; of others, of nobody, and of who comes meanwhile it stays', async () => {
  const recent = new RecentMessages();
  const { dataset, ds } = database;
  const ada = await profileOf('ada');
  const grace = await profileOf('grace');
  const refusal = { code: 'message.identity', detail: 'The message names nobody.' };
  recent.add(dataset, [
    received({ action: 'Of Ada', profileId: ada }),
    received({ action: 'Of Grace', profileId: grace }),
    received({ action: null, type: null, refusal }),
  ]);
  expect(await recent.list(ds)).toHaveLength(3);
  await deleteUser(on(dataset, database.database.writes), 'ada', { type: 'userId', actor: systemActor, now: testNow });
  const mary = await profileOf('mary');
  const asked = recent.list(ds);
  recent.add(dataset, [received({ action: 'Of Mary', profileId: mary })]);
  const list = await asked;
  expect(list.map(({ action }) => action)).toEqual(['Of Mary', null, 'Of Grace']);
  expect(JSON.stringify(list)).not.toContain('Of Ada');
});
