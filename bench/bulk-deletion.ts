import { setTimeout as sleep } from 'node:timers/promises';
import type { Job } from '../src/deletions/job.ts';
import { type KeySet, verifyReceipt } from '../src/deletions/verify-receipt.ts';
import type { LetheProcess } from '../test/lethe-process.ts';
import { expectStatus } from './ingest-server.ts';

/** How a bulk deletion went, by the API. */
export interface BulkDeletion {
  users: number;
  /** Until the start was answered. */
  startMs: number;
  /** From asking for it to its completion, with proof and receipt. */
  seconds: number;
  /** As the receipt says. */
  phases: Record<string, number>;
  usersPerSecond: { deleting: number; whole: number };
  /** The longest time in which nothing that a job shows of its progress moved. */
  stillest: { seconds: number; phase: string };
  /** The slowest answer of the API about the job: so much of a stillness may be nothing but not knowing. */
  slowestAnswerMs: number;
  /** Seconds in which the job said that something held it back, by what it said, without its numbers. */
  heldBackBy: Record<string, number>;
}

const pollEveryMs = 50;

/** Starts the deletion of a segment's users, and follows it until it is complete. */
export async function deleteInBulk(lethe: LetheProcess, dataset: string, segment: string): Promise<BulkDeletion> {
  const started = await startInBulk(lethe, dataset, segment);
  return followToEnd(lethe, dataset, started);
}

export interface StartedDeletion {
  id: string;
  users: number;
  /** Moment at which it was asked for, in milliseconds since 1970. */
  askedAt: number;
  startMs: number;
}

export async function startInBulk(lethe: LetheProcess, dataset: string, segment: string): Promise<StartedDeletion> {
  const path = `/api/dataset/${dataset}/segments/${segment}`;
  const users = Number((await expectStatus(lethe, 200, 'GET', path)).users);
  const askedAt = Date.now();
  const began = performance.now();
  const { id } = await expectStatus(lethe, 202, 'POST', `${path}/deletions`, { expectedUsers: users, consent: true });
  return { id: String(id), users, askedAt, startMs: round(performance.now() - began, 1) };
}

export async function followToEnd(
  lethe: LetheProcess,
  dataset: string,
  { id, users, askedAt, startMs }: StartedDeletion,
): Promise<BulkDeletion> {
  const path = `/api/dataset/${dataset}/deletions/${id}`;
  const { completedAt, ...followed } = await follow(lethe, path);
  const { text: receipt } = await lethe.api('GET', `${path}/receipt`);
  const keys = (await expectStatus(lethe, 200, 'GET', '/.well-known/jwks.json')) as unknown as KeySet;
  const { phases: said = [] } = await verifyReceipt(receipt, keys);
  const phases = Object.fromEntries(said.map((phase) => [phase.name, phase.seconds]));
  const seconds = (Date.parse(completedAt) - askedAt) / 1_000;
  return {
    users,
    startMs,
    seconds,
    phases,
    usersPerSecond: {
      deleting: Math.round(users / (phases.deleting ?? Number.NaN)),
      whole: Math.round(users / seconds),
    },
    ...followed,
  };
}

async function follow(
  lethe: LetheProcess,
  path: string,
): Promise<Pick<BulkDeletion, 'stillest' | 'slowestAnswerMs' | 'heldBackBy'> & { completedAt: string }> {
  const heldBackBy: Record<string, number> = {};
  let stillest = { seconds: 0, phase: '' };
  let slowestAnswerMs = 0;
  let moved = { shown: '', phase: 'start', at: performance.now() };
  for (let seen = performance.now(); ; ) {
    const asked = performance.now();
    const job = (await expectStatus(lethe, 200, 'GET', path)) as unknown as Job;
    const now = performance.now();
    slowestAnswerMs = Math.max(slowestAnswerMs, round(now - asked, 1));
    const seconds = round((now - moved.at) / 1_000, 3);
    if (seconds > stillest.seconds) stillest = { seconds, phase: moved.phase };
    const shown = progressOf(job);
    if (shown !== moved.shown) moved = { shown, phase: job.phase ?? job.state, at: now };
    if (job.heldBackBy) {
      const why = job.heldBackBy.replace(/\d[\d,.]*/g, '…');
      heldBackBy[why] = round((heldBackBy[why] ?? 0) + (now - seen) / 1_000, 3);
    }
    seen = now;
    if (job.completedAt) return { completedAt: job.completedAt, stillest, slowestAnswerMs, heldBackBy };
    await sleep(pollEveryMs);
  }
}

/** What moves when the job does; what it says of its rate and of what is left follows from that. */
function progressOf({ state, phase, deleted, rowsDeleted, scrub, verified }: Job): string {
  return JSON.stringify({ state, phase, deleted, rowsDeleted, scrub, verified });
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
