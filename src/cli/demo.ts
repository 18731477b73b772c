import type { Command } from 'commander';
import { type Call, does, wholeNumber, withExamples } from './command.ts';
import { type DemoServer, startDemoServer } from './demo/demo-server.ts';
import * as story from './demo/story.ts';
import { exitStatus, wrongUsage } from './exit-status.ts';
import { coloured, type Output } from './output.ts';
import { count, duration, facts } from './text.ts';

interface DemoOptions {
  data?: string;
  users: number;
  keep?: boolean;
}

const usersDefault = 100_000;
/** Below that the segment may have nobody in it; beyond that the demonstration is a benchmark. */
const usersMin = 100;
const usersMax = 10_000_000;

export function addDemo(program: Command): void {
  const demo = program
    .command('demo')
    .summary('show the main job end to end, on a generated shop')
    .description(
      'Show the main job end to end, on a server and a shop made for the occasion: import, segment, preview, bulk ' +
        'deletion, proof, receipt. The shop is the same every time. Leaves nothing behind.',
    )
    .option('--users <number>', 'users of the generated shop', wholeNumber, usersDefault)
    .option('--data <folder>', 'an empty or new folder to use and to leave; otherwise a temporary one')
    .option('--keep', 'leave the server running, to look around');
  withExamples(
    demo,
    ['lethe demo', 'about a minute'],
    ['lethe demo --users 10000 --keep', 'a small shop; prints how to sign in and how to stop it'],
  );
  does<DemoOptions>(demo, runDemo);
}

async function runDemo({ options, output }: Call<DemoOptions>): Promise<void> {
  const { users, data, keep = false } = options;
  if (users < usersMin || users > usersMax)
    throw wrongUsage('users', `--users is between ${count(usersMin)} and ${count(usersMax)}.`);
  const interrupted = new AbortController();
  const onSignal = () => interrupted.abort(new Error('Interrupted.'));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, onSignal);
  let server: DemoServer | undefined;
  let kept = false;
  try {
    const begunAt = Date.now();
    output.say(`${coloured('bold', 'Lethe, from an empty folder to a proven deletion.')}`);
    chapter(output, 1, 'A server and a database of its own');
    server = await startDemoServer({ ...(data ? { folder: data } : {}), keep, signal: interrupted.signal });
    output.say(
      `  Ready at ${server.url} after ${duration((Date.now() - begunAt) / 1000)}, with everything in ${server.dataDir}.`,
    );
    const told = tell({ server, output, signal: interrupted.signal }, users);
    const figures = await Promise.race([told, rejectedBy(interrupted.signal)]);
    kept = keep;
    finish(output, server, { ...figures, seconds: (Date.now() - begunAt) / 1000, keep });
  } finally {
    if (!kept) await server?.end();
    // What was being told would otherwise go on waiting for the server that has just been stopped.
    if (interrupted.signal.aborted) leave(output, server);
  }
}

async function tell(telling: { server: DemoServer; output: Output; signal: AbortSignal }, users: number) {
  const { output } = telling;
  chapter(output, 2, `A shop with three years of history: ${count(users)} users, two thirds of them anonymous`);
  const filled = await story.fillShop(telling, users);
  chapter(output, 3, 'A segment: whoever has done nothing for two years');
  const segment = await story.makeSegment(telling, filled.shop.gone);
  chapter(output, 4, 'The preview: what would go, before anybody consents');
  const preview = await story.previewDeletion(telling, segment, filled.shop.gone);
  chapter(output, 5, 'Delete all users in the segment');
  const job = await story.deleteUsers(telling, segment, filled.shop.gone);
  chapter(output, 6, 'The receipt, verified offline with the public key');
  await story.checkReceipt(telling, job);
  chapter(output, 7, 'Looking again');
  const after = await story.lookAgain(telling, segment, filled.shop);
  return {
    imported: { rows: filled.rows, seconds: filled.seconds, rowsPerSecond: Math.round(filled.rows / filled.seconds) },
    before: filled.summary,
    preview: { users: preview.users, shareOfDataset: preview.shareOfDataset, rows: preview.rows },
    job,
    receipt: { valid: true, oneChangedByteRefused: true },
    after,
  };
}

function chapter(output: Output, number: number, title: string): void {
  output.say(`\n${coloured('bold', `${number}. ${title}`)}`);
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
}

function leave(output: Output, server: DemoServer | undefined): never {
  const left = server?.temporary === false ? `the folder ${server.dataDir} is yours` : 'nothing is left of it';
  output.remark(`\nInterrupted. The server is stopped; ${left}.`);
  process.exit(exitStatus.failed);
}

type Told = Awaited<ReturnType<typeof tell>> & { seconds: number; keep: boolean };

function finish(output: Output, server: DemoServer, { keep, ...figures }: Told): void {
  const { url, dataDir, administrator, token } = server;
  const running = keep ? { url, dataDir, administrator, token } : null;
  const end = keep
    ? [
        `Done in ${duration(figures.seconds)}. The server goes on:`,
        '',
        facts([
          ['Address', url],
          ['E-mail', administrator.email],
          ['Password', administrator.password],
          ['Commands', `LETHE_URL=${url} LETHE_TOKEN=${token} lethe …`],
          ['Stop it', `LETHE_DATA_DIR=${dataDir} lethe stop`],
          ['Folder', `${dataDir} (yours to remove)`],
        ]),
      ].join('\n')
    : `Done in ${duration(figures.seconds)}. The server is stopped${server.temporary ? ' and nothing is left of it' : `; the folder ${dataDir} is yours`}. To look around next time: lethe demo --keep`;
  output.result({ ...figures, running }, `\n${end}`);
}
