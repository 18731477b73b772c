import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fillDataset } from '../fill-dataset.ts';
import { until } from '../waiting.ts';
import { type ConsoleWorld, expectAccessible, expectToFit, startConsole } from './world.ts';

const address = '/datasets/shop/segments';
const profiles = 1_200;

let world: ConsoleWorld;
beforeAll(async () => {
  world = await startConsole();
});
afterAll(() => world.close());

async function api(method: string, path: string, body?: unknown) {
  const answer = await world.server.api(method, `/api/dataset/shop/${path}`, body);
  expect(answer.status).toBeLessThan(300);
  return answer.json;
}

async function create(segment: { name: string; kind: string; rule?: unknown; folder?: string }): Promise<string> {
  const { id } = await api('POST', 'segments', segment);
  await until(async () => (await api('GET', `segments/${id}`)).state === 'ready', `${segment.name} is ready`);
  return id;
}

const rowOf = (page: Page, name: string) =>
  page
    .getByRole('table', { name: 'Segments' })
    .getByRole('row')
    .filter({ has: page.getByRole('link', { name, exact: true }) });
const cellsOf = (page: Page, name: string) => rowOf(page, name).getByRole('cell').allInnerTexts();
const paneOf = (page: Page, name: string) => page.getByRole('region', { name: `About ${name}` });
const namesIn = (page: Page) =>
  page.getByRole('table', { name: 'Segments' }).locator('tbody').getByRole('link').allInnerTexts();

describe('a dataset without a segment', () => {
  test('teaches what a segment is, and how to make the first one', async () => {
    const page = await world.asAdministrator(address);
    const empty = page.getByRole('main');
    await empty.getByText('A segment is a group of users').waitFor();
    const ways = await empty.getByRole('listitem').getByRole('link').all();
    const templates = await Promise.all(
      ways.map(async (way) => [await way.innerText(), await way.getAttribute('href')]),
    );
    expect(templates).toEqual([
      ['No visit for 24 months', `${address}/new?template=inactive`],
      ['Anonymous, one visit', `${address}/new?template=anonymousOneVisit`],
      ['Staff', `${address}/new?template=staff`],
    ]);
    expect(await empty.getByRole('link', { name: 'New segment' }).first().getAttribute('href')).toBe(`${address}/new`);
    await expectAccessible(page);
    await page.close();
  });

  test('says to somebody who may not make one who can', async () => {
    const page = await world.asMember('viewer', address, { colorScheme: 'dark' });
    await page.getByText('An editor can make one.').waitFor();
    expect(await page.getByRole('main').getByRole('link').count()).toBe(0);
    await expectAccessible(page);
    await page.close();
  });
});

describe('the list', () => {
  let page: Page;
  let staff: string;
  let gone: string;
  beforeAll(async () => {
    await fillDataset(world.server.database.ds, { profiles, eventsPerProfile: 3, share: 0.5 });
    staff = await create({ name: 'Staff', kind: 'manual', folder: 'Own' });
    await api('POST', `segments/${staff}/users`, { ids: ['anonymousId-101', 'anonymousId-102', 'anonymousId-103'] });
    await api('DELETE', `segments/${staff}/users`, { ids: ['anonymousId-103'] });
    gone = await create({ name: 'Gone', kind: 'rule', folder: 'Cleaning up', rule: { segment: staff, member: false } });
    const old = await create({ name: 'Winter sale', kind: 'rule', rule: { everyone: true } });
    await api('PATCH', `segments/${old}`, { enabled: false });
    const test1 = await create({ name: 'Test users', kind: 'subscriberList' });
    await api('POST', `segments/${test1}/users`, { ids: ['anonymousId-109'] });
    await api('POST', `segments/${test1}/deletions`, { consent: true, expectedUsers: 1 });
    await until(async () => (await api('GET', `segments/${test1}`)).state === 'ready', 'the deletion is completed');
  });
  beforeEach(async () => {
    await page?.close();
    page = await world.asAdministrator(address);
    await rowOf(page, 'Staff').waitFor();
  });

  test('says of each its kind, its exact users, who came and went, and what uses it', async () => {
    await until(async () => (await cellsOf(page, 'Staff'))[3] !== '', 'the last days are there');
    expect(await cellsOf(page, 'Staff')).toEqual([
      'Staff',
      'Manual',
      '2',
      'Last 7 days: 3 joined, 1 left, 0 deleted',
      '1 segment',
      expect.stringMatching(/ago|now/),
      staff,
    ]);
    expect((await cellsOf(page, 'Gone')).slice(1, 3)).toEqual(['Rule', '1,197']);
    expect((await cellsOf(page, 'Segment every')).slice(1, 3)).toEqual(['Manual', '1,199']);
  });

  test('follows what happens to the figures by itself', async () => {
    await api('POST', `segments/${staff}/users`, { ids: ['anonymousId-104'] });
    await until(async () => (await cellsOf(page, 'Staff'))[2] === '3', 'the list says 3');
    await api('DELETE', `segments/${staff}/users`, { ids: ['anonymousId-104'] });
    await until(async () => (await cellsOf(page, 'Staff'))[2] === '2', 'the list says 2');
  });

  test('shows disabled segments only on request, with the reason, and says so in the address', async () => {
    expect(await namesIn(page)).not.toContain('Winter sale');
    await page.getByRole('switch', { name: 'Show Disabled' }).check();
    await rowOf(page, 'Winter sale').getByText('disabled by hand').waitFor();
    await rowOf(page, 'Test users')
      .getByText(/^disabled: deletion finished (now|.+ ago)$/)
      .waitFor();
    expect(new URL(page.url()).search).toBe('?showDisabled=true');
    await page.reload();
    await rowOf(page, 'Winter sale').waitFor();
    await expectAccessible(page);
  });

  test('is searched by name or ID and narrowed to a folder, which stands in the address', async () => {
    const search = page.getByLabel('Search segments');
    await search.fill('  STA');
    await page.getByText('1 of 5 segments').waitFor();
    expect(await namesIn(page)).toEqual(['Staff']);
    await search.fill(gone);
    await rowOf(page, 'Gone').waitFor();
    expect(await namesIn(page)).toEqual(['Gone']);
    await search.fill('nothing like this');
    await page.getByRole('link', { name: 'Show all segments' }).click();
    await rowOf(page, 'Staff').waitFor();

    await page.getByRole('combobox', { name: 'Folder' }).click();
    await page.getByRole('option', { name: 'Own' }).click();
    await page.getByText('1 of 5 segments').waitFor();
    expect(new URL(page.url()).search).toBe('?folder=Own');
    await page.getByRole('combobox', { name: 'Folder' }).click();
    await page.getByRole('option', { name: 'No folder' }).click();
    await page.getByText('3 of 5 segments').waitFor();
    expect(await namesIn(page)).toEqual(['Segment doomd', 'Segment every', 'Segment halfx']);
  });

  test('is sorted by any column, and remembers which ones are hidden', async () => {
    await page.getByRole('button', { name: 'Users', exact: true }).click();
    expect((await namesIn(page))[0]).toBe('Segment every');
    await page.getByRole('button', { name: 'Users', exact: true }).click();
    expect((await namesIn(page))[0]).toBe('Staff');

    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'ID' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Folder' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('columnheader', { name: 'Folder' }).waitFor();
    await page.reload();
    await page.getByRole('columnheader', { name: 'Folder' }).waitFor();
    expect(await page.getByRole('columnheader', { name: 'ID' }).count()).toBe(0);
    const kept = await page.evaluate(() => localStorage.getItem('lethe.segments.hidden-columns'));
    expect(kept).toBe('["id"]');
  });

  test('opens a segment by double click, and by keyboard alone', async () => {
    await rowOf(page, 'Staff').getByRole('cell').nth(1).dblclick();
    await page.waitForURL(`**${address}/${staff}/users`);
    await page.goBack();
    await rowOf(page, 'Staff').getByRole('cell').nth(1).click();
    await paneOf(page, 'Staff').waitFor();
    await page.keyboard.press('ArrowUp');
    await paneOf(page, 'Segment halfx').waitFor();
    await page.keyboard.press('ArrowDown');
    await paneOf(page, 'Staff').waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(`**${address}/${staff}/users`);
  });

  test('says below what the selected one is, what uses it, its rule and its history', async () => {
    await rowOf(page, 'Staff').getByRole('cell').nth(1).click();
    const pane = paneOf(page, 'Staff');
    await pane.getByText('Last 7 days:').last().waitFor();
    expect(await pane.innerText()).toMatch(
      /Folder\s+Own[\s\S]*by Bootstrap[\s\S]*Its users were never deleted in bulk/,
    );
    expect(await pane.getByRole('link', { name: 'Gone' }).getAttribute('href')).toBe(`${address}/${gone}`);
    expect(await pane.getByRole('link', { name: 'Clone' }).getAttribute('href')).toBe(`${address}/new?from=${staff}`);
    await expectAccessible(page);
    await rowOf(page, 'Gone').getByRole('cell').nth(1).click();
    await paneOf(page, 'Gone').getByText('Does not belong to the segment “Staff”').waitFor();
  });

  test('moves a segment to a new folder and out of it', async () => {
    await rowOf(page, 'Segment every').getByRole('cell').nth(1).click();
    const pane = paneOf(page, 'Segment every');
    await pane.getByRole('button', { name: 'Move to a folder' }).click();
    const dialog = page.getByRole('dialog', { name: 'Move “Segment every” to a folder' });
    await dialog.getByLabel('Folder').selectOption('New folder…');
    await dialog.getByLabel('Name of the new folder').fill('Everybody');
    await dialog.getByRole('button', { name: 'Move segment' }).click();
    await dialog.waitFor({ state: 'detached' });
    await pane.getByText('Everybody').waitFor();
    expect((await api('GET', 'segments/every')).folder).toBe('Everybody');
    await pane.getByRole('button', { name: 'Move to a folder' }).click();
    await expectAccessible(page);
    await dialog.getByLabel('Folder').selectOption('No folder');
    await dialog.getByRole('button', { name: 'Move segment' }).click();
    await pane.getByText('No folder').waitFor();
    expect((await api('GET', 'segments/every')).folder).toBeNull();
  });

  test('deletes a segment after a question, and says what uses one that cannot be deleted', async () => {
    const spare = await create({ name: 'Spare', kind: 'manual' });
    await rowOf(page, 'Spare').getByRole('cell').nth(1).click();
    await paneOf(page, 'Spare').getByRole('button', { name: 'Delete segment' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete the segment “Spare”?' });
    await until(
      () => dialog.getByRole('button', { name: 'Cancel' }).evaluate((button) => button === document.activeElement),
      'Cancel has the focus',
    );
    await dialog.getByRole('button', { name: 'Delete segment' }).click();
    await rowOf(page, 'Spare').waitFor({ state: 'detached' });
    expect((await world.server.api('GET', `/api/dataset/shop/segments/${spare}`)).status).toBe(404);

    await rowOf(page, 'Staff').getByRole('cell').nth(1).click();
    await paneOf(page, 'Staff').getByRole('button', { name: 'Delete segment' }).click();
    const refused = page.getByRole('dialog', { name: 'Delete the segment “Staff”?' });
    await refused.getByRole('button', { name: 'Delete segment' }).click();
    await refused.getByRole('alert').getByRole('link', { name: 'Gone' }).waitFor();
    await expectAccessible(page);
    await refused.getByRole('button', { name: 'Cancel' }).click();
    expect((await api('GET', `segments/${staff}`)).name).toBe('Staff');
  });

  test('shows those who may not edit segments nothing that would be refused', async () => {
    for (const role of ['viewer', 'analyst', 'campaignAuthor'] as const) {
      const theirs = await world.asMember(role, address, { colorScheme: 'dark' });
      await rowOf(theirs, 'Staff').getByRole('cell').nth(1).click();
      await paneOf(theirs, 'Staff').getByRole('link', { name: 'Open' }).waitFor();
      const actions = theirs.getByRole('main').getByRole('button', { name: /Move|Delete|Enable/ });
      expect(await actions.count()).toBe(0);
      expect(await theirs.getByRole('link', { name: /New segment|Clone/ }).count()).toBe(0);
      await expectAccessible(theirs);
      await theirs.close();
    }
  });

  test('fits a narrow window, and nothing went wrong in any', async () => {
    const narrow = await world.asAdministrator(`${address}?showDisabled=true`, { width: 320 });
    await rowOf(narrow, 'Staff').getByRole('link').focus();
    await paneOf(narrow, 'Staff').waitFor();
    await expectToFit(narrow);
    await narrow.close();
    await page.close();
    expect(world.faults).toEqual([]);
  });
});
