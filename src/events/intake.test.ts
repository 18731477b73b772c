import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { message, profileOf } from '../../test/messages.ts';
import { type Answer, ask, startTestServer, type TestServer } from '../../test/server.ts';
import { until, untilWaiting } from '../../test/waiting.ts';
import { gateClass } from '../database/gate.ts';
import type { Dataset } from '../database/handle.ts';
import { findDataset } from '../datasets/dataset-sql.ts';
import { startLethe } from '../main.ts';
import type { Settings } from '../settings.ts';
import { type Intake, openIntake } from './intake.ts';
import type { Origin } from './message.ts';

const queueMessagesMax = 50;
const fromPage: Origin = { trusted: false, from: 'track', receivedAt: new Date() };

let server: TestServer;
let shop: Dataset;
let blog: Dataset;
beforeAll(async () => {
  server = await startTestServer({
    LETHE_BOOTSTRAP_DATASETS: 'blog',
    LETHE_BOOTSTRAP_WRITE_KEY: 'shop:shop-key,blog:blog-key',
    LETHE_QUEUE_MESSAGES_MAX: String(queueMessagesMax),
  });
  const { reads } = server.lethe.database;
  shop = (await findDataset(reads, 'shop')) as Dataset;
  blog = (await findDataset(reads, 'blog')) as Dataset;
});
afterAll(() => server.close());

/** Keeps every writer of a dataset waiting, as the start of a bulk deletion does for a moment. */
async function stall(dataset: Dataset): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: server.database.url });
  await client.connect();
  await client.query('SELECT pg_advisory_lock($1, $2)', [gateClass, dataset.no]);
  return () => client.end();
}

/** Keeps every writer of a user waiting. */
async function holdUser(userId: string): Promise<() => Promise<void>> {
  const profile = await profileOf(server.database.ds, userId);
  const client = new pg.Client({ connectionString: server.database.url });
  await client.connect();
  await client.query('BEGIN');
  await client.query('SELECT FROM ds_shop.profile WHERE id = $1 FOR UPDATE', [profile?.id]);
  return () => client.end();
}

/** An intake of its own on the server's database, and the sizes of the transactions that it has written. */
async function intakeWith(settings: Partial<Settings> = {}): Promise<Intake & { written: number[] }> {
  const written: number[] = [];
  const lethe = { ...server.lethe, settings: { ...server.lethe.settings, ...settings } };
  const watchers = {
    onTaken: () => {},
    onWritten: ({ messages }: { messages: number }) => void written.push(messages),
  };
  return Object.assign(await openIntake(lethe, watchers), { written });
}

function send(url: string, userId: string, { messages = 1, writeKey = 'shop-key' } = {}): Promise<Answer> {
  const batch = Array.from({ length: messages }, () => ({ type: 'page', userId }));
  return ask(`${url}/v1/batch`, 'POST', { batch, writeKey });
}

const eventsOf = async (userId: string) => (await profileOf(server.database.ds, userId))?.events ?? 0;

test('senders are asked to come again while more waits than may, and nothing taken is lost', async () => {
  const release = await stall(shop);
  const answers = Array.from({ length: 30 }, () => send(server.url, 'flood', { messages: 5 }));
  const refused: Answer[] = [];
  for (const answer of answers) void answer.then((one) => one.status === 429 && refused.push(one));
  await until(async () => refused.length >= 20, 'twenty are refused');
  const { text } = await server.api('GET', '/metrics');
  expect(Number(/lethe_messages_waiting (\d+)/.exec(text)?.[1])).toBe(queueMessagesMax);
  await release();
  const taken = (await Promise.all(answers)).filter(({ status }) => status === 200);
  expect(taken).toHaveLength(queueMessagesMax / 5);
  expect(refused.map(({ json, headers }) => [json.code, headers.get('retry-after')])).toEqual(
    refused.map(() => ['events.busy', '1']),
  );
  expect(await eventsOf('flood')).toBe(queueMessagesMax);
});

test('what waits is bounded by its memory as well as by its number', async () => {
  const intake = await intakeWith({ queueBytesMax: 100_000 });
  const release = await stall(shop);
  const large = message('heavy', { event: { action: 'E', properties: { text: 'x'.repeat(10_000) } } });
  const taken = Array.from({ length: 20 }, () => intake.take(shop, [large], fromPage));
  const outcomes = Promise.allSettled(taken);
  expect(intake.waiting().bytes).toBeLessThanOrEqual(100_000);
  expect(intake.waiting().messages).toBe(4);
  await release();
  expect((await outcomes).filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
  expect(intake.waiting()).toEqual({ messages: 0, bytes: 0 });
});

test('a request that is larger than the queue gets in when nothing waits', async () => {
  const intake = await intakeWith({ queueMessagesMax: 2 });
  const results = await intake.take(shop, [message('large'), message('large'), message('large')], fromPage);
  expect(results.map(({ accepted }) => accepted)).toEqual([true, true, true]);
});

test('requests that wait together are written together, and each learns its own outcome', async () => {
  const intake = await intakeWith({ queueMessagesMax: 1_000, attributesPerProfileMax: 1 });
  const release = await stall(shop);
  const requests = Array.from({ length: 40 }, (_, n) => [
    message(`together-${n}`),
    message(`together-${n}`, { traits: n === 7 ? { a: 1, b: 2 } : { a: 1 } }),
  ]);
  const first = intake.take(shop, [message('first')], fromPage);
  await untilWaiting(server.lethe.database.reads);
  const outcomes = Promise.all(requests.map((messages) => intake.take(shop, messages, fromPage)));
  await release();
  await first;
  expect((await outcomes).map((results) => results.map(({ accepted }) => accepted))).toEqual(
    requests.map((_, n) => [true, n !== 7]),
  );
  // Two transactions at once: which of them ends first is not said.
  expect(intake.written.toSorted((a, b) => a - b)).toEqual([1, 80]);
});

test('whoever names nobody that is being written does not wait for those who do', async () => {
  const intake = await intakeWith({ queueMessagesMax: 1_000 });
  await intake.take(shop, [message('slow')], fromPage);
  const release = await holdUser('slow');
  const slow = [intake.take(shop, [message('slow')], fromPage)];
  await untilWaiting(server.lethe.database.reads);
  slow.push(intake.take(shop, [message('slow')], fromPage));
  await Promise.all(Array.from({ length: 60 }, (_, n) => intake.take(shop, [message(`swift-${n}`)], fromPage)));
  expect(intake.waiting().messages).toBe(2);
  await release();
  await Promise.all(slow);
  expect([await eventsOf('slow'), await eventsOf('swift-59')]).toEqual([3, 1]);
  expect(intake.written).toEqual([1, 60, 1, 1]);
});

test('a single message does not wait for one of another user that is being written', async () => {
  const intake = await intakeWith();
  await intake.take(shop, [message('stuck')], fromPage);
  const release = await holdUser('stuck');
  const stuck = intake.take(shop, [message('stuck')], fromPage);
  await untilWaiting(server.lethe.database.reads);
  await intake.take(shop, [message('alone')], fromPage);
  expect(intake.waiting().messages).toBe(1);
  await release();
  await stuck;
  expect([await eventsOf('stuck'), await eventsOf('alone')]).toEqual([2, 1]);
});

test('one request that the database cannot take fails alone', async () => {
  const { starts } = server.database.database;
  const { event } = server.database.ds.tables;
  await sql`
    CREATE FUNCTION public.refuse_poison() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN IF NEW.action = 'Poison' THEN RAISE EXCEPTION SQLSTATE '22000'; END IF; RETURN NEW; END $$`.execute(
    starts,
  );
  await sql`CREATE TRIGGER poison BEFORE INSERT ON ${event} FOR EACH ROW EXECUTE FUNCTION public.refuse_poison()`.execute(
    starts,
  );
  try {
    const intake = await intakeWith({ queueMessagesMax: 1_000 });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 9 }, (_, n) =>
        intake.take(shop, [message(`beside-${n}`, { event: { action: n === 5 ? 'Poison' : 'Fine' } })], fromPage),
      ),
    );
    expect(outcomes.map(({ status }) => status === 'rejected')).toEqual(outcomes.map((_, n) => n === 5));
    expect([await eventsOf('beside-4'), await eventsOf('beside-5')]).toEqual([1, 0]);
  } finally {
    await sql`DROP TRIGGER poison ON ${event}`.execute(starts);
  }
});

test('a dataset that has to wait does not keep another one waiting', async () => {
  const release = await stall(shop);
  const waiting = send(server.url, 'waits');
  expect((await send(server.url, 'goes on', { writeKey: 'blog-key' })).status).toBe(200);
  await release();
  expect((await waiting).status).toBe(200);
});

test('senders are asked to come again when the database goes away', async () => {
  const release = await stall(blog);
  const answer = send(server.url, 'interrupted', { writeKey: 'blog-key' });
  await untilWaiting(server.lethe.database.reads);
  await sql`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(server.lethe.database.reads);
  const { status, json, headers } = await answer;
  expect([status, json.code, headers.get('retry-after')]).toEqual([503, 'database.away', '5']);
  expect(headers.get('access-control-expose-headers')).toBe('retry-after');
  await release();
  expect((await send(server.url, 'interrupted', { writeKey: 'blog-key' })).status).toBe(200);
});

test('what was taken before a stop is written and answered, and nothing is taken after it', async () => {
  const other = await startLethe({
    env: {
      LETHE_DATABASE_URL: server.database.url,
      LETHE_DATA_DIR: `${server.dataDir}/stopping`,
      LETHE_PORT: '0',
      LETHE_LOG_LEVEL: 'silent',
    },
  });
  const release = await stall(shop);
  const answer = send(other.url, 'last');
  // Others wait for the gate as well: this server is told to stop when it has taken the message.
  const taken = async () => /lethe_messages_waiting 1\b/.test((await ask(`${other.url}/metrics`, 'GET')).text);
  await until(taken, 'the message is taken');
  const stopped = other.stop();
  await release();
  expect((await answer).status).toBe(200);
  await stopped;
  expect(await eventsOf('last')).toBe(1);

  const intake = await intakeWith();
  await intake.stop();
  await expect(intake.take(shop, [message('late')], fromPage)).rejects.toMatchObject({ code: 'events.busy' });
});
