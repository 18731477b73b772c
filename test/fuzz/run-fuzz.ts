import { fileURLToPath } from 'node:url';
import { on } from '../../src/database/handle.ts';
import { openDatabase } from '../../src/database/postgres.ts';
import { findDataset } from '../../src/datasets/dataset-sql.ts';
import { checkInvariants } from '../invariants.ts';
import { LetheProcess, until } from '../lethe-process.ts';
import type { ApiAccess } from './api.ts';
import { checkAnswer, type FuzzRequest } from './case.ts';
import { whatDiffers } from './check-kept.ts';
import { FuzzClient } from './client.ts';
import { drawCase } from './draw-case.ts';
import { countCreated } from './kept-sql.ts';
import { Ledger } from './ledger.ts';
import { MemoryWatch } from './memory.ts';
import { writeKey } from './tracking.ts';

export interface FuzzOptions {
  seed: number;
  /** Requests to send, in cases numbered from `from`. */
  requests: number;
  from?: number;
  connections?: number;
}

export interface FuzzReport {
  requests: number;
  seconds: number;
  /** How often each class was sent. */
  classes: Map<string, number>;
  events: number;
  /** Answered 429: nothing of them was taken. */
  busy: number;
  /** Everything that was not right, and how to see it again. */
  failures: string[];
  /** Resident memory of the server, in bytes: when it was ready, at most, and in the end. */
  memory: { before: number; peak: number; after: number };
}

/** Resident memory that the server may come to, in bytes. */
export const memoryMax = 600_000_000;

/** Sends hostile requests to a server of its own, and then compares what is kept with what was promised. */
export async function runFuzz({ seed, requests, from = 0, connections = 16 }: FuzzOptions): Promise<FuzzReport> {
  const watch = fileURLToPath(new URL('prototype-watch.ts', import.meta.url));
  const lethe = new LetheProcess({
    LETHE_BOOTSTRAP_DATASETS: 'shop,blog',
    LETHE_BOOTSTRAP_WRITE_KEY: `shop:${writeKey}`,
    // Less than all bodies together that are broken off.
    LETHE_QUEUE_BYTES_MAX: '10000000',
    NODE_OPTIONS: `--import=${watch}`,
  });
  try {
    await lethe.start();
    return await fuzz(lethe, { seed, requests, from, connections });
  } finally {
    await lethe.remove();
  }
}

async function fuzz(lethe: LetheProcess, options: Required<FuzzOptions>): Promise<FuzzReport> {
  const { credentials } = lethe;
  await lethe.api('PATCH', '/api/datasets/shop', { eventApi: true });
  const list = await lethe.api('POST', '/api/dataset/shop/segments', { name: 'List', kind: 'manual' });
  const rule = { action: 'View Item', did: true };
  await lethe.api('POST', '/api/dataset/shop/segments', { name: 'Viewers', kind: 'rule', rule });
  const access = { credentials, list: String(list.json.id) };
  const database = openDatabase(lethe.databaseUrl, 4);
  try {
    const dataset = await findDataset(database.reads, 'shop');
    if (!dataset) throw new Error('there is no dataset to fuzz');
    const ds = on(dataset, database.reads);
    const created = await countCreated(ds);
    const memory = new MemoryWatch(lethe.pid);
    const before = memory.look();
    const ledger = new Ledger();
    const span = { from: Date.now(), to: 0 };
    const report = await sendAll(lethe.url, options, access, ledger);
    span.to = Date.now();
    const { failures } = report;
    failures.push(...(await checkImports(lethe, ledger)));
    failures.push(...(await whatDiffers(ds, ledger, span)));
    failures.push(...differentCounts(created, ledger, await countCreated(ds)));
    await checkInvariants(ds).catch((error) => failures.push(String(error)));
    failures.push(...(await checkServer(lethe)));
    const after = memory.look();
    memory.stop();
    if (memory.peak > memoryMax)
      failures.push(`The server came to ${memory.peak} bytes of memory, more than ${memoryMax}.`);
    const seconds = (span.to - span.from) / 1_000;
    const events = ledger.taken.filter(({ event }) => event).length;
    return { ...report, seconds, events, failures, memory: { before, peak: memory.peak, after } };
  } finally {
    await database.close();
  }
}

type Sent = Pick<FuzzReport, 'requests' | 'classes' | 'busy' | 'failures'>;

async function sendAll(url: string, options: Required<FuzzOptions>, access: ApiAccess, ledger: Ledger): Promise<Sent> {
  const { seed, requests, from, connections } = options;
  const client = new FuzzClient(url, connections);
  const sent: Sent = { requests: 0, classes: new Map(), busy: 0, failures: [] };
  let next = from;
  const work = async () => {
    while (sent.requests < requests) {
      const no = next++;
      for (const request of drawCase(seed, no, access)) {
        sent.requests++;
        sent.classes.set(request.what, (sent.classes.get(request.what) ?? 0) + 1);
        await sendOne(client, request, ledger, sent).catch((error) =>
          sent.failures.push(`--seed ${seed} --from ${no}: ${request.what}: ${(error as Error).message}`),
        );
      }
    }
  };
  await Promise.all(Array.from({ length: connections }, work));
  client.close();
  return sent;
}

async function sendOne(client: FuzzClient, request: FuzzRequest, ledger: Ledger, sent: Sent): Promise<void> {
  const answer = await client.send(request);
  if (answer) checkAnswer(answer, request.secrets ?? []);
  if (answer?.status === 429) sent.busy++;
  else request.judge(answer, ledger);
}

async function checkImports(lethe: LetheProcess, { imports }: Ledger): Promise<string[]> {
  const failures: string[] = [];
  for (const { id, accepted, rejected } of imports) {
    const shown = async () => (await lethe.api('GET', `/api/dataset/shop/imports/${id}`)).json;
    await until(async () => ['completed', 'failed'].includes(String((await shown()).state)), `import ${id} has ended`);
    const { state, accepted: taken, rejected: left, errors } = await shown();
    if (state === 'completed' && taken === accepted && left === rejected) continue;
    const reasons = JSON.stringify(errors).slice(0, 500);
    failures.push(`An import of ${accepted} good and ${rejected} bad rows is ${state}: ${taken}, ${left}, ${reasons}`);
  }
  return failures;
}

function differentCounts(before: Record<string, number>, { created }: Ledger, after: Record<string, number>): string[] {
  return Object.entries(after)
    .filter(([kind, count]) => count !== (before[kind] ?? 0) + (created.get(kind) ?? 0))
    .map(
      ([kind, count]) =>
        `There are ${count} of ${kind}; ${before[kind]} were there and ${created.get(kind)} were created.`,
    );
}

async function checkServer(lethe: LetheProcess): Promise<string[]> {
  const { status } = await lethe.api('GET', '/health/ready');
  const said = lethe.output.split('\n');
  return [
    ...(status === 200 ? [] : [`The server is not ready in the end: ${status}.`]),
    ...said.filter((line) => line.startsWith('prototype changed')),
    ...(said.includes('prototypes are watched') ? [] : ['Nobody has watched the prototypes.']),
    ...said.filter((line) => /"level":[56]0/.test(line)).map((line) => line.slice(0, 1_000)),
  ];
}
