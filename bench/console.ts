import { gzipSync } from 'node:zlib';
import type { BrowserContext, CDPSession, Page } from 'playwright-core';
import { on } from '../src/database/handle.ts';
import { openDatabase } from '../src/database/postgres.ts';
import { findDataset } from '../src/datasets/dataset-sql.ts';
import { launchChromium } from '../test/console/chromium.ts';
import { fillDataset } from '../test/fill-dataset.ts';
import { hold } from '../test/holds.ts';
import { LetheProcess } from '../test/lethe-process.ts';
import { busyProgress } from './console/busy-progress.ts';
import { scrollForAMinute } from './console/scroll.ts';
import { machine, median } from './machine.ts';

const openings = 5;
const updatesFew = 360;
const updatesMany = 3_600;
const administrator = { email: 'ada@example.com', password: 'correct horse battery 7!' };

/**
 * What the console promises of its own speed, in a real Chromium with the real server: the exact count and the first page of a segment
 * of a million users, a minute of scrolling through them, the memory that a long job takes, and what the first load weighs.
 */
export async function consoleBenchmark(options: Record<string, string | boolean | undefined>) {
  const profiles = Number(options.profiles ?? 1_000_000);
  const say = options.json ? () => {} : (text: string) => console.log(text);
  const lethe = new LetheProcess();
  const browser = await launchChromium();
  try {
    await lethe.start();
    say(`Filling ${profiles} users…`);
    const release = await fill(lethe, profiles);
    const context = await browser.newContext({ baseURL: lethe.url, locale: 'en-GB' });
    await signIn(context);
    const firstLoad = await weigh(context);
    say(`First load: ${firstLoad.scriptKb} kB of compressed JavaScript`);
    const opening = await open(context, profiles);
    say(
      `A segment of ${profiles} users opens in ${opening.ms} ms (median of ${openings}; slowest ${opening.msMax} ms)`,
    );
    const scroll = await scrollForAMinute(await showUsers(context));
    say(`A minute of scrolling: ${scroll.frames} frames, the longest ${scroll.longestFrameMs} ms, ${scroll.rows} rows`);
    const heap = await followLongJob(lethe, context);
    say(`Heap: ${heap.mbAfterFew} MB after ${updatesFew} updates, ${heap.mbAfterMany} MB after ${updatesMany}`);
    await release();
    return { benchmark: 'console', machine: machine(), users: profiles, firstLoad, opening, scroll, heap };
  } finally {
    await browser.close();
    await lethe.remove();
  }
}

/** A million users in the segment `every`, half of them in `doomd`, whose deletion will be kept from going on. */
async function fill(lethe: LetheProcess, profiles: number): Promise<() => Promise<void>> {
  await lethe.api('POST', '/api/datasets', { id: 'shop', name: 'Shop', type: 'development' });
  const database = openDatabase(lethe.databaseUrl, 8);
  try {
    const dataset = await findDataset(database.reads, 'shop');
    if (!dataset) throw new Error('the dataset was not created');
    await fillDataset(on(dataset, database.writes), { profiles, eventsPerProfile: 1, share: 0.001 });
    return hold(lethe.databaseUrl, dataset, 'start');
  } finally {
    await database.close();
  }
}

async function signIn(context: BrowserContext): Promise<void> {
  const answer = await context.request.post('/api/auth/sign-in/email', { data: administrator });
  if (!answer.ok()) throw new Error(`the sign-in was refused: ${answer.status()}`);
}

/** JavaScript of the start page, as it is sent: with the compression that the browser asked for. */
async function weigh(context: BrowserContext): Promise<{ scriptKb: number; gzipKb: number; files: number }> {
  const page = await context.newPage();
  const sent: number[] = [];
  const bodies: Promise<Buffer>[] = [];
  page.on('requestfinished', async (request) => {
    if (request.resourceType() !== 'script') return;
    bodies.push(request.response().then((response) => response?.body() ?? Buffer.alloc(0)));
    sent.push((await request.sizes()).responseBodySize);
  });
  await page.goto('/');
  await page.getByRole('table').waitFor();
  await page.waitForLoadState('networkidle');
  const packed = (await Promise.all(bodies)).map((body) => gzipSync(body).length);
  await page.close();
  return { scriptKb: kb(sent), gzipKb: kb(packed), files: sent.length };
}

function kb(bytes: readonly number[]): number {
  return Math.round(bytes.reduce((sum, each) => sum + each, 0) / 100) / 10;
}

async function showUsers(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.goto('/datasets/shop/segments/every/users');
  await page.getByRole('table').getByRole('link').first().waitFor();
  return page;
}

/** From the click on an address to the exact number in the tab and the first rows, in fresh windows. */
async function open(context: BrowserContext, users: number): Promise<{ ms: number; msMax: number; all: number[] }> {
  const all: number[] = [];
  for (let time = 0; time < openings; time++) {
    const page = await context.newPage();
    const began = performance.now();
    await page.goto('/datasets/shop/segments/every/users', { waitUntil: 'commit' });
    const exact = new Intl.NumberFormat('en-GB').format(users);
    await page.getByRole('link', { name: `Users ${exact}` }).waitFor();
    await page.getByRole('table').getByRole('link').first().waitFor();
    all.push(Math.round(performance.now() - began));
    await page.close();
  }
  return { ms: median(all), msMax: Math.max(...all), all };
}

/** The page, not the server, is measured: the news of one real job are told to it over and over, each time with other figures. */
async function followLongJob(lethe: LetheProcess, context: BrowserContext) {
  const { json: segment } = await lethe.api('GET', '/api/dataset/shop/segments/doomd');
  await lethe.api('POST', '/api/dataset/shop/segments/doomd/deletions', {
    consent: true,
    expectedUsers: segment.users,
  });
  const proxy = await busyProgress(lethe.url);
  const page = await context.newPage();
  try {
    await page.goto(`${proxy.url}/datasets/shop/segments/doomd/deletions`);
    await page.getByRole('region', { name: 'Running bulk deletion' }).waitFor();
    const devtools = await context.newCDPSession(page);
    await proxy.told(updatesFew);
    const mbAfterFew = await heapMb(devtools);
    await proxy.told(updatesMany);
    const mbAfterMany = await heapMb(devtools);
    return { mbAfterFew, mbAfterMany, ratio: Math.round((mbAfterMany / mbAfterFew) * 1_000) / 1_000 };
  } finally {
    await page.close();
    proxy.close();
  }
}

/** What is in use once everything that can go is gone. */
async function heapMb(devtools: CDPSession): Promise<number> {
  for (let time = 0; time < 3; time++) await devtools.send('HeapProfiler.collectGarbage');
  const { usedSize } = await devtools.send('Runtime.getHeapUsage');
  return Math.round(usedSize / 10_486) / 100;
}
