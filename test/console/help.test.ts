import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConsoleWorld, expectAccessible, expectToFit, startConsole } from './world.ts';

const names = readdirSync(fileURLToPath(new URL('../../docs', import.meta.url)))
  .filter((file) => file.endsWith('.md'))
  .map((file) => file.slice(0, -'.md'.length));

let world: ConsoleWorld;
beforeAll(async () => {
  world = await startConsole();
});
afterAll(() => world.close());

const heading = (page: Page) => page.getByRole('heading', { level: 1 });

/** What the links of a page lead to, as addresses of this server. */
function addressesIn(page: Page): Promise<string[]> {
  return page
    .getByRole('main')
    .locator('a:not([target])')
    .evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href));
}

test.each(names)(
  'the page %s of the documentation opens for everybody, with its pictures, in both themes',
  async (name) => {
    const page = await world.asStranger(`/help/${name}`);
    await heading(page).waitFor();
    // Pictures are images by their address, SVG too: nothing of what a file holds becomes a part of the page.
    expect(await page.getByRole('main').locator('svg, object, embed, iframe').count()).toBe(0);
    expect(await page.title()).toBe(`${await heading(page).innerText()} · Lethe`);
    for (const picture of await page.getByRole('img').all()) {
      await picture.scrollIntoViewIfNeeded();
      await expect.poll(() => picture.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(0);
      expect(await picture.getAttribute('alt')).not.toBe('');
      expect(await picture.getAttribute('src')).toMatch(/^\/assets\/[\w-]+\.(png|svg)$/);
    }
    await expectAccessible(page);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize({ width: 320, height: 700 });
    await expectToFit(page);
    await expectAccessible(page);
    await page.close();
  },
);

test('every link of every page leads to a page and a heading that are there', async () => {
  const page = await world.asStranger('/help/README');
  const wanted = new Set<string>();
  for (const name of names) {
    await page.goto(`/help/${name}`);
    await heading(page).waitFor();
    for (const address of await addressesIn(page)) wanted.add(address);
  }
  expect(wanted.size).toBeGreaterThan(names.length);
  const broken: string[] = [];
  // In order, so that every page is opened once.
  for (const address of [...wanted].sort()) {
    const { origin, pathname, hash } = new URL(address);
    expect(origin).toBe(world.server.url);
    if (new URL(page.url()).pathname !== pathname) await page.goto(pathname);
    await heading(page).waitFor();
    const isThere = (await page.getByRole('heading', { name: 'Nothing here' }).count()) === 0;
    const anchor = hash === '' || (await page.locator(`[id="${decodeURIComponent(hash.slice(1))}"]`).count()) === 1;
    if (!isThere || !anchor) broken.push(address);
  }
  expect(broken).toEqual([]);
  await page.close();
});

test('a link to a section shows that section, within the page and from another one', async () => {
  const page = await world.asStranger('/help/before-you-delete');
  const isInView = (id: string) =>
    page.locator(`[id="${id}"]`).evaluate((section) => {
      const { top } = section.getBoundingClientRect();
      return top >= 0 && top < 120;
    });
  await page.getByRole('link', { name: 'Common questions' }).click();
  await expect.poll(() => isInView('common-questions')).toBe(true);
  await page.getByRole('link', { name: 'enables it' }).click();
  await page.waitForURL('**/help/delete-all-users-in-a-segment#enable-the-segment-again');
  await expect.poll(() => isInView('enable-the-segment-again')).toBe(true);
  await page.getByRole('link', { name: 'All pages' }).click();
  await page.getByRole('heading', { name: 'Lethe: documentation' }).waitFor();
  await expect.poll(() => page.evaluate(() => window.scrollY)).toBe(0);
  await page.close();
});

test('the documentation is reached from the menu of whoever is signed in, and leads back', async () => {
  const page = await world.asMember('viewer', '/datasets/shop/segments');
  await page.getByRole('button', { name: /^Your account/ }).click();
  await page.getByRole('menuitem', { name: 'Documentation' }).click();
  await page.waitForURL('**/help/README');
  await page.getByRole('link', { name: 'To the console' }).click();
  await page.waitForURL('**/datasets/shop/**');
  await page.close();
});

test('a page that is not there is said to be none', async () => {
  const page = await world.asStranger('/help/no-such-page');
  await page.getByRole('heading', { name: 'Nothing here' }).waitFor();
  await expectAccessible(page);
  await page.close();
  expect(world.faults).toEqual([]);
});
