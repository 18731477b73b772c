import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyReceipt } from '../../src/deletions/verify-receipt.ts';
import { LetheProcess } from '../lethe-process.ts';
import { adminEmail } from '../server.ts';
import { launchChromium } from './chromium.ts';

/** As on a first start: nobody has said what the password is to be, and there is no dataset. */
const lethe = new LetheProcess({ LETHE_ADMIN_EMAIL: adminEmail, LETHE_ADMIN_PASSWORD: '' });
const files = mkdtempSync(join(tmpdir(), 'lethe-files-'));
const password = 'a sentence that only Ada knows';
const strangers = 300;
const customers = 40;
let browser: Browser;

beforeAll(async () => {
  await lethe.start();
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
  await lethe.remove();
  rmSync(files, { recursive: true });
});

/** Somebody who has a keyboard and nothing else. */
class Typist {
  readonly page: Page;
  constructor(page: Page) {
    this.page = page;
  }

  /** Goes from field to field until it is at this one. */
  async to(place: Locator): Promise<void> {
    await place.waitFor();
    for (let step = 0; step < 150; step++) {
      if (await place.evaluate((element) => element === document.activeElement)) return;
      await this.page.keyboard.press('Tab');
    }
    throw new Error(`The keyboard does not reach ${place}.`);
  }

  async press(place: Locator, key = 'Enter'): Promise<void> {
    await this.to(place);
    await this.page.keyboard.press(key);
  }

  async type(place: Locator, text: string): Promise<void> {
    await this.to(place);
    await this.page.keyboard.press('ControlOrMeta+a');
    await this.page.keyboard.type(text);
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  link(name: string): Locator {
    return this.page.getByRole('link', { name, exact: true });
  }
}

/** A file of a shop: strangers who came once, and customers who bought. */
function purchases(): string {
  const path = join(files, 'purchases.csv');
  const rows = ['user,device,action,when,revenue'];
  for (let no = 1; no <= strangers; no++)
    rows.push(`,device-${no},View Item,2024-03-${String((no % 28) + 1).padStart(2, '0')},`);
  for (let no = 1; no <= customers; no++) rows.push(`customer-${no},,Purchase,2024-04-01,${no}.50`);
  writeFileSync(path, `${rows.join('\n')}\n`);
  return path;
}

test('by keyboard alone: from the first sign-in to a finished deletion with its receipt', {
  timeout: 180_000,
}, async () => {
  const context = await browser.newContext({
    baseURL: lethe.url,
    locale: 'en-GB',
    viewport: { width: 1280, height: 900 },
  });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const ada = new Typist(page);

  // The first sign-in, with the password that the start printed, and one of her own.
  const [, oneTime = ''] = /Password\s+(\S+)\s+\(one time only/.exec(lethe.output) ?? [];
  await page.goto('/');
  await ada.type(page.getByLabel('E-mail address'), adminEmail);
  await ada.type(page.getByLabel('Password', { exact: true }), oneTime);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Set your own password' }).waitFor();
  const again = page.getByLabel('One-time password');
  if (await again.isVisible()) await ada.type(again, oneTime);
  await ada.type(page.getByLabel('New password', { exact: true }), password);
  await ada.type(page.getByLabel('New password again'), password);
  await page.keyboard.press('Enter');

  // A dataset, and a file of what people did.
  await ada.press(ada.link('New dataset…'));
  await ada.type(page.getByLabel('Name', { exact: true }), 'Shop');
  await ada.type(page.getByLabel('ID', { exact: true }), 'shop');
  await ada.press(ada.button('Create dataset'));
  await page.getByRole('heading', { level: 1, name: 'User Segments' }).waitFor();
  await ada.press(ada.link('Imports'));
  await ada.press(ada.link('New import').first());
  const chooser = page.waitForEvent('filechooser');
  await ada.press(ada.button('Choose a file'));
  await (await chooser).setFiles(purchases());
  await page.getByRole('region', { name: 'File' }).getByText('purchases.csv').waitFor();
  for (const [column, target] of [
    ['user', 'User ID'],
    ['device', 'Anonymous ID'],
    ['action', 'Action'],
    ['when', 'Moment'],
  ]) {
    const picker = page.getByRole('combobox', { name: `What “${column}” fills` });
    await ada.to(picker);
    if ((await picker.inputValue()) === target) continue;
    await page.keyboard.press('Enter');
    const option = page.getByRole('option', { name: target, exact: true });
    await option.waitFor();
    for (let step = 0; step < 30 && (await option.getAttribute('data-combobox-selected')) === null; step++) {
      await page.keyboard.press('ArrowDown');
    }
    await page.keyboard.press('Enter');
  }
  await ada.press(ada.button('Start import'));
  await page.getByText(/^Completed (in|at once)/).waitFor();
  expect((await lethe.api('GET', '/api/dataset/shop/summary')).json).toMatchObject({ users: strangers + customers });

  // A segment, ready-made.
  await ada.press(ada.link('User Segments'));
  await ada.press(ada.link('Anonymous, one visit'));
  await page.getByText(`${strangers} users`).first().waitFor();
  await ada.press(ada.button('Create segment'));
  await page.getByRole('heading', { level: 1, name: 'Anonymous, one visit' }).waitFor();

  // The main job.
  await ada.press(ada.button('Delete All Users in Segment'));
  const dialog = page.getByRole('dialog');
  await ada.press(dialog.getByRole('checkbox'), 'Space');
  await ada.type(dialog.getByLabel('Type the number of users to confirm:'), String(strangers));
  await ada.press(dialog.getByRole('button', { name: 'Confirm Delete' }));
  await page.getByText(`All ${strangers} users were permanently deleted on`).waitFor();

  // Its receipt, checked as anybody could.
  const download = page.waitForEvent('download');
  await ada.press(page.getByRole('region', { name: 'Last bulk deletion' }).getByRole('link', { name: 'Receipt' }));
  const receipt = readFileSync(await (await download).path(), 'utf8');
  const keys = (await lethe.api('GET', '/.well-known/jwks.json')).json as unknown as Parameters<
    typeof verifyReceipt
  >[1];
  expect(await verifyReceipt(receipt, keys)).toMatchObject({ dataset: 'shop', users: strangers });
  expect((await lethe.api('GET', '/api/dataset/shop/summary')).json).toMatchObject({
    users: customers,
    events: customers,
  });
  await context.close();
});
