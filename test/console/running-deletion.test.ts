import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { verifyReceipt } from '../../src/deletions/verify-receipt.ts';
import {
  createDoomedDataset,
  type DoomedDataset,
  expectExactEnd,
  jobOf,
  startDeletion,
} from '../faults/doomed-dataset.ts';
import { hold } from '../holds.ts';
import { LetheProcess, until } from '../lethe-process.ts';
import { adminEmail, adminPassword } from '../server.ts';
import { launchChromium } from './chromium.ts';
import { expectAccessible } from './world.ts';

/** The product as a process of its own, because it is stopped and started again under the eyes of the page. */
const lethe = new LetheProcess({ LETHE_ADMIN_EMAIL: adminEmail, LETHE_ADMIN_PASSWORD: adminPassword });
let browser: Browser;
let context: BrowserContext;
let round = 0;
let dataset: DoomedDataset;
let release: () => Promise<void>;

beforeAll(async () => {
  await lethe.start();
  browser = await launchChromium();
  context = await browser.newContext({ baseURL: lethe.url, locale: 'en-GB' });
  context.setDefaultTimeout(20_000);
  await context.request.post('/api/auth/sign-in/email', { data: { email: adminEmail, password: adminPassword } });
});
afterAll(async () => {
  await browser.close();
  await lethe.remove();
});

/** A bulk deletion that has deleted some users and is kept from going on, by a lock that some other program holds. */
beforeEach(async () => {
  dataset = await createDoomedDataset(lethe, `live${++round}`);
  release = await hold(lethe.databaseUrl, dataset, 'deleting');
  await startDeletion(lethe, dataset);
  await until(async () => Number((await jobOf(lethe, dataset))?.deleted) > 0, 'some users are deleted');
});
afterEach(async () => {
  await release();
  await until(async () => (await jobOf(lethe, dataset))?.state === 'completed', 'the job is completed');
  await expectExactEnd(lethe, dataset);
  for (const page of context.pages()) await page.close();
});

async function open(path = 'segments/doomd'): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`/datasets/${dataset.id}/${path}`);
  return page;
}

const panelOf = (page: Page) => page.getByRole('region', { name: 'Running bulk deletion' });

/** What the page says of the job is what the API says of it. */
async function expectTruth(page: Page): Promise<void> {
  // Asked anew each time: the second of the slices that are not held may be deleted in between.
  await until(async () => {
    const job = await jobOf(lethe, dataset);
    return panelOf(page).getByText(`${job?.deleted} of ${dataset.users}`).isVisible();
  }, 'the page says how many are deleted');
}

async function expectProof(page: Page): Promise<void> {
  await page.getByText(`All ${dataset.users} users were permanently deleted on`).waitFor();
  await page.getByText('Proven: 0 rows of them left in profiles, identities, events').waitFor();
  await page.getByText('The segment is still disabled.').waitFor();
}

test('a running deletion is shown live, with what holds it back and who started it, to its proof and its receipt', async () => {
  const page = await open();
  await expectTruth(page);
  await panelOf(page).getByText('Held back: waits for a lock held by').waitFor();
  await panelOf(page).getByText('Started by').waitFor();
  await expectAccessible(page);
  expect(await page.getByRole('button', { name: 'Delete All Users in Segment' }).count()).toBe(0);
  await release();
  await expectProof(page);
  const download = page.waitForEvent('download');
  await page.getByRole('region', { name: 'Last bulk deletion' }).getByRole('link', { name: 'Receipt' }).click();
  const receipt = await readFile(await (await download).path(), 'utf8');
  const keys = (await lethe.api('GET', '/.well-known/jwks.json')).json as unknown as Parameters<
    typeof verifyReceipt
  >[1];
  expect(await verifyReceipt(receipt, keys)).toMatchObject({ users: dataset.users, dataset: dataset.id });
  await page.getByRole('region', { name: 'Last bulk deletion' }).getByRole('button', { name: 'Enable' }).click();
  await page.getByRole('region', { name: 'Last bulk deletion' }).waitFor({ state: 'detached' });
  expect((await lethe.api('GET', `/api/dataset/${dataset.id}/segments/doomd`)).json.enabled).toBe(true);
  // As the end of this test expects to find it.
  await lethe.api('PATCH', `/api/dataset/${dataset.id}/segments/doomd`, { enabled: false });
});

test('wherever one is in the dataset a strip shows it, and leads to the segment', async () => {
  const page = await open('users');
  await expectTruth(page);
  await panelOf(page)
    .getByText(/Started by .*, .*\d:\d/)
    .waitFor();
  await panelOf(page).getByRole('link', { name: 'Segment doomd' }).click();
  await page.getByRole('heading', { level: 1, name: 'Segment doomd' }).waitFor();
  await release();
  await expectProof(page);
});

test('a page that is loaded anew knows all of it', async () => {
  const page = await open();
  await expectTruth(page);
  await page.reload();
  await expectTruth(page);
  await release();
  await expectProof(page);
});

test('a server that is killed and started again is found again by itself', async () => {
  const page = await open();
  await expectTruth(page);
  await lethe.kill();
  await page.getByText('No connection to the server. The deletion goes on by itself').waitFor();
  await lethe.start();
  await page.getByText('No connection to the server.').waitFor({ state: 'detached' });
  await expectTruth(page);
  await release();
  await expectProof(page);
});

test('a browser that is offline while the deletion ends shows the end when it is back', async () => {
  const page = await open();
  await expectTruth(page);
  await context.setOffline(true);
  await page.getByText('No connection to the server. The deletion goes on by itself').waitFor();
  await release();
  await until(async () => (await jobOf(lethe, dataset))?.state === 'completed', 'the job is completed');
  expect(await panelOf(page).count()).toBe(1);
  await context.setOffline(false);
  await expectProof(page);
});

test('a page that slept while the deletion ended shows the end when it wakes', async () => {
  const page = await open();
  await expectTruth(page);
  const devtools = await context.newCDPSession(page);
  // What a browser does with a page whose computer sleeps, or that was out of sight for long: nothing of it runs.
  await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
  await release();
  await until(async () => (await jobOf(lethe, dataset))?.state === 'completed', 'the job is completed');
  await devtools.send('Page.setWebLifecycleState', { state: 'active' });
  await expectProof(page);
});
