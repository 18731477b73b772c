import { setTimeout as sleep } from 'node:timers/promises';
import { copyRate } from './ingest-copy.ts';
import type { Load } from './ingest-generator.ts';
import { type Measured, startLoad } from './ingest-load.ts';
import { expectStatus, type IngestServer, startIngestServer } from './ingest-server.ts';
import { machine, median, serverSettings } from './machine.ts';

type Options = Record<string, string | boolean | undefined>;
type Say = (text: string) => void;

/** Share of what was taken at most that is offered when the answers are timed. */
const offeredShare = 0.7;
const copiedRowsMax = 100_000;

/**
 * Events by the tracking API, from a process of their own over HTTP: how many a second become durable, and how long the answers
 * take at a rate that does not wait for them; against COPY of the same rows. Then the answers while a bulk deletion of half of
 * the users runs, half of whose events come from those who are being deleted.
 */
export async function ingestBenchmark(options: Options) {
  const quick = options.quick === true;
  const asked = {
    segments: numbers(options.segments, [20, 200]),
    batches: numbers(options.batches, [1, 10, 100]),
    seconds: Number(options.seconds ?? (quick ? 3 : 10)),
    users: Number(options.users ?? (quick ? 5_000 : 50_000)),
    deletedUsers: Number(options['deleted-users'] ?? (quick ? 10_000 : 100_000)),
    pairs: Number(options.pairs ?? (quick ? 1 : 3)),
  };
  const say: Say = options.json ? () => {} : (text) => console.log(text);
  const runs = [];
  for (const segments of asked.segments) runs.push(await measureIngest(segments, asked, say));
  const deletions = [];
  for (let pair = 0; pair < asked.pairs; pair++) deletions.push(await measureWhileDeleting(asked, say));
  return {
    benchmark: 'ingest',
    machine: machine(),
    settings: runs[0]?.settings,
    options: asked,
    runs: runs.map(({ settings: _, ...run }) => run),
    whileDeleting: deletions,
    whileDeletingRatio: median(deletions.map(({ ratio }) => ratio)),
  };
}

function numbers(option: string | boolean | undefined, otherwise: number[]): number[] {
  return typeof option === 'string' ? option.split(',').map(Number) : otherwise;
}

async function measureIngest(
  segments: number,
  { batches, seconds, users }: { batches: readonly number[]; seconds: number; users: number },
  say: Say,
) {
  say(`${segments} segments, ${users} users with 10 events each…`);
  const server = await startIngestServer({ segments, users });
  try {
    const rates = [];
    for (const batch of batches) {
      // The first requests fill caches and plan statements.
      await load(server, { batch, connections: connectionsFor(batch), seconds: Math.min(3, seconds) });
      const most = await load(server, { batch, connections: connectionsFor(batch), seconds });
      const perSecond = most.eventsPerSecond * offeredShare;
      const timed = await load(server, { batch, connections: 128, seconds, perSecond });
      rates.push({
        batch,
        eventsPerSecond: most.eventsPerSecond,
        cores: most.cores,
        most,
        offered: Math.round(perSecond),
        timed,
      });
      say(
        `batches of ${batch}: ${most.eventsPerSecond} events/s (${describeCores(most)}); ` +
          `offered ${Math.round(perSecond)}/s: p50 ${ms(timed.p50)}, p99 ${ms(timed.p99)}`,
      );
    }
    const copy = await copyRate(server, copiedRowsMax);
    const best = Math.max(...rates.map(({ eventsPerSecond }) => eventsPerSecond));
    const ratio = best / copy.perSecond;
    say(`COPY of ${copy.rows} of these rows alone: ${copy.perSecond} rows/s; ratio ${ratio.toFixed(3)}`);
    return { segments, rates, copy, ratio, settings: await serverSettings(server.database.reads) };
  } finally {
    await server.close();
  }
}

function connectionsFor(batch: number): number {
  return batch === 1 ? 128 : batch < 100 ? 64 : 32;
}

/** Nearly all of them return; some are new, as everywhere. */
const deletionLoad = { perSecond: 1_000, batch: 10, connections: 128, newShare: 0.05 };

async function measureWhileDeleting({ deletedUsers, seconds }: { deletedUsers: number; seconds: number }, say: Say) {
  say(`20 segments, ${2 * deletedUsers} users, of whom a bulk deletion takes every second one…`);
  const server = await startIngestServer({ segments: 20, users: 2 * deletedUsers });
  try {
    await load(server, { ...deletionLoad, seconds: 3 });
    const without = await load(server, { ...deletionLoad, seconds });
    const running = startLoad(loadOn(server, deletionLoad), server.lethe);
    const began = performance.now();
    await deleteUsers(server);
    const deletionSeconds = (performance.now() - began) / 1_000;
    running.stop();
    const during = checked(await running.measured);
    const ratio = during.p99 / without.p99;
    say(
      `without: p99 ${ms(without.p99)}; while ${server.doomed} users are deleted (${deletionSeconds.toFixed(1)} s): ` +
        `p99 ${ms(during.p99)}, ratio ${ratio.toFixed(2)} (${describeCores(during)})`,
    );
    return { users: server.doomed, deletionSeconds, without, during, ratio };
  } finally {
    await server.close();
  }
}

/** Deletes the users of `doomd` in bulk, and waits until it is complete. */
async function deleteUsers({ lethe, doomed }: IngestServer): Promise<void> {
  const path = '/api/dataset/shop/segments/doomd/deletions';
  const started = await expectStatus(lethe, 202, 'POST', path, { expectedUsers: doomed, consent: true });
  for (;;) {
    const job = await expectStatus(lethe, 200, 'GET', `/api/dataset/shop/deletions/${started.id}`);
    if (job.completedAt) return;
    await sleep(50);
  }
}

function loadOn(
  { lethe, writeKey, firstUser, users }: IngestServer,
  wanted: Partial<Load> & { batch: number; connections: number },
): Load {
  return { url: lethe.url, writeKey, firstUser, users, newShare: 0.1, ...wanted };
}

async function load(server: IngestServer, wanted: Parameters<typeof loadOn>[1]): Promise<Measured> {
  return checked(await startLoad(loadOn(server, wanted), server.lethe).measured);
}

/** A benchmark of answers that were errors would be worth nothing. */
function checked(measured: Measured): Measured {
  const wrong = Object.keys(measured.statuses).filter((status) => status !== '200' && status !== '429');
  if (wrong.length > 0) throw new Error(`The server answered ${wrong.join(', ')}: ${measured.failures.join('; ')}`);
  return measured;
}

function describeCores({ cores }: Measured): string {
  return `cores: database ${cores.database}, server ${cores.server}, generator ${cores.generator}`;
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
