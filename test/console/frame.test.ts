import { afterAll, beforeAll, expect, test } from 'vitest';
import { runImport } from '../imports.ts';
import { type ConsoleWorld, expectAccessible, expectToFit, startConsole } from './world.ts';

let world: ConsoleWorld;
beforeAll(async () => {
  world = await startConsole({ LETHE_BOOTSTRAP_DATASETS: 'blog' });
  await runImport(
    world.server,
    'userId,identity:email,type,event\nu1,grace@example.com,track,Visit\nu2,alan@example.com,track,Visit\n',
  );
  await world.server.api('POST', '/api/dataset/shop/segments', { name: 'Press list', kind: 'manual' });
});
afterAll(() => world.close());

test('the start page is the list of segments of the dataset that one was in last', async () => {
  const page = await world.asAdministrator('/');
  await page.getByRole('heading', { level: 1, name: 'User Segments' }).waitFor();
  await page.getByRole('button', { name: /^Dataset:/ }).click();
  await page.getByRole('menuitem', { name: /blog/ }).click();
  await expect.poll(() => new URL(page.url()).pathname).toBe('/datasets/blog/segments');
  await page.goto('/');
  await expect.poll(() => new URL(page.url()).pathname).toBe('/datasets/blog/segments');
  await page.close();
});

test('the search finds segments by name and users by a part of an identity, from the keyboard', async () => {
  const page = await world.asAdministrator('/datasets/shop/users');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.keyboard.press('ControlOrMeta+k');
  const search = page.getByRole('dialog');
  await search.getByPlaceholder('Search users, segments…').waitFor();
  await page.keyboard.type('press');
  await search.getByText('Press list').waitFor();
  await search.getByPlaceholder('Search users, segments…').fill('grace@');
  await search.getByText('grace@example.com').first().waitFor();
  expect(await search.getByText('Press list').count()).toBe(0);
  await expectAccessible(page);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect.poll(() => new URL(page.url()).pathname).toBe('/datasets/shop/users/usr_1');
  await page.close();
});

test('the theme is chosen by hand and stays, without a flash of the other', async () => {
  const page = await world.asAdministrator('/datasets/shop/segments', { colorScheme: 'light' });
  await page.getByRole('button', { name: /^Your account/ }).click();
  await page.getByRole('menuitemradio', { name: 'Dark' }).click();
  await expectAccessible(page);
  expect(await page.getByRole('menuitemradio', { name: 'Dark' }).getAttribute('aria-checked')).toBe('true');
  // Of the page's scripts only the first one runs: what is painted then is what is painted first.
  await page.route('**/assets/*.js', (route) => route.abort());
  await page.reload();
  expect(await page.evaluate(() => document.documentElement.dataset.mantineColorScheme)).toBe('dark');
  await page.close();
});

test('a sign-out that fails says that one is still signed in', async () => {
  const page = await world.asAdministrator('/datasets/shop/segments');
  await page.route('**/api/auth/sign-out', (route) => route.abort());
  await page.getByRole('button', { name: /^Your account/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByText('You are still signed in').waitFor();
  await page.close();
});

test('by keyboard one skips the navigation, and the title of a screen has the focus when it opens', async () => {
  const page = await world.asAdministrator('/datasets/shop/segments');
  const title = page.getByRole('heading', { level: 1, name: 'User Segments' });
  await title.waitFor();
  await expect.poll(() => title.evaluate((element) => element === document.activeElement)).toBe(true);
  await page.getByRole('link', { name: 'Skip to the content' }).focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('content');
  await page.close();
});

test('on a narrow screen the navigation opens on request and closes behind one', async () => {
  const page = await world.asAdministrator('/datasets/shop/segments', { width: 320 });
  await page.getByRole('heading', { level: 1, name: 'User Segments' }).waitFor();
  const users = page.getByRole('link', { name: 'All Users', exact: true });
  await expect.poll(() => users.isVisible()).toBe(false);
  await page.getByRole('button', { name: 'Navigation', exact: true }).click();
  await users.click();
  await page.getByRole('heading', { level: 1, name: 'All Users' }).waitFor();
  await expect.poll(() => users.isVisible()).toBe(false);
  await expectToFit(page);
  await page.close();
});

test('what is not there is said plainly: an address of no screen, and a dataset without a role', async () => {
  const page = await world.asMember('viewer', '/nowhere');
  await page.getByRole('heading', { name: 'Nothing here' }).waitFor();
  await page.goto('/datasets/blog/segments');
  await page.getByRole('heading', { name: 'Nothing here' }).waitFor();
  await expectAccessible(page);
  await page.close();
});

test('nothing moves for those who asked for less motion', async () => {
  const page = await world.asAdministrator('/datasets/shop/segments', { reducedMotion: 'reduce' });
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.getByRole('button', { name: /^Your account/ }).click();
  const seconds = await page.evaluate(() =>
    [...document.querySelectorAll('*')].map((element) =>
      Number.parseFloat(getComputedStyle(element).transitionDuration),
    ),
  );
  expect(Math.max(...seconds)).toBeLessThan(0.001);
  await page.close();
});

test('nothing went wrong in any window', () => {
  expect(world.faults).toEqual([]);
});
