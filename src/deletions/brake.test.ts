import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/database.ts';
import { fillDataset } from '../../test/fill-dataset.ts';
import { systemActor } from '../access/system-actor.ts';
import { on } from '../database/handle.ts';
import { changeDataset } from '../datasets/change.ts';
import type { QuietHours } from '../datasets/quiet-hours.ts';
import { AnswerTimes } from '../http/answer-times.ts';
import type { JobKind } from '../jobs/jobs.ts';
import type { Lethe } from '../lethe.ts';
import { readSettings } from '../settings.ts';
import { Brake, type StartedTurn } from './brake.ts';
import type { DeletionOfDataset } from './deletion.ts';
import { type Job, readJob } from './job.ts';
import { deletionJobs } from './jobs.ts';
import { usersDeleted } from './pace-sql.ts';
import { ensureSigningKey } from './receipt.ts';
import { startDeletion } from './start.ts';
import { findRunning } from './start-sql.ts';

let world: TestDatabase;
let dataDir: string;
let users: number;
/** The clock of every server here: only pauses and steps move it, each step by `stepMs`. */
let now: number;
let stepMs: number;

beforeEach(async () => {
  world = await createTestDatabase();
  dataDir = mkdtempSync(join(tmpdir(), 'lethe-pace-'));
  stepMs = 20;
  now = Date.parse('2026-11-22T19:59:57Z');
  await ensureSigningKey(world.database.starts, new Date(now));
  users = await fillDataset(on(world.dataset, world.database.writes), {
    profiles: 2_000,
    eventsPerProfile: 2,
    share: 0.4,
  });
});
afterEach(async () => {
  await world.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const answerTimes = () => new AnswerTimes(() => now);

/** Has people asked for ten seconds, who waited 20 ms each; what it returns has ten more ask. */
function answering(answers: AnswerTimes): (ms: number) => void {
  const answer = (ms: number) => {
    for (let n = 0; n < 10; n++) answers.add('GET /api/dataset/:ds/users/:id', ms);
  };
  for (let second = 0; second < 10; second++, now += 1_000) answer(20);
  return answer;
}

function lethe(env: Record<string, string> = {}, answers?: AnswerTimes): Lethe {
  return {
    settings: readSettings({ LETHE_DATABASE_URL: world.url, LETHE_DATA_DIR: dataDir, ...env }),
    database: world.database,
    announce: () => {},
    now: () => new Date(now),
    wakeJobs: () => {},
    ...(answers && { answerTimes: answers }),
  };
}

const server = (env: Record<string, string> = {}, answers?: AnswerTimes) =>
  deletionJobs(lethe(env, answers))[0] as unknown as JobKind<DeletionOfDataset>;

const start = () =>
  startDeletion(world.database.starts, world.dataset, {
    segmentId: 'doomd',
    expectedUsers: users,
    actor: systemActor,
    now: () => new Date(now),
  });

interface Moment {
  ms: number;
  deleted: number;
  heldBackBy: string | null;
}

/** Lets servers work in turns to the job's end, and looks at the slices' own rows after every step and pause. */
async function work(
  id: string,
  servers: JobKind<DeletionOfDataset>[],
  each?: (job: Job) => Promise<void>,
): Promise<Moment[]> {
  const began = now;
  const moments: Moment[] = [];
  const open = await Promise.all(servers.map(async (kind) => ({ kind, job: (await kind.open())[0], at: now })));
  for (;;) {
    const next = open.reduce((first, one) => (one.at < first.at ? one : first));
    now = Math.max(now, next.at);
    const result = await next.kind.step(next.job as DeletionOfDataset);
    next.at = now + (typeof result === 'object' ? result.pauseMs : stepMs);
    // Looks are taken beside the steps, in the database's time.
    if (typeof result === 'object') await sleep(10);
    const job = await readJob(world.ds, id, 2);
    moments.push({ ms: now - began, deleted: await usersDeleted(world.ds, id), heldBackBy: job.heldBackBy });
    if (job.state === 'completed') return moments;
    await each?.(job);
  }
}

const quiet = (quietHours: QuietHours | null) =>
  changeDataset(world.database.writes, world.dataset, { quietHours }, { actor: systemActor, now: new Date(now) });
const saidIn = (moments: Moment[]) => [
  ...new Set(moments.map(({ heldBackBy }) => heldBackBy).filter((one) => one !== null)),
];
/** Users whom every moment may have seen deleted at most: a quarter of a second of the limit is one step. */
const most = (rate: number, ms: number) => 1.05 * rate * ((ms + stepMs) / 1_000) + rate / 4;

describe('a limit of users a second', () => {
  test('holds at every moment, is reached, and is said with the name of the setting', async () => {
    const id = await start();
    const moments = await work(id, [server({ LETHE_DELETION_RATE_MAX: '100' })]);
    for (const { ms, deleted } of moments) expect(deleted).toBeLessThanOrEqual(most(100, ms));
    const done = moments.find(({ deleted }) => deleted === users)?.ms ?? 0;
    expect(done).toBeGreaterThan(0.95 * users * 10 - 250);
    expect(done).toBeLessThan(1.05 * users * 10);
    expect(saidIn(moments)).toEqual(['limited to 100 users a second by LETHE_DELETION_RATE_MAX']);
  });

  test('is the rate that the job says of itself, so the time left is true', async () => {
    const id = await start();
    const rates: number[] = [];
    await work(id, [server({ LETHE_DELETION_RATE_MAX: '100', LETHE_DELETION_WORKERS: '1' })], async (job) => {
      if (job.percent > 50 && job.phase === 'deleting')
        rates.push(await readJob(world.ds, id, 1).then((one) => one.usersPerSecond ?? 0));
    });
    expect(Math.max(...rates)).toBeLessThan(150);
  });

  test('holds for two servers together, evened out over seconds', async () => {
    const id = await start();
    const env = { LETHE_DELETION_RATE_MAX: '50' };
    const moments = await work(id, [server(env), server(env)]);
    const done = moments.find(({ deleted }) => deleted === users)?.ms ?? 0;
    expect(done).toBeGreaterThan(0.9 * users * 20 - 1_000);
  });

  test('of 0, as without the setting, makes nobody wait', async () => {
    const id = await start();
    const moments = await work(id, [server()]);
    expect(saidIn(moments)).toEqual([]);
    expect(moments.length).toBeLessThan(20);
  });
});

describe('quiet hours', () => {
  test('hold until their end, and then the job goes at full speed', async () => {
    await quiet({ from: '08:00', to: '20:00', usersPerSecond: 60 });
    const moments = await work(await start(), [server()]);
    const during = moments.filter(({ ms }) => ms < 3_000);
    for (const { ms, deleted } of during) expect(deleted).toBeLessThanOrEqual(most(60, ms));
    expect(during.at(-1)?.deleted).toBeGreaterThan(100);
    expect(saidIn(during)).toEqual([
      'limited to 60 users a second in the quiet hours of this dataset, until 20:00 UTC',
    ]);
    expect(moments.at(-1)?.ms).toBeLessThan(5_000);
  });

  test('are those of this moment: taking them away frees a job that is running', async () => {
    await quiet({ from: '00:00', to: '23:59', usersPerSecond: 10 });
    const id = await start();
    let taken = false;
    const moments = await work(id, [server()], async ({ deleted }) => {
      if (!taken && deleted >= 10) await quiet(null);
      taken ||= deleted >= 10;
    });
    expect(moments.at(-1)?.ms).toBeLessThan(20_000);
  });

  test('let the smaller of the two limits hold', async () => {
    await quiet({ from: '08:00', to: '20:00', usersPerSecond: 500 });
    const moments = await work(await start(), [server({ LETHE_DELETION_RATE_MAX: '200' })]);
    expect(saidIn(moments)[0]).toBe('limited to 200 users a second by LETHE_DELETION_RATE_MAX');
  });
});

test.each(['step', 'proof'] as const)(
  'a job that is not alone rests within a %s, and no second time after it',
  async (what) => {
    const answers = answerTimes();
    answering(answers);
    await start();
    const job = await findRunning(world.ds);
    if (!job) throw new Error('no job runs');
    const brake = new Brake(lethe({ LETHE_DELETION_WORKERS: '2' }, answers), { dataset: world.dataset, job }, 1_000);
    const turn = brake.turn() as StartedTurn;
    const began = performance.now();
    await sleep(20);
    const restsAt = performance.now();
    await (what === 'step' ? turn.plan : turn.proofSize).rest?.();
    // A tenth of the speed of two workers is a fifth of one's time: it rests for four times as long as it has worked.
    const workedMs = restsAt - began;
    const restedMs = performance.now() - restsAt;
    expect(restedMs).toBeGreaterThan(Math.min(4 * workedMs, 100) - 2);
    now += workedMs + restedMs;
    turn.end(false);
    const next = brake.turn();
    const stillToRest = Math.max(0, 4 * workedMs - restedMs);
    expect('waitMs' in next ? next.waitMs : 0).toBeLessThan(stillToRest + 3);
  },
);

test('a job goes slower while visitors wait longer than usual, says so, and still ends', async () => {
  const answers = answerTimes();
  const answer = answering(answers);
  const id = await start();
  // So that it runs for long enough to see that they wait.
  stepMs = 600;
  const moments = await work(id, [server({}, answers)], async () => answer(400));
  const slower = saidIn(moments).filter((one) => one.startsWith('slower'));
  expect(slower[0]).toMatch(/^slower for \d+ s, while it finds out how much others can bear$/);
  expect(slower.at(-1)).toMatch(/^slower for \d+ s, to keep answers fast for visitors$/);
  expect(moments.at(-1)).toMatchObject({ deleted: users, heldBackBy: null });
});
