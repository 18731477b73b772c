import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fillDataset } from '../fill-dataset.ts';
import { hold } from '../holds.ts';
import { until } from '../waiting.ts';
import { type ConsoleWorld, expectAccessible, expectToFit, startConsole } from './world.ts';

const address = '/datasets/shop/segments';
const profiles = 1_200;

let world: ConsoleWorld;
let staff: string;
let buyers: string;
beforeAll(async () => {
  world = await startConsole();
  await fillDataset(world.server.database.ds, { profiles, eventsPerProfile: 3, share: 0.5 });
  staff = (await api('POST', 'segments', { name: 'Staff', kind: 'manual' })).id;
  await api('POST', `segments/${staff}/users`, { ids: ['anonymousId-101', 'anonymousId-102', 'anonymousId-103'] });
  await api('DELETE', `segments/${staff}/users`, { ids: ['anonymousId-103'] });
  buyers = (await api('POST', 'segments', { name: 'Buyers', kind: 'rule', rule: { segment: 'halfx', member: true } }))
    .id;
  await until(async () => (await api('GET', `segments/${buyers}`)).state === 'ready', 'the buyers are known');
});
afterAll(() => world.close());

async function api(method: string, path: string, body?: unknown) {
  const answer = await world.server.api(method, `/api/dataset/shop/${path}`, body);
  expect(answer.status).toBeLessThan(300);
  return answer.json;
}

const tab = (page: Page, name: RegExp) =>
  page.getByRole('navigation', { name: 'Parts of this segment' }).getByRole('link', { name });
const table = (page: Page) => page.getByRole('table', { name: 'Users of this segment' });

describe('the screen of a segment', () => {
  test('says what the segment is, and keeps the exact number of its users in the tab', async () => {
    const page = await world.asAdministrator(`${address}/${staff}`);
    await page.getByRole('heading', { level: 1, name: 'Staff' }).waitFor();
    expect(new URL(page.url()).pathname).toBe(`${address}/${staff}/users`);
    await tab(page, /^Users\s+2$/).waitFor();
    await tab(page, /^Deletions\s+0$/).waitFor();
    expect(await page.getByRole('main').innerText()).toMatch(
      /2 users\s+Manual\s+\w{5}\s+created \d+ \w+ \d+ by Bootstrap/,
    );
    expect(await page.getByRole('main').getByRole('link', { name: 'User Segments' }).getAttribute('href')).toBe(
      address,
    );
    await api('POST', `segments/${staff}/users`, { ids: ['anonymousId-104'] });
    await tab(page, /^Users\s+3$/).waitFor();
    await api('DELETE', `segments/${staff}/users`, { ids: ['anonymousId-104'] });
    await tab(page, /^Users\s+2$/).waitFor();
    await expectAccessible(page);

    await page.getByRole('button', { name: 'More actions' }).click();
    expect(await page.getByRole('menuitem', { name: 'Clone' }).getAttribute('href')).toBe(
      `${address}/new?from=${staff}`,
    );
    await page.getByRole('menuitem', { name: 'Delete segment' }).click();
    await page
      .getByRole('dialog', { name: 'Delete the segment “Staff”?' })
      .getByRole('button', { name: 'Cancel' })
      .click();
    await page.close();
  });

  test('says of a disabled one why, and lets an editor enable it there', async () => {
    await api('PATCH', `segments/${buyers}`, { enabled: false });
    const viewer = await world.asMember('viewer', `${address}/${buyers}`, { colorScheme: 'dark' });
    await viewer.getByText('disabled by hand').waitFor();
    expect(await viewer.getByRole('button', { name: /Enable|More actions|Delete/ }).count()).toBe(0);
    await expectAccessible(viewer);
    const editor = await world.asMember('editor', `${address}/${buyers}`);
    await editor.getByRole('button', { name: 'Enable' }).click();
    await editor.getByText('disabled by hand').waitFor({ state: 'detached' });
    await viewer.getByText('disabled by hand').waitFor({ state: 'detached' });
    expect((await api('GET', `segments/${buyers}`)).enabled).toBe(true);
    await viewer.close();
    await editor.close();
  });

  test('shows nothing of a segment that is not there, or is deleted meanwhile', async () => {
    const { id } = await api('POST', 'segments', { name: 'Short', kind: 'manual' });
    const page = await world.asAdministrator(`${address}/${id}`);
    await page.getByRole('heading', { level: 1, name: 'Short' }).waitFor();
    await api('DELETE', `segments/${id}`);
    await page.getByRole('heading', { level: 1, name: 'Nothing here' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Nothing here' }).waitFor();
    await page.close();
  });

  test('locks everything while its users are being deleted, and says why', async () => {
    const release = await hold(world.server.database.url, world.server.database.dataset, 'start');
    const page = await world.asMember('editor', `${address}/doomd`);
    const { users } = await api('GET', 'segments/doomd');
    try {
      await api('POST', 'segments/doomd/deletions', { consent: true, expectedUsers: users });
      await page.getByText('deleting', { exact: true }).waitFor();
      await page.getByText('All users of this segment are being deleted.').waitFor();
      expect(await page.getByRole('button', { name: /Enable|Add users|Remove/ }).count()).toBe(0);
      await page.getByRole('button', { name: 'More actions' }).click();
      expect(await page.getByRole('menuitem', { name: 'Delete segment' }).isDisabled()).toBe(true);
      expect(await page.getByRole('menuitem', { name: 'Move to a folder' }).isDisabled()).toBe(true);
      await page.keyboard.press('Escape');
    } finally {
      await release();
    }
    await page.getByText(/^disabled: deletion finished/).waitFor();
    await tab(page, /^Users\s+0$/).waitFor();
    await tab(page, /^Deletions\s+1$/).waitFor();
    await page.getByText('This list is disabled, so nobody joins it.').waitFor();
    await page.close();
  });
});

describe('its users', () => {
  test('are read on as one scrolls, however many there are, each with a link', async () => {
    const page = await world.asAdministrator(`${address}/every/users`);
    await table(page).waitFor();
    const { users } = await api('GET', 'segments/every');
    expect(await table(page).getAttribute('aria-rowcount')).toBe(String(users + 1));
    const frame = page.getByRole('region', { name: 'Users of this segment' });
    const last = table(page).locator(`tr[aria-rowindex="${users + 1}"]`);
    await until(async () => {
      await frame.evaluate((window) => window.scrollTo(0, window.scrollHeight));
      return (await last.count()) === 1;
    }, 'the last user is there');
    expect(await table(page).locator('tbody tr').count()).toBeLessThan(80);
    await page.getByText(/^This list was read/).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Read again' }).click();
    await table(page).locator('tr[aria-rowindex="2"]').waitFor();
    const link = table(page).getByRole('link').first();
    expect(await link.getAttribute('href')).toMatch(/^\/datasets\/shop\/users\/[^/]+$/);
    expect(await link.getAttribute('href')).not.toContain('anonymousId');
    await page.close();
  });

  test('are searched by a part of any identity, which stands in no address, and ordered by last activity', async () => {
    const page = await world.asMember('viewer', `${address}/every/users`, { colorScheme: 'dark' });
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.getByRole('searchbox', { name: 'Search users' }).fill('anonymousid-779');
    await until(async () => (await table(page).locator('tbody').getByRole('link').count()) === 1, 'one user is found');
    await page.getByText('anonymousId-779').first().waitFor();
    await page.getByRole('searchbox', { name: 'Search users' }).fill('nobody at all');
    await page.getByText('No user of this segment matches.').waitFor();
    expect(asked.filter((url) => /779|nobody/.test(url))).toEqual([]);
    expect(page.url()).not.toContain('779');
    await page.getByRole('searchbox', { name: 'Search users' }).fill('');

    await page.getByLabel('Order').selectOption('Last active first');
    const [first] = (await api('GET', 'users?segment=every&sort=lastActivity&limit=1')).items;
    await table(page).locator(`tbody tr:has(a[href="/datasets/shop/users/${first.id}"])[aria-rowindex="2"]`).waitFor();
    expect(new URL(page.url()).search).toBe('?sort=lastActivity');
    await expectAccessible(page);
    await page.close();
  });

  test('are exported by those who may, and the others see no way to', async () => {
    const analyst = await world.asMember('analyst', `${address}/${staff}/users`);
    const link = analyst.getByRole('link', { name: 'Export as CSV' });
    await link.waitFor();
    const file = await analyst.context().request.get((await link.getAttribute('href')) ?? '');
    expect((await file.text()).trim().split('\r\n')).toHaveLength(1 + 2);
    expect(await analyst.getByRole('button', { name: /Add users|Remove/ }).count()).toBe(0);
    await analyst.close();
    const author = await world.asMember('campaignAuthor', `${address}/${staff}/users`);
    await table(author).waitFor();
    expect(await author.getByRole('link', { name: 'Export as CSV' }).count()).toBe(0);
    await author.close();
  });

  test('of a list are added by pasting identities, with the outcome of each, and taken out one by one', async () => {
    const page = await world.asMember('editor', `${address}/${staff}/users`);
    await page.getByRole('button', { name: 'Add users' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add users to “Staff”' });
    await dialog
      .getByLabel('Identities')
      .fill('anonymousId-101\nanonymousId-111\n\nnobody@example.com\nanonymousId-111\n');
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Add 3 users' }).click();
    await dialog.getByText('1 added, 1 already on the list, 1 unknown.').waitFor();
    const outcomes = await dialog.getByRole('table').locator('tbody tr').allInnerTexts();
    expect(outcomes.map((row) => row.split(/\s*\t\s*|\n/).filter(Boolean))).toEqual([
      ['nobody@example.com', 'No such user'],
      ['anonymousId-101', 'Already on the list'],
      ['anonymousId-111', 'Added'],
    ]);
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await tab(page, /^Users\s+3$/).waitFor();
    const row = table(page).getByRole('row').filter({ hasText: 'anonymousId-111' });
    await row.getByRole('button', { name: /^Remove .* from this list$/ }).click();
    await row.waitFor({ state: 'detached' });
    await tab(page, /^Users\s+2$/).waitFor();
    expect((await api('GET', `segments/${staff}`)).users).toBe(2);
    await page.close();
  });

  test('of a rule follow from it: nobody is added or taken out by hand', async () => {
    const page = await world.asMember('editor', `${address}/${buyers}/users`);
    await table(page).waitFor();
    expect(await page.getByRole('button', { name: /Add users|Remove/ }).count()).toBe(0);
    await page.close();
  });
});

describe('its membership', () => {
  test('is drawn by day, and says the same in a table', async () => {
    const page = await world.asAdministrator(`${address}/${staff}/membership`);
    const [today] = (await api('GET', `segments/${staff}/history`)).items.slice(-1);
    const said = `${today.joined} joined, ${today.left} left, 0 deleted.`;
    await page
      .getByRole('img', { name: `In 90 days: ${said}` })
      .locator('svg')
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Show as a table' }).click();
    const days = page.getByRole('table', { name: 'Joined, left and deleted by day' });
    const cells = await days.locator('tbody tr').first().getByRole('cell').allInnerTexts();
    expect(cells.slice(1)).toEqual([String(today.joined), String(today.left), '0']);
    expect(await days.getAttribute('aria-rowcount')).toBe('91');
    await page.getByText('365 days').click();
    await page.getByRole('img', { name: `In 365 days: ${said}` }).waitFor();
    expect(new URL(page.url()).search).toBe('?days=365');
    await expectAccessible(page);
    await page.close();
  });

  test('is compared with another segment, exactly, under an address of its own', async () => {
    const page = await world.asMember('viewer', `${address}/halfx/membership`, { colorScheme: 'dark' });
    await page.getByText(/^In 90 days: 0 joined, 0 left, \d+ deleted/).waitFor();
    await page.getByRole('combobox', { name: 'Other segment' }).click();
    await page.getByRole('option', { name: /^Segment every/ }).click();
    const { users, otherUsers, both } = await api('GET', 'segments/halfx/compare?with=every');
    const part = (name: string) => page.locator('dl > div').filter({ hasText: name }).locator('dd').innerText();
    await page.getByText('Only in Segment every').waitFor();
    const exact = new Intl.NumberFormat('en-GB');
    expect(both).toBeGreaterThan(0);
    expect(await part('In both')).toBe(`${exact.format(both)} users`);
    expect(await part('Only in Segment halfx')).toBe(`${exact.format(users - both)} users`);
    expect(await part('Only in Segment every')).toBe(`${exact.format(otherUsers - both)} users`);
    expect(new URL(page.url()).search).toBe('?with=every');
    await expectAccessible(page);
    await page.reload();
    await page.getByText('Only in Segment every').waitFor();
    await page.close();
  });

  test('fits a narrow window, and nothing went wrong in any', async () => {
    for (const path of ['users', 'membership?with=every']) {
      const page = await world.asAdministrator(`${address}/${staff}/${path}`, { width: 320 });
      await page.getByRole('heading', { level: 1, name: 'Staff' }).waitFor();
      await (path === 'users' ? table(page) : page.getByText('In both', { exact: true })).waitFor();
      await expectToFit(page);
      await page.close();
    }
    expect(world.faults).toEqual([]);
  });
});
