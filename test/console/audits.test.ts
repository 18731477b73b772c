import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type ConsoleWorld,
  expectAccessible,
  expectAccessibleInBothThemes,
  expectToFit,
  startConsole,
} from './world.ts';

let world: ConsoleWorld;
let segment: string;

beforeAll(async () => {
  world = await startConsole();
  const { api } = world.server;
  const rule = (value: string) => ({ attribute: 'country', is: 'equals', value });
  const { json } = await api('POST', '/api/dataset/shop/segments', { name: 'Germans', kind: 'rule', rule: rule('DE') });
  segment = json.id;
  const change = { name: 'People in France', rule: rule('FR') };
  await api('PATCH', `/api/dataset/shop/segments/${segment}`, change);
  await api('POST', '/api/members', { email: 'grace@example.com', name: 'Grace Hopper', roles: { shop: 'editor' } });
});
afterAll(() => world.close());

const entries = (page: Page) => page.getByRole('table', { name: 'Audit entries, newest first' });

test('entries say in words what was done, to what and by whom, newest first', async () => {
  const page = await world.asAdministrator('/audits');
  const table = entries(page);
  await table.getByRole('button').first().waitFor();
  const rows = (await table.getByRole('row').allInnerTexts()).slice(1);
  const order = ['Signed in', 'Member added', 'Segment changed', 'Segment created'];
  const places = order.map((action) => rows.findIndex((row) => row.includes(action)));
  expect(places.toSorted((a, b) => a - b)).toEqual(places);
  expect(places).not.toContain(-1);
  expect(rows[places[2] ?? 0]).toContain('People in France');
  expect(rows[places[2] ?? 0]).toContain('Bootstrap');
  expect(rows[places[2] ?? 0]).toContain('shop');
});

test('what the list is narrowed to stands in the address, which can be passed on', async () => {
  const page = await world.asAdministrator('/audits');
  await page.getByLabel('Action').selectOption('Segments: all');
  await page.getByLabel('Dataset', { exact: true }).selectOption('Shop');
  await entries(page).getByRole('row').filter({ hasText: 'Signed in' }).first().waitFor({ state: 'detached' });
  const { pathname, searchParams } = new URL(page.url());
  expect([pathname, searchParams.get('action'), searchParams.get('dataset')]).toEqual(['/audits', 'segment', 'shop']);

  const other = await world.asAdministrator(page.url().slice(world.server.url.length));
  await entries(other).getByRole('button').first().waitFor();
  expect(await other.getByLabel('Action').inputValue()).toBe('segment');
  expect(await entries(other).getByRole('button').count()).toBe(2);
  await other.getByLabel('Action').selectOption('Segment changed');
  await entries(other)
    .getByRole('button', { name: /^Segment created/ })
    .waitFor({ state: 'detached' });
  await other.getByRole('button', { name: 'Clear filters' }).click();
  await entries(other)
    .getByRole('button', { name: /^Member added/ })
    .first()
    .waitFor();
  expect(new URL(other.url()).search).toBe('');
});

test('days are days of the reader, both included', async () => {
  const day = (daysFromNow: number) => {
    const moment = new Date(Date.now() + daysFromNow * 24 * 60 * 60 * 1_000);
    return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin' }).format(moment);
  };
  const page = await world.asAdministrator(`/audits?from=${day(0)}&to=${day(0)}`);
  await entries(page)
    .getByRole('button', { name: /^Segment created/ })
    .waitFor();
  await page.getByLabel('To, inclusive').fill('');
  await page.getByLabel('From').fill(day(1));
  await page.getByRole('heading', { name: 'No entry matches' }).waitFor();
  await page.getByRole('main').getByRole('button', { name: 'Clear filters' }).last().click();
  await entries(page)
    .getByRole('button', { name: /^Segment created/ })
    .waitFor();
});

test('an entry of a change shows both versions side by side and marks what differs, not by colour alone', async () => {
  const page = await world.asAdministrator('/audits?action=segment.changed');
  await entries(page).getByRole('button').first().click();
  const dialog = page.getByRole('dialog');
  const versions = dialog.getByRole('table', { name: 'Before and after' });
  const name = versions.getByRole('row', { name: /^name changed/ });
  await name.waitFor();
  expect(await name.getByRole('cell').allInnerTexts()).toEqual([
    expect.stringMatching(/−\s*Removed:\s*Germans/),
    expect.stringMatching(/\+\s*Added:\s*People in France/),
  ]);
  const kept = versions.getByRole('row', { name: /^enabled unchanged/ });
  expect(await kept.innerText()).not.toMatch(/Removed|Added|[−+]/);
  expect(await dialog.innerText()).toContain(segment);
  expect(await dialog.innerText()).toContain('UTC');
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  const opener = entries(page).getByRole('button').first();
  expect(await opener.evaluate((it) => it === document.activeElement)).toBe(true);
});

test('what was made is shown as one version', async () => {
  const page = await world.asAdministrator('/audits?action=member.created');
  await entries(page).getByRole('button').filter({ hasText: /./ }).first().click();
  const made = page.getByRole('dialog').getByRole('table', { name: 'As it was made' });
  await made.getByRole('row', { name: /^roles/ }).waitFor();
  expect(await made.innerText()).toContain('"shop": "editor"');
  expect(await made.getByRole('columnheader').count()).toBe(2);
});

test('from an entry the way leads to everything that its actor did', async () => {
  const page = await world.asAdministrator('/audits?action=member.created');
  await entries(page).getByRole('row').filter({ hasText: 'Grace Hopper' }).getByRole('button').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Show everything by Bootstrap' }).click();
  await entries(page)
    .getByRole('button', { name: /^Segment changed/ })
    .waitFor();
  expect(await page.getByLabel('By', { exact: true }).inputValue()).toBe('testkey');
  expect(
    await entries(page)
      .getByRole('button', { name: /^Signed in/ })
      .count(),
  ).toBe(0);
});

test('the list goes on for as long as there are entries', async () => {
  for (let made = 0; made < 130; made++) {
    await world.server.api('POST', '/api/tokens', { name: `token ${made}`, roles: { shop: 'viewer' } });
  }
  const page = await world.asAdministrator('/audits?dataset=&action=');
  const list = page.getByRole('region', { name: 'Audit entries, newest first' });
  const oldest = entries(page).getByRole('row').filter({ hasText: 'Dataset created' });
  await list.getByRole('button').first().waitFor();
  await expect
    .poll(
      async () => {
        await list.evaluate((window) => window.scrollTo(0, window.scrollHeight));
        return oldest.count();
      },
      { timeout: 20_000 },
    )
    .toBe(1);
});

test('the audit is accessible in both themes, and fits 320 px', async () => {
  const page = await world.asAdministrator('/audits?action=segment.changed');
  await entries(page).getByRole('button').first().waitFor();
  await expectAccessibleInBothThemes(page);
  await entries(page).getByRole('button').first().click();
  await page.getByRole('table', { name: 'Before and after' }).waitFor();
  await expectAccessibleInBothThemes(page);
  await page.keyboard.press('Escape');
  await page.setViewportSize({ width: 320, height: 700 });
  await expectToFit(page);
  await expectAccessibleInBothThemes(page);
  expect(world.faults).toEqual([]);
});
