import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '../src/database/postgres.ts';
import { LetheProcess } from '../test/lethe-process.ts';
import { type BulkDeletion, deleteInBulk } from './bulk-deletion.ts';
import { makeFilledDataset } from './filled-dataset.ts';
import { expectStatus } from './ingest-server.ts';
import { measureLimit } from './kindness/limit.ts';
import { measureStarts } from './kindness/starts.ts';
import { startVisitors } from './kindness/visitors.ts';
import type { AnswersResult } from './load/answers.ts';
import { startCores } from './load/cpu-seconds.ts';
import { DiskMonitor, type DiskResult } from './load/disk.ts';
import { machine, serverSettings } from './machine.ts';
import { peakMemoryMb } from './memory.ts';

const lookUpsPerSecond = 300;
const eventsPerSecond = 500;
const eventsPerProfile = 10;
/** A longer queue, of more than comes in a quarter of a second, grows with the time of the measurement, and so do all figures. */
const waitingMax = lookUpsPerSecond / 4;
/** The first requests fill caches and plan statements. */
const warmUpSeconds = 3;

type Say = (text: string) => void;

/**
 * What those who use the system notice of a bulk deletion of half of all users: the times of look-ups and of events without it and
 * meanwhile. Then how near a job is to a limit of users a second, and how long the answer to a start takes beside an import.
 */
export async function kindnessBenchmark(options: Record<string, string | boolean | undefined>) {
  const quick = options.quick === true;
  const profiles = Number(options.profiles ?? (quick ? 50_000 : 1_000_000));
  // Of 20 s, a moment in which the disk stands still was often in one of the two only.
  const seconds = Number(options.seconds ?? (quick ? 3 : 40));
  const say: Say = options.json ? () => {} : (text) => console.log(text);
  const lethe = new LetheProcess({ LETHE_PARTITIONS: '16', LETHE_LOG_LEVEL: 'warn' });
  try {
    await lethe.start();
    const readyMb = peakMemoryMb(lethe.pid);
    const load = await measureLoad(lethe, { profiles, seconds }, say);
    const peakMb = { ready: readyMb, deletion: peakMemoryMb(lethe.pid), limit: 0, starts: 0 };
    say(`Most memory of the server: ${peakMb.deletion} MB; ${peakMb.ready} MB when it was ready`);

    const limit = await measureLimit(lethe, Math.round(profiles / 10));
    peakMb.limit = peakMemoryMb(lethe.pid);
    say(`Limited to ${limit.limit} users/s: ${limit.rate} users/s, ${limit.offPercent} % off`);

    await lethe.stop();
    await lethe.start();
    const starts = await measureStarts(lethe, profiles);
    peakMb.starts = peakMemoryMb(lethe.pid);
    const answers = starts.starts.map(({ users, ms }) => `${users} users ${ms} ms`).join(', ');
    say(`Starts while ${starts.rows} rows are imported: ${answers}`);

    const settings = await settingsOf(lethe);
    const asked = { profiles, seconds, lookUpsPerSecond, eventsPerSecond };
    return { benchmark: 'kindness', machine: machine(), settings, options: asked, ...load, limit, ...starts, peakMb };
  } finally {
    await lethe.remove();
  }
}

async function measureLoad(
  lethe: LetheProcess,
  { profiles, seconds }: { profiles: number; seconds: number },
  say: Say,
) {
  say(`Filling ${profiles} profiles with ${eventsPerProfile} events each…`);
  const { id, firstUser, users } = await makeFilledDataset(lethe, 'shop', { profiles, eventsPerProfile, share: 0.5 });
  const { key } = await expectStatus(lethe, 201, 'POST', `/api/dataset/${id}/write-keys`, { name: 'bench' });
  const visitors = startVisitors({
    url: lethe.url,
    dataset: id,
    authorization: lethe.credentials.authorization,
    writeKey: String(key),
    firstUser,
    users,
    lookUpsPerSecond,
    eventsPerSecond,
  });
  const diskMonitor = new DiskMonitor(lethe.dataDir);
  await sleep(warmUpSeconds * 1_000);
  diskMonitor.look();
  visitors.enter('without');
  const coresWithout = startCores(lethe);
  await sleep(seconds * 1_000);
  const calm = { cores: coresWithout(), disk: diskMonitor.look() };
  visitors.enter('during');
  const coresDuring = startCores(lethe);
  const deletion = await deleteInBulk(lethe, id, 'halfx');
  const busy = { cores: coresDuring(), disk: diskMonitor.look() };
  visitors.enter('after');
  await diskMonitor.stop();
  const { without, during } = await visitors.stop();
  if (!without || !during) throw new Error('nothing was asked');
  const lookUps = compare(without.lookUps, during.lookUps);
  const events = compare(without.events, during.events);
  const waiting = { without: without.waiting, during: during.waiting };
  say(describeDeletion(deletion));
  if (waiting.without > waitingMax) {
    say(`${waiting.without} requests waited without a job: this machine does not keep up, so the ratios say nothing.`);
  }
  say(`Look-ups: ${describe(lookUps)}`);
  say(`Events: ${describe(events)}`);
  say(`A small file beside the database: ${describeDisk(calm.disk)} without, ${describeDisk(busy.disk)} meanwhile`);
  say(`Cores: ${describeCores(calm.cores)} without, ${describeCores(busy.cores)} meanwhile`);
  const cores = { without: calm.cores, during: busy.cores };
  const disk = { without: calm.disk, during: busy.disk };
  return { deletion, lookUps, events, waiting, keepsUpWithout: waiting.without <= waitingMax, cores, disk };
}

interface Compared {
  without: AnswersResult;
  during: AnswersResult;
  p50Ratio: number;
  p99Ratio: number;
}

function compare(without: AnswersResult, during: AnswersResult): Compared {
  const ratio = (of: 'p50' | 'p99') => Math.round((during[of] / without[of]) * 1_000) / 1_000;
  return { without, during, p50Ratio: ratio('p50'), p99Ratio: ratio('p99') };
}

function describe({ without, during, p50Ratio, p99Ratio }: Compared): string {
  return (
    `p50 ${ms(without.p50)} without, ${ms(during.p50)} meanwhile, ratio ${p50Ratio}; ` +
    `p99 ${ms(without.p99)} without, ${ms(during.p99)} meanwhile, ratio ${p99Ratio}`
  );
}

function describeCores({ server, database }: { server: number; database: number }): string {
  return `server ${server}, database ${database}`;
}

function describeDisk({ p50, p99, max, stoodStillPercent }: DiskResult): string {
  return `p50 ${ms(p50)}, p99 ${ms(p99)}, max ${ms(max)}, ${stoodStillPercent} % of the time in writes that took longer than 25 ms`;
}

function describeDeletion(deletion: BulkDeletion): string {
  const { users, seconds, phases, usersPerSecond, stillest, slowestAnswerMs, heldBackBy } = deletion;
  const held = Object.entries(heldBackBy).map(([why, held]) => `; ${held.toFixed(1)} s ${why}`);
  return (
    `${users} users deleted in ${seconds.toFixed(1)} s, ${usersPerSecond.whole} users/s; ` +
    `deleting phase ${phases.deleting} s, ${usersPerSecond.deleting} users/s; ` +
    `no progress for ${stillest.seconds} s at most, in the phase ${stillest.phase} (slowest answer ${slowestAnswerMs} ms)${held.join('')}`
  );
}

async function settingsOf(lethe: LetheProcess): Promise<Record<string, string>> {
  const database = openDatabase(lethe.databaseUrl, 10);
  try {
    return await serverSettings(database.reads);
  } finally {
    await database.close();
  }
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
