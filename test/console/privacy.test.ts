import { readFile } from 'node:fs/promises';
import type { Download, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runImport } from '../imports.ts';
import { until } from '../waiting.ts';
import { type ConsoleWorld, expectAccessibleInBothThemes, expectToFit, startConsole } from './world.ts';

const address = '/datasets/shop/privacy';
const field = 'Identities, one on each line';

let world: ConsoleWorld;
beforeAll(async () => {
  world = await startConsole();
});
afterAll(() => world.close());

const isThere = async (value: string): Promise<boolean> =>
  (await world.server.api('GET', `/api/dataset/shop/user/${value}`)).status === 200;

/** People of these names, each with a user id and an e-mail address. */
async function bring(...names: string[]): Promise<void> {
  const rows = names.map((name) => `${name},${name}@example.com`);
  await runImport(world.server, ['userId,identity:email', ...rows].join('\n'), { kind: 'users' });
}

async function lookUp(page: Page, list: string): Promise<void> {
  await page.getByLabel(field).fill(list);
  await page.getByRole('button', { name: 'Look up' }).click();
}

async function choose(page: Page, name: string, buffer: Buffer): Promise<void> {
  const chosen = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose a CSV file' }).click();
  await (await chosen).setFiles({ name, mimeType: 'text/csv', buffer });
}

async function confirm(page: Page, users: number): Promise<void> {
  await page.getByRole('checkbox').check();
  await page.getByLabel('Type the number of users to confirm:').fill(String(users));
  await page.getByRole('button', { name: /^Delete \d/ }).click();
}

async function outcomesOf(page: Page): Promise<string[][]> {
  const rows = await page.getByRole('table', { name: 'Outcome of each line' }).getByRole('row').all();
  return Promise.all(rows.slice(1).map((row) => row.getByRole('cell').allInnerTexts()));
}

async function textOf(download: Download): Promise<string> {
  return readFile(await download.path(), 'utf8');
}

describe('requests', () => {
  test('are looked up first, then deleted with consent and the number, and every line has its outcome', async () => {
    await bring('ada', 'grace', 'alan');
    const page = await world.asAdministrator(address);
    await lookUp(page, 'ADA@example.com\n\nnobody@example.com\n grace \nada');
    await page.getByText('2 users found by 3 lines; 1 line unknown: nobody here has that identity.').waitFor();
    expect((await outcomesOf(page)).map((cells) => cells.slice(0, 4))).toEqual([
      ['1', 'ADA@example.com', 'Found', 'ada@example.com'],
      ['3', 'nobody@example.com', 'Unknown', '–'],
      ['4', 'grace', 'Found', 'grace@example.com'],
      ['5', 'ada', 'Found', 'ada@example.com'],
    ]);
    expect(await isThere('ada')).toBe(true);

    const action = page.getByRole('button', { name: 'Delete 2 users' });
    expect(await action.isDisabled()).toBe(true);
    await page.getByRole('checkbox').check();
    expect(await action.isDisabled()).toBe(true);
    await page.getByLabel('Type the number of users to confirm:').fill('3');
    expect(await action.isDisabled()).toBe(true);
    await confirm(page, 2);

    const heading = page.getByRole('heading', { name: 'Outcome' });
    await heading.waitFor();
    await until(() => heading.evaluate((title) => title === document.activeElement), 'the heading has the focus');
    await page.getByText('2 users deleted, 4 lines requested.').waitFor();
    expect((await outcomesOf(page)).map((cells) => cells.slice(0, 3))).toEqual([
      ['1', 'ADA@example.com', 'Deleted'],
      ['3', 'nobody@example.com', 'Unknown'],
      ['4', 'grace', 'Deleted'],
      ['5', 'ada', 'Deleted'],
    ]);
    expect([await isThere('ada'), await isThere('grace'), await isThere('alan')]).toEqual([false, false, true]);
    const waiting = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download the outcome' }).click();
    const download = await waiting;
    expect(download.suggestedFilename()).toMatch(/^privacy-outcome-\d{4}-\d\d-\d\d\.csv$/);
    expect(await textOf(download)).toMatch(
      /^line,identity,outcome,user\r\n1,ADA@example.com,deleted,usr_\d+\r\n3,nobody@example.com,unknown,\r\n4,grace,deleted,usr_\d+\r\n5,ada,deleted,usr_\d+\r\n$/,
    );
    await page.close();
  });

  test('may come as a CSV file, whose own header is kept, and of which only identities are looked up', async () => {
    await bring('ada', 'grace');
    const page = await world.asAdministrator(address);
    const csv = '\uFEFFticket,identity:email\r\n17,ada@example.com\r\n18,"grace@example.com"\r\n19,ada\r\n';
    await choose(page, 'requests.csv', Buffer.from(csv));
    await page.getByText('The first line names the column: “identity:email”.').waitFor();
    await page.getByText('3 lines to look up.').waitFor();
    await page.getByRole('button', { name: 'Look up' }).click();
    await page.getByText('2 users found by 2 lines; 1 line unknown').waitFor();
    expect((await outcomesOf(page)).map((cells) => cells.slice(0, 3))).toEqual([
      ['2', 'ada@example.com', 'Found'],
      ['3', 'grace@example.com', 'Found'],
      ['4', 'ada', 'Unknown'],
    ]);
    await page.close();
  });

  test('may be dropped as a file, and of one type only', async () => {
    const page = await world.asAdministrator(address);
    const dropped = await page.evaluateHandle(() => {
      const data = new DataTransfer();
      data.items.add(new File(['ada\nada@example.com\n'], 'list.txt', { type: 'text/plain' }));
      return data;
    });
    await page.getByLabel(field).dispatchEvent('drop', { dataTransfer: dropped });
    await page.getByText('2 lines to look up.').waitFor();
    await page.getByLabel('Each line is').selectOption('userId');
    await page.getByRole('button', { name: 'Look up' }).click();
    await page.getByText('1 user found by 1 line; 1 line unknown').waitFor();
    await page.close();
  });

  test('that cannot be understood are refused with what would be right, and nothing is looked up', async () => {
    const page = await world.asAdministrator(address);
    await lookUp(page, '');
    await page.getByText('There is no identity in the list yet.').waitFor();
    await lookUp(page, 'email,city\nada@example.com,Berlin');
    await page.getByText('none is called “name” or “identity:<type>”').waitFor();
    await choose(page, 'old.csv', Buffer.from('name\nJürgen\n', 'latin1'));
    await page.getByText('The file is not text in UTF-8.').waitFor();
    await choose(page, 'long.csv', Buffer.from(Array.from({ length: 10_001 }, (_, n) => `u${n}`).join('\n')));
    await page.getByText('10,001 lines to look up.').waitFor();
    await page.getByRole('button', { name: 'Look up' }).click();
    await page.getByRole('alert').getByText('Nobody was looked up.').first().waitFor();
    await page.getByRole('button', { name: 'Clear' }).click();
    await lookUp(page, 'nobody@example.com');
    await page.getByText('Nobody on the list is a user of this dataset').waitFor();
    expect(await page.getByRole('checkbox').count()).toBe(0);
    await page.close();
  });

  test('that would now delete other users than those looked at are asked for again', async () => {
    await bring('ada', 'grace');
    const page = await world.asAdministrator(address);
    await lookUp(page, 'ada\nlate');
    await page.getByText('1 user found by 1 line').waitFor();
    await bring('late');
    await confirm(page, 1);
    await page.getByRole('alert').getByText('The list now finds 2 users, not 1 as when you looked them up.').waitFor();
    expect(await page.getByLabel('Type the number of users to confirm:').inputValue()).toBe('');
    expect(await isThere('ada')).toBe(true);
    expect(await isThere('late')).toBe(true);
    await confirm(page, 2);
    await page.getByText('2 users deleted, 2 lines requested.').waitFor();
    expect(await isThere('late')).toBe(false);
    await page.close();
  });

  test('leave nothing behind: not in an address, not in a store, not on the screen when one comes back', async () => {
    await bring('ada');
    const page = await world.asAdministrator(address);
    const addresses: string[] = [];
    page.on('request', (request) => addresses.push(request.url()));
    await lookUp(page, 'ada@example.com\nsecret-7');
    await page.getByText('1 user found by 1 line').waitFor();
    await page.getByRole('link', { name: 'Which deletion do I need?' }).first().click();
    // The address changes before the screen does, which a link back would find still standing.
    await page.getByRole('heading', { level: 1, name: 'Which deletion do I need?' }).waitFor();
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Requests' }).click();
    await page.getByRole('heading', { level: 1, name: 'Requests' }).waitFor();
    expect(await page.getByLabel(field).inputValue()).toBe('');
    expect(await page.getByText('secret-7').count()).toBe(0);
    const stored = await page.evaluate(async () => {
      const databases = await indexedDB.databases();
      return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, databases]);
    });
    expect([...addresses, page.url(), stored].filter((text) => /ada|secret-7/.test(text))).toEqual([]);
    await page.close();
  });

  test.each(['editor', 'campaignAuthor', 'analyst', 'viewer'] as const)(
    'are not for the role %s, which is told why',
    async (role) => {
      const page = await world.asMember(role, address);
      await page.getByText('needs the Administrator role. Ask an administrator to answer them.').waitFor();
      expect(await page.getByLabel(field).count()).toBe(0);
      expect(await page.getByRole('button', { name: 'Look up' }).count()).toBe(0);
      const places = page.getByRole('navigation', { name: 'Main' }).getByRole('link');
      expect(await places.allTextContents()).not.toContain('Requests');
      await page.close();
    },
  );
});

describe('which deletion', () => {
  const linksOf = (page: Page) => page.getByRole('main').getByRole('link').allTextContents();
  const all = ['Go to User Segments', 'Go to Requests', 'Go to All Users', 'Go to Imports', 'Go to User Segments'];

  test('leads from what one wants to the right place, and says who may', async () => {
    const page = await world.asAdministrator(`${address}/which-deletion`);
    const way = page.getByRole('region', { name: 'A few people asked to be deleted' });
    await way.waitFor();
    expect(await linksOf(page)).toEqual(all);
    expect(await page.getByText('Administrator or Editor').count()).toBe(1);
    await way.getByRole('link', { name: 'Go to Requests' }).click();
    await page.getByRole('heading', { level: 1, name: 'Requests' }).waitFor();
    await page.close();
  });

  test.each([
    ['editor', ['Go to User Segments']],
    ['campaignAuthor', []],
    ['analyst', []],
    ['viewer', []],
  ] as const)('shows the role %s only the ways that it may go', async (role, links) => {
    const page = await world.asMember(role, `${address}/which-deletion`);
    await page.getByRole('region', { name: 'A bad import should be undone' }).waitFor();
    expect(await linksOf(page)).toEqual(links);
    await page.close();
  });
});

test('every screen is accessible in both themes and fits 320 pixels', async () => {
  await bring('ada');
  const page = await world.asAdministrator(`${address}/which-deletion`);
  await page.getByRole('heading', { level: 1, name: 'Which deletion do I need?' }).waitFor();
  await expectGood(page);
  await page.goto(address);
  await page.getByLabel(field).waitFor();
  await expectGood(page);
  await lookUp(page, 'ada\nnobody');
  await page.getByText('1 user found').waitFor();
  await expectGood(page);
  await confirm(page, 1);
  await page.getByText('1 user deleted, 2 lines requested.').waitFor();
  await expectGood(page);
  await page.getByRole('button', { name: 'Answer other requests' }).click();
  expect(await page.getByLabel(field).inputValue()).toBe('');
  await page.close();
});

async function expectGood(page: Page): Promise<void> {
  await expectAccessibleInBothThemes(page);
  await page.setViewportSize({ width: 320, height: 700 });
  await expectToFit(page);
  await page.setViewportSize({ width: 1280, height: 900 });
}

test('nothing went wrong in any window', () => {
  expect(world.faults).toEqual([]);
});
