import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type KeySet, verifyReceipt } from '../../deletions/verify-receipt.ts';
import { LetheError } from '../../errors.ts';
import type {
  ImportAnswer,
  JobAnswer,
  OrphansAnswer,
  PreviewAnswer,
  SegmentAnswer,
  SummaryAnswer,
} from '../answers.ts';
import { orphansText } from '../check.ts';
import { completedText, previewText } from '../deletion-text.ts';
import { untilComputed } from '../find-segment.ts';
import { followImport } from '../import.ts';
import { coloured, type Output } from '../output.ts';
import { startProgress } from '../progress.ts';
import { amount, count, counted, duration } from '../text.ts';
import { watchJob } from '../watch-job.ts';
import type { DemoServer } from './demo-server.ts';
import { generateShop, subtract } from './generate.ts';
import { goneBefore, type ShopFigures } from './shop.ts';

/** What a chapter works with and adds to. */
interface Story {
  server: DemoServer;
  output: Output;
  signal: AbortSignal;
}

const datasetPath = '/api/dataset/shop';
const segmentName = 'Gone for two years';

/** Creates the dataset and fills it. Returns what the generator counted, and how long the server took. */
export async function fillShop({ server: { client }, output, signal }: Story, users: number) {
  await client.send('POST', '/api/datasets', { id: 'shop', name: 'Demo shop', type: 'development' });
  const shop = generateShop(users);
  const begunAt = Date.now();
  const received = await sendShop({ shop, users, output, signal, client });
  const done = await followImport(client, `${datasetPath}/imports/${received.id}`, {
    json: output.json,
    rowsExpected: shop.rows,
  });
  const seconds = (Date.now() - begunAt) / 1000;
  mustBe('rows accepted', done.accepted, shop.rows);
  mustBe('rows rejected', done.rejected, 0);
  const summary = await client.get<SummaryAnswer>(`${datasetPath}/summary`);
  mustHold(summary, shop.all);
  output.say(`  ${shopText(summary)}`);
  output.say(`  ${counted(shop.rows, 'row')} in ${duration(seconds)}, and every figure is what the generator counted.`);
  return { shop, rows: shop.rows, seconds, summary };
}

type Sending = Pick<Story, 'output' | 'signal'> & { shop: ReturnType<typeof generateShop>; users: number } & Pick<
    DemoServer,
    'client'
  >;

async function sendShop({ shop, users, output, signal, client }: Sending): Promise<ImportAnswer> {
  const progress = startProgress('Sending', users, { json: output.json });
  function* watched() {
    for (const chunk of shop.chunks()) {
      signal.throwIfAborted();
      progress.at(shop.all.users, counted(shop.rows, 'row'));
      yield chunk;
    }
    progress.at(users, counted(shop.rows, 'row'));
  }
  try {
    return await client.upload<ImportAnswer>(`${datasetPath}/imports?kind=events`, {
      body: Readable.toWeb(Readable.from(watched())) as ReadableStream<Uint8Array>,
      headers: { 'content-type': 'application/x-ndjson' },
    });
  } finally {
    progress.end();
  }
}

/** Creates the segment of those who have done nothing for two years. */
export async function makeSegment({ server: { client }, output }: Story, gone: ShopFigures): Promise<SegmentAnswer> {
  const rule = { action: '*', did: false, within: { from: new Date(goneBefore).toISOString() } };
  const begunAt = Date.now();
  const created = await client.send<SegmentAnswer>('POST', `${datasetPath}/segments`, {
    name: segmentName,
    kind: 'rule',
    rule,
  });
  const segment = await untilComputed(client, datasetPath, created, output);
  mustBe('users of the segment', segment.users, gone.users);
  output.say(`  ${JSON.stringify(rule)}`);
  output.say(
    `  ${counted(segment.users ?? 0, 'user')}, found in ${duration((Date.now() - begunAt) / 1000)} over all history, and kept current from now on.`,
  );
  return segment;
}

export async function previewDeletion(
  { server: { client }, output }: Story,
  segment: SegmentAnswer,
  gone: ShopFigures,
): Promise<PreviewAnswer> {
  const preview = await client.get<PreviewAnswer>(`${datasetPath}/segments/${segment.id}/deletion-preview`);
  mustBe('users of the preview', preview.users, gone.users);
  mustBe('events of the preview', preview.rows.events, gone.events);
  output.say(previewText(segment, preview).replaceAll(/^(?=.)/gm, '  '));
  return preview;
}

/** Deletes every user of the segment and shows how it goes. */
export async function deleteUsers(
  { server: { client }, output }: Story,
  segment: SegmentAnswer,
  gone: ShopFigures,
): Promise<JobAnswer> {
  output.say(`  Consent: ticked. The exact number of users: ${count(gone.users)}, typed.`);
  const body = { consent: true, expectedUsers: gone.users };
  const started = await client.send<JobAnswer>('POST', `${datasetPath}/segments/${segment.id}/deletions`, body);
  const job = await watchJob(client, `${datasetPath}/deletions/${started.id}`, {
    json: output.json,
    ownInterrupt: true,
  });
  mustBe('users deleted', job.deleted, gone.users);
  mustBe('events deleted', job.rowsDeleted.events, gone.events);
  mustBe('identities deleted', job.rowsDeleted.identities, gone.identities);
  mustBe(
    'leftovers',
    Object.values(job.verified?.leftovers ?? { unknown: 1 }).reduce((sum, rows) => sum + rows, 0),
    0,
  );
  output.say(completedText(job, 'shop', segment.id).replaceAll(/^(?=.)/gm, '  '));
  return job;
}

/** Fetches the receipt and verifies it as anybody could: with the public keys, offline. */
export async function checkReceipt({ server: { client, dataDir }, output }: Story, job: JobAnswer): Promise<void> {
  const receipt = (await client.text(`${datasetPath}/deletions/${job.id}/receipt`)).trim();
  const keys = await client.get<KeySet>('/.well-known/jwks.json');
  writeFileSync(join(dataDir, 'receipt.jws'), `${receipt}\n`);
  writeFileSync(join(dataDir, 'jwks.json'), `${JSON.stringify(keys)}\n`);
  const payload = await verifyReceipt(receipt, keys);
  mustBe('users of the receipt', payload.users, job.users);
  const middle = Math.floor(receipt.length / 2);
  const changed = `${receipt.slice(0, middle)}${receipt[middle] === 'A' ? 'B' : 'A'}${receipt.slice(middle + 1)}`;
  const refused = await verifyReceipt(changed, keys).then(
    () => false,
    () => true,
  );
  mustBe('changed receipts refused', refused, true);
  output.say(
    `  ${coloured('green', '✓')} Valid: signed by this installation, ${counted(payload.users, 'user')}, nothing left, and not a word about anybody.`,
  );
  output.say(`  ${coloured('green', '✓')} With one changed byte it is refused.`);
}

/** Looks again, from outside: no orphans, the segment disabled and empty, everybody else untouched. */
export async function lookAgain(
  { server: { client }, output }: Story,
  segment: SegmentAnswer,
  shop: { all: ShopFigures; gone: ShopFigures },
) {
  const orphans = await client.get<OrphansAnswer>(`${datasetPath}/check/orphans`);
  mustBe('clean of orphans', orphans.clean, true);
  output.say(`  ${orphansText(orphans)}`);
  const after = await client.get<SegmentAnswer>(`${datasetPath}/segments/${segment.id}`);
  mustBe('segment enabled', after.enabled, false);
  mustBe('users of the segment', after.users, 0);
  output.say(`  ${coloured('green', '✓')} "${segment.name}" is disabled and has 0 users.`);
  const summary = await client.get<SummaryAnswer>(`${datasetPath}/summary`);
  mustHold(summary, subtract(shop.all, shop.gone));
  output.say(`  ${coloured('green', '✓')} Everybody else is untouched: ${shopText(summary)}`);
  return { orphans, segment: after, summary };
}

function shopText(summary: SummaryAnswer): string {
  const { users, anonymous, events, orders, revenue } = summary;
  return `${counted(users, 'user')}, ${count(anonymous)} of them anonymous; ${counted(events, 'event')}; ${counted(orders, 'order')} worth ${amount(revenue)}.`;
}

function mustHold(summary: SummaryAnswer, figures: ShopFigures): void {
  mustBe('users', summary.users, figures.users);
  mustBe('named users', summary.named, figures.named);
  mustBe('identities', summary.identities, figures.identities);
  mustBe('events', summary.events, figures.events);
  mustBe('orders', summary.orders, figures.orders);
  mustBe('revenue', summary.revenue, figures.revenueCents / 100);
}

/** A demonstration that only looks right would be worse than none. */
function mustBe(what: string, seen: unknown, expected: unknown): void {
  if (seen !== expected)
    throw new LetheError(
      'unacceptable',
      'demo.wrong',
      `Wrong figure: ${what}: ${String(seen)} in place of ${String(expected)}.`,
    );
}
