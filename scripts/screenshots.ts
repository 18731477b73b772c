import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Locator, Page } from 'playwright-core';
import { generateShop } from '../src/cli/demo/generate.ts';
import { goneBefore } from '../src/cli/demo/shop.ts';
import { launchChromium } from '../test/console/chromium.ts';
import { hold } from '../test/holds.ts';
import { LetheProcess, until } from '../test/lethe-process.ts';

/**
 * Takes the pictures of docs/ from the running product, filled with the shop of the demonstration: `npm run screenshots`. Looked at by
 * people, so what is on them is what is there.
 */
const folder = fileURLToPath(new URL('../docs/images', import.meta.url));
const users = 20_000;
const administrator = { email: 'ada@example.com', password: 'correct horse battery 7!' };

const lethe = new LetheProcess({
  LETHE_ADMIN_EMAIL: administrator.email,
  LETHE_ADMIN_PASSWORD: administrator.password,
});
const shop = '/api/dataset/shop';

async function create<Thing>(path: string, body: unknown): Promise<Thing> {
  const { status, json, text } = await lethe.api('POST', path, body);
  if (status >= 300) throw new Error(`${path}: ${status} ${text}`);
  return json as Thing;
}

async function segment(name: string, rule: unknown, folderName?: string): Promise<string> {
  const body = { name, kind: 'rule', rule, ...(folderName === undefined ? {} : { folder: folderName }) };
  const { id } = await create<{ id: string }>(`${shop}/segments`, body);
  await until(
    async () => (await lethe.api('GET', `${shop}/segments/${id}`)).json.state === 'ready',
    `${name} is computed`,
  );
  return id;
}

/** The shop, its segments, and the people who work with it. Returns the id of the segment to be deleted. */
async function fill(): Promise<string> {
  await create('/api/datasets', { id: 'shop', name: 'Vinyl shop', type: 'production' });
  await create('/api/datasets', { id: 'shop-staging', name: 'Vinyl shop', type: 'staging' });
  const answer = await fetch(`${lethe.url}${shop}/imports?kind=events`, {
    method: 'POST',
    headers: { ...lethe.credentials, 'content-type': 'application/x-ndjson' },
    body: Buffer.concat([...generateShop(users).chunks()]),
  });
  const { id } = (await answer.json()) as { id: string };
  await until(
    async () => (await lethe.api('GET', `${shop}/imports/${id}`)).json.state === 'completed',
    'the import is done',
  );
  await segment('Bought twice and more', { orders: 'count', is: 'atLeast', value: 2 }, 'Customers');
  await segment(
    'Big baskets',
    { action: 'Purchase', did: true, where: [{ property: 'revenue', is: 'atLeast', value: 100 }] },
    'Customers',
  );
  await segment(
    'Anonymous, one visit',
    { all: [{ anonymous: true }, { visits: 'count', is: 'equalTo', value: 1 }] },
    'To clean up',
  );
  await create(`${shop}/segments`, { name: 'Press list', kind: 'manual' });
  await create('/api/members', {
    email: 'grace@example.com',
    name: 'Grace Hopper',
    administrator: false,
    roles: { shop: 'editor' },
  });
  await create('/api/members', {
    email: 'alan@example.com',
    name: 'Alan Turing',
    administrator: false,
    roles: { shop: 'viewer' },
  });
  await create('/api/tokens', { name: 'Nightly import', administrator: false, roles: { shop: 'editor' } });
  const rule = { action: '*', did: false, within: { from: new Date(goneBefore).toISOString() } };
  return segment('Gone for two years', rule, 'To clean up');
}

async function open(browser: Browser, path: string): Promise<Page> {
  const context = await browser.newContext({
    baseURL: lethe.url,
    viewport: { width: 1200, height: 780 },
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
  });
  if (path !== '/sign-in') await context.request.post('/api/auth/sign-in/email', { data: administrator });
  const page = await context.newPage();
  await page.goto(path);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForLoadState('networkidle');
  return page;
}

async function take(page: Page | Locator, name: string): Promise<void> {
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
  console.log(`docs/images/${name}.png`);
}

/** Screens that show what is there when one opens their address. */
async function takeScreens(browser: Browser, id: string): Promise<void> {
  const screens: [name: string, path: string][] = [
    ['sign-in', '/sign-in'],
    ['segments', '/datasets/shop/segments'],
    ['segment-users', `/datasets/shop/segments/${id}/users`],
    ['segment-membership', `/datasets/shop/segments/${id}/membership`],
    ['segment-setup', `/datasets/shop/segments/${id}/setup`],
    ['new-segment', '/datasets/shop/segments/new?template=anonymousOneVisit'],
    ['users', '/datasets/shop/users'],
    ['imports', '/datasets/shop/imports'],
    ['privacy-requests', '/datasets/shop/privacy'],
    ['which-deletion', '/datasets/shop/privacy/which-deletion'],
    ['settings', '/datasets/shop/settings'],
    ['members', '/members'],
    ['roles', '/roles'],
    ['tokens', '/tokens'],
    ['account', '/account'],
  ];
  for (const [name, path] of screens) {
    const page = await open(browser, path);
    await take(page, name);
    await page.context().close();
  }
}

async function takeUser(browser: Browser): Promise<void> {
  const page = await open(browser, '/datasets/shop/users');
  await page.getByRole('table').getByRole('link').first().click();
  await page.waitForLoadState('networkidle');
  await take(page, 'user');
  await page.context().close();
}

/** The main job: dialog, progress, proof, history, receipt. */
async function takeDeletion(browser: Browser, id: string): Promise<void> {
  const page = await open(browser, `/datasets/shop/segments/${id}/users`);
  await page.getByRole('button', { name: 'Delete All Users in Segment' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Confirm Delete' }).waitFor();
  await page.setViewportSize({ width: 1200, height: 1_000 });
  await take(page, 'delete-dialog');
  const { users: number } = (await lethe.api('GET', `${shop}/segments/${id}`)).json;
  await dialog.getByRole('checkbox').check();
  await dialog.getByLabel('Type the number of users to confirm:').fill(String(number));
  await take(page, 'delete-dialog-confirmed');
  const release = await hold(lethe.databaseUrl, { id: 'shop', no: 1 }, 'deleting');
  await dialog.getByRole('button', { name: 'Confirm Delete' }).click();
  await page.setViewportSize({ width: 1200, height: 780 });
  await until(async () => {
    const { items } = (await lethe.api('GET', `${shop}/deletions`)).json as { items: { deleted: number }[] };
    return (items[0]?.deleted ?? 0) > 0;
  }, 'some users are deleted');
  await page.getByRole('region', { name: 'Running bulk deletion' }).getByText('Held back').waitFor();
  await take(page, 'deletion-running');
  await release();
  await page.getByText('were permanently deleted on').waitFor();
  await page.waitForLoadState('networkidle');
  await take(page, 'deletion-proven');
  await page.getByRole('link', { name: /^Deletions/ }).click();
  await page.getByRole('article').waitFor();
  await take(page, 'deletions');
  await page.goto('/audits');
  await page.waitForLoadState('networkidle');
  await take(page, 'audits');
  await page.context().close();
}

mkdirSync(folder, { recursive: true });
const browser = await launchChromium();
try {
  await lethe.start();
  const id = await fill();
  await takeScreens(browser, id);
  await takeUser(browser);
  await takeDeletion(browser, id);
} finally {
  await browser.close();
  await lethe.remove();
}
