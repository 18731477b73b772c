import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../../test/server.ts';
import { until } from '../../test/waiting.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ LETHE_CLOCK_SECONDS: '1' });
});
afterAll(() => server.close());

const shop = '/api/dataset/shop';

async function create(name: string, rule: unknown): Promise<string> {
  const { json } = await server.api('POST', `${shop}/segments`, { name, kind: 'rule', rule });
  await until(
    async () => (await server.api('GET', `${shop}/segments/${json.id}`)).json.state === 'ready',
    'it is ready',
  );
  return json.id;
}

/** What is past moves back by so many days, and what is due comes nearer. */
async function passDays(days: number): Promise<void> {
  const { tables } = server.database.ds;
  const by = sql`make_interval(days => ${days})`;
  await server.database.database.starts.transaction().execute(async (tx) => {
    await sql`UPDATE ${tables.profile} SET last_activity = last_activity - ${by}`.execute(tx);
    await sql`UPDATE ${tables.clock} SET due_at = due_at - ${by}`.execute(tx);
  });
}

test('a running server lets a user out when the time has come, and says what its clock did', async () => {
  const id = await create('Seen in the last 30 days', { visits: 'lastActivity', is: 'inTheLast', days: 30 });
  const other = await create('Buyers', { action: 'Purchase', did: true });
  const show = async (segment: string) => (await server.api('GET', `${shop}/segments/${segment}`)).json;
  expect([await show(id), await show(other)]).toMatchObject([{ looksAtClock: true }, { looksAtClock: false }]);

  const { json: imported } = await server.api(
    'POST',
    `${shop}/imports?kind=events`,
    JSON.stringify({ userId: 'anna', event: 'View Item', timestamp: new Date().toISOString() }),
    { 'content-type': 'application/x-ndjson' },
  );
  await until(
    async () => (await server.api('GET', `${shop}/imports/${imported.id}`)).json.state === 'completed',
    'the import is done',
  );
  expect((await show(id)).users).toBe(1);
  await passDays(31);
  const clock = async () => (await server.api('GET', `${shop}/clock`)).json;
  await until(async () => (await clock()).lastRun !== null, 'the clock has looked');
  expect((await show(id)).users).toBe(0);
  expect(await clock()).toEqual({
    everySeconds: 1,
    setting: 'LETHE_CLOCK_SECONDS',
    due: 0,
    dueSince: null,
    nextAt: null,
    lastRun: { at: expect.any(String), users: 1, joined: 0, left: 1 },
  });
  const metrics = await fetch(`${server.url}/metrics`);
  expect(await metrics.text()).toContain('lethe_clock_looks_total{dataset="shop"} 1');
});
