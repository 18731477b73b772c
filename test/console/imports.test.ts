import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import pg from 'pg';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runImport, sendImport } from '../imports.ts';
import {
  type ConsoleWorld,
  expectAccessible,
  expectAccessibleInBothThemes,
  expectToFit,
  startConsole,
} from './world.ts';

/** For what comes by itself, in milliseconds. */
const patience = { timeout: 15_000 };

let world: ConsoleWorld;
let files: string;
beforeAll(async () => {
  world = await startConsole();
  files = mkdtempSync(join(tmpdir(), 'lethe-files-'));
});
afterAll(async () => {
  await world.close();
  rmSync(files, { recursive: true, force: true });
});

const cdnow = join(fileURLToPath(new URL('../..', import.meta.url)), '..', 'shared', 'data', 'cdnow', 'purchases.csv');

function file(name: string, content: string | Buffer): string {
  const path = join(files, name);
  writeFileSync(path, content);
  return path;
}

async function choose(page: Page, path: string): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: /^Choose a(nother)? file$/ }).click();
  await (await chooser).setFiles(path);
}

async function pick(page: Page, field: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: field }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

const figure = (page: Page, name: string) =>
  page.getByRole('region', { name: 'Rows of the file' }).locator('div', { hasText: name }).getByRole('definition');

async function completed(page: Page, figures: Record<'Rows' | 'Accepted' | 'Rejected', string>): Promise<void> {
  await page.getByText(/^Completed (in|at once)/).waitFor({ timeout: 60_000 });
  for (const [name, value] of Object.entries(figures)) expect(await figure(page, name).textContent()).toBe(value);
}

/** Keeps events from being written until it is released. */
async function lockEvents(): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: world.server.database.url });
  await client.connect();
  await client.query('BEGIN; LOCK TABLE ds_shop.event IN SHARE MODE');
  return () => client.end().catch(() => {});
}

const understood = (page: Page) => page.getByRole('table', { name: 'The first rows as they will be understood' });

describe('a new import', () => {
  test.skipIf(!existsSync(cdnow))(
    `of CDNOW, mapped by clicking, is 23,570 users with 69,659 events and rejects no row (skipped where ${join('shared', 'data', 'cdnow')} is not beside the repository)`,
    async () => {
      const page = await world.asAdministrator('/datasets/shop/imports');
      await page.getByRole('heading', { name: 'No imports yet' }).waitFor();
      await expectAccessible(page);
      await page.getByRole('link', { name: 'New import' }).click();
      await expectAccessible(page);
      await choose(page, cdnow);
      const start = page.getByRole('button', { name: 'Start import' });
      await start.waitFor();
      expect(await start.isDisabled()).toBe(true);
      expect(await page.getByRole('radio', { name: 'Events' }).isChecked()).toBe(true);
      expect(await page.getByRole('combobox', { name: 'What “customer_id” fills' }).inputValue()).toBe('User ID');
      expect(await page.getByRole('combobox', { name: 'What “date” fills' }).inputValue()).toBe('Moment');
      expect(await page.getByRole('textbox', { name: 'Name for “dollars”' }).inputValue()).toBe('revenue');
      await pick(page, 'What “cds” fills', 'Property of the event…');
      await page.getByRole('textbox', { name: 'Name for “cds”' }).fill('quantity');
      await page.getByRole('textbox', { name: 'Action of every row' }).fill('Purchase');
      const first = understood(page).getByRole('row').nth(1);
      expect(await first.textContent()).toContain('00001');
      expect(await first.textContent()).toContain('Purchase');
      expect(await first.textContent()).toContain('quantity1');
      expect(await first.textContent()).toContain('revenue11.77');
      await expectAccessible(page);
      await start.click();
      await page.waitForURL(/\/imports\/imp_/);
      await completed(page, { Rows: '69,659', Accepted: '69,659', Rejected: '0' });
      await expectAccessible(page);
      const { json } = await world.server.api('GET', '/api/dataset/shop/summary');
      expect(json).toMatchObject({ users: 23_570, events: 69_659, orders: 69_659, revenue: 2_500_315.63 });
      await page.getByRole('navigation', { name: 'Where this is' }).getByRole('link', { name: 'Imports' }).click();
      const row = page.getByRole('table', { name: 'Imports' }).getByRole('row').nth(1);
      expect(await row.textContent()).toMatch(/Events.*CSV.*Completed.*69,659.*69,659.*0.*1\.8 MB/);
    },
    180_000,
  );

  test('shows rejected rows with their lines and reasons, and downloads all of them', async () => {
    const bad = Array.from({ length: 150 }, (_, row) => `u${row},1 January,secret-${row}`).join('\n');
    const path = file('bad.csv', `user,time,attribute\nu1,2026-01-01,x\n${bad}\n`);
    const page = await world.asMember('editor', '/datasets/shop/imports/new');
    await choose(page, path);
    await page.getByRole('textbox', { name: 'Action of every row' }).fill('Visit');
    await expect.poll(() => understood(page).getByText('Rejected: its moment is not').count()).toBe(7);
    await page.getByRole('button', { name: 'Start import' }).click();
    await completed(page, { Rows: '151', Accepted: '1', Rejected: '150' });
    const errors = page.getByRole('table', { name: 'Rejected rows' });
    expect(await errors.getByRole('row').nth(1).textContent()).toMatch(/^3message\.timestamptimestamp is RFC 3339/);
    expect(await errors.getByRole('row').count()).toBe(101);
    await page.getByRole('button', { name: 'Show more' }).click();
    await expect.poll(() => errors.getByRole('row').count()).toBe(151);
    await page.getByText('Columns left aside').waitFor();
    await expectAccessible(page);
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download all errors (CSV)' }).click();
    const report = readFileSync(await (await download).path(), 'utf8');
    expect((await download).suggestedFilename()).toMatch(/^imp_\w+-errors\.csv$/);
    expect(report.trim().split('\r\n').length).toBe(151);
    expect(report).toMatch(/^line,code,detail\r\n3,message\.timestamp,"/);
    expect(report).not.toContain('secret');
  });

  test('says before the upload what the server would refuse, at the place where it is put right', async () => {
    const page = await world.asMember('editor', '/datasets/shop/imports/new');
    await choose(page, file('people.csv', 'name,zip,mail\nAda,01067,ada@example.org\n'));
    const start = page.getByRole('button', { name: 'Start import' });
    const status = page.getByRole('status').filter({ hasText: 'Before the import can start' });
    expect(await page.getByRole('radio', { name: 'Users' }).isChecked()).toBe(true);
    expect(await start.isEnabled()).toBe(true);
    await pick(page, 'What “mail” fills', 'Nothing (left aside)');
    await status.getByText('No column names a user.').waitFor();
    expect(await start.isDisabled()).toBe(true);
    await pick(page, 'What “mail” fills', 'Identity of another type…');
    await page.getByRole('textbox', { name: 'Name for “mail”' }).fill('e mail');
    await page.getByRole('table', { name: 'Columns' }).getByText('A type is a letter').waitFor();
    await expectAccessible(page);
    await pick(page, 'What “mail” fills', 'E-mail address');
    await page.getByRole('button', { name: 'Take the others as attributes' }).click();
    await page.getByRole('textbox', { name: 'Name for “zip”' }).fill('name');
    await page.getByText('attribute:name is filled twice.').first().waitFor();
    await page.getByRole('textbox', { name: 'Name for “zip”' }).fill('zip');
    await page.getByRole('checkbox', { name: 'Keep “zip” as text' }).check();
    await expect.poll(() => understood(page).textContent()).toContain('zip"01067"');
    await start.click();
    await completed(page, { Rows: '1', Accepted: '1', Rejected: '0' });
    const { json } = await world.server.api('GET', '/api/dataset/shop/user/ada@example.org');
    expect(json.attributes).toMatchObject([
      { name: 'name', value: 'Ada' },
      { name: 'zip', value: '01067' },
    ]);
  });

  test('leaves a column aside that is called like a target, takes gzip and NDJSON, and refuses what is no such file', async () => {
    const page = await world.asAdministrator('/datasets/shop/imports/new');
    await choose(page, file('excel.csv', 'userId;event\nu1;Visit\n'));
    await page.getByRole('alert').getByText('not separated by commas').waitFor();
    await choose(page, file('packed.csv.gz', gzipSync('userId,event,messageId\ngz1,Visit,one\ngz2,Visit,one\n')));
    await page.getByText('packed (gzip)').waitFor();
    await pick(page, 'What “messageId” fills', 'Nothing (left aside)');
    await page.getByRole('button', { name: 'Start import' }).click();
    await completed(page, { Rows: '2', Accepted: '2', Rejected: '0' });
    expect(await page.getByRole('listitem').filter({ hasText: 'messageId' }).count()).toBe(1);
    expect((await world.server.api('GET', '/api/dataset/shop/user/gz2')).status).toBe(200);
    await page.goto('/datasets/shop/imports/new');
    await choose(
      page,
      file('lines.ndjson', '{"userId":"nd1","event":"View Item","properties":{"sku":"0042"}}\n{"x"\n'),
    );
    expect(await understood(page).getByRole('row').nth(1).textContent()).toContain('sku"0042"');
    await understood(page).getByText('Rejected: it is not a JSON object.').waitFor();
    await page.getByRole('button', { name: 'Start import' }).click();
    await completed(page, { Rows: '2', Accepted: '1', Rejected: '1' });
  });

  test('can be cancelled while it is sent, and keeps what was said about the file', async () => {
    const page = await world.asAdministrator('/datasets/shop/imports/new');
    await choose(page, file('slow.csv', `userId,event\n${'slow,Visit\n'.repeat(100_000)}`));
    await page.route(/\/imports\?/, () => {});
    await page.getByRole('combobox', { name: 'What “event” fills' }).waitFor();
    await pick(page, 'What “event” fills', 'Property of the event…');
    await page.getByRole('button', { name: 'Add a value' }).click();
    await page.getByRole('textbox', { name: 'Action of every row' }).fill('Slow visit');
    await page.getByRole('button', { name: 'Start import' }).click();
    await page.getByRole('heading', { name: 'Uploading slow.csv' }).waitFor();
    await expectAccessible(page);
    await page.getByRole('link', { name: 'All Users' }).click();
    const dialog = page.getByRole('dialog', { name: 'Leave and cancel the upload?' });
    await dialog.getByRole('button', { name: 'Cancel', exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    expect(await page.getByRole('textbox', { name: 'Action of every row' }).inputValue()).toBe('Slow visit');
    expect((await world.server.api('GET', '/api/dataset/shop/user/slow')).status).toBe(404);
    await page.unroute(/\/imports\?/);
    await page.getByRole('button', { name: 'Start import' }).click();
    await completed(page, { Rows: '100,000', Accepted: '100,000', Rejected: '0' });
  });

  test('can be dropped on the page', async () => {
    const page = await world.asAdministrator('/datasets/shop/imports/new');
    await page.getByRole('button', { name: 'Choose a file' }).waitFor();
    const data = await page.evaluateHandle(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(['userId,event\nd1,Visit\n'], 'dropped.csv'));
      return transfer;
    });
    await page.getByRole('region', { name: 'File' }).dispatchEvent('drop', { dataTransfer: data });
    await page.getByText('dropped.csv').waitFor();
    expect(await page.getByRole('button', { name: 'Start import' }).isEnabled()).toBe(true);
  });
});

describe('an import', () => {
  test('is followed live, in the list and on its own screen', async () => {
    // Any other program may hold a lock that the next step needs.
    const release = await lockEvents();
    try {
      const lines = Array.from({ length: 3_000 }, (_, row) => `live${row},Visit\n`).join('');
      const { json } = await sendImport(world.server, `userId,event\n${lines}`);
      const list = await world.asAdministrator('/datasets/shop/imports');
      const row = list.getByRole('table', { name: 'Imports' }).getByRole('row').filter({ hasText: json.id });
      const bar = { name: /^\d.* % imported$/ };
      // Nothing of it is drawn while nothing is imported; what it says is there.
      await row.getByRole('progressbar', bar).waitFor({ state: 'attached' });
      const page = await world.asAdministrator(`/datasets/shop/imports/${json.id}`);
      await page.getByRole('progressbar', bar).waitFor({ state: 'attached' });
      await page.getByText('You may leave this page').waitFor();
      await expectAccessible(page);
      expect(await page.getByRole('button', { name: /Make a segment/ }).count()).toBe(0);
      await release();
      await completed(page, { Rows: '3,000', Accepted: '3,000', Rejected: '0' });
      await page.getByRole('status').filter({ hasText: '3,000 rows accepted, 0 rejected' }).waitFor();
      await row.getByText('Completed').waitFor();
    } finally {
      await release();
    }
  });

  test('becomes a segment of the users whom it created', async () => {
    const done = await runImport(world.server, 'userId,event\nseg1,Visit\nseg2,Visit\nseg1,Visit\n');
    const page = await world.asMember('editor', `/datasets/shop/imports/${done.id}`);
    await page.getByRole('button', { name: 'Make a segment of the users this import created' }).click();
    const name = page.getByRole('dialog').getByRole('textbox', { name: 'Name' });
    expect(await name.inputValue()).toBe(`Created by ${done.id}`);
    await expectAccessible(page);
    await name.fill('The wrong file');
    await page.getByRole('button', { name: 'Make segment' }).click();
    await page.waitForURL(/\/segments\/\w{5}/);
    const id = /segments\/(\w{5})/.exec(page.url())?.[1];
    await expect
      .poll(async () => (await world.server.api('GET', `/api/dataset/shop/segments/${id}`)).json, patience)
      .toMatchObject({ name: 'The wrong file', rule: { import: done.id, created: true }, users: 2 });
  });

  test('can be looked at by every role, and started or made a segment of by those who may', async () => {
    const done = await runImport(world.server, 'userId,event\nrole1,Visit\n');
    for (const role of ['viewer', 'analyst', 'campaignAuthor'] as const) {
      const page = await world.asMember(role, '/datasets/shop/imports');
      await page.getByRole('link', { name: done.id }).click();
      await completed(page, { Rows: '1', Accepted: '1', Rejected: '0' });
      expect(await page.getByRole('button', { name: /Make a segment/ }).count()).toBe(0);
      await page.goto('/datasets/shop/imports');
      await page.getByRole('table', { name: 'Imports' }).waitFor();
      expect(await page.getByRole('link', { name: 'New import' }).count()).toBe(0);
      await page.goto('/datasets/shop/imports/new');
      await page.getByText('Importing takes the Editor role').waitFor();
      await page.close();
    }
  });

  test('is one of nobody where its address is wrong', async () => {
    const page = await world.asAdministrator('/datasets/shop/imports/imp_000000000000');
    await page.getByRole('heading', { name: 'Nothing here' }).waitFor();
  });
});

test('the screens of imports are accessible in both themes and fit a small window', async () => {
  const rejected = await runImport(world.server, 'userId,event,note\nsmall,Visit,x\nnull,Visit,x\nshort\n');
  const page = await world.asAdministrator('/datasets/shop/imports', { width: 320 });
  await page.getByRole('link', { name: rejected.id }).waitFor();
  await expectFits(page);
  await page.goto(`/datasets/shop/imports/${rejected.id}`);
  await page.getByRole('heading', { name: 'Rejected rows' }).waitFor();
  await expectFits(page);
  await page.goto('/datasets/shop/imports/new');
  await page.getByRole('button', { name: 'Choose a file' }).waitFor();
  await expectFits(page);
  await choose(page, file('small.csv', 'customer,date,dollars\nu1,2026-01-01,5\n'));
  await page.getByRole('textbox', { name: 'Action of every row' }).waitFor();
  await expectFits(page);
});

async function expectFits(page: Page): Promise<void> {
  await expectAccessibleInBothThemes(page);
  await expectToFit(page);
}

test('nothing went wrong in any window', () => {
  expect(world.faults).toEqual([]);
});
