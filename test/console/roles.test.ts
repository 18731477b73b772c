import type { AnyRouter } from '@tanstack/react-router';
import type { Page, Request } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Actor, type DatasetPermission, mayInDataset, type Role, roles } from '../../src/access/permissions.ts';
import { type ConsoleWorld, startConsole } from './world.ts';

let world: ConsoleWorld;
/** What stands in the addresses of screens that show one thing. */
let ids: Readonly<Record<string, string>>;

beforeAll(async () => {
  world = await startConsole();
  const { api } = world.server;
  const csv = 'identity:email,attribute:country\nada@example.com,DE\ngrace@example.com,FR\n';
  const { json: started } = await api('POST', '/api/dataset/shop/imports?kind=users', csv, {
    'content-type': 'text/csv',
  });
  const state = async () => (await api('GET', `/api/dataset/shop/imports/${started.id}`)).json.state;
  await vi.waitFor(async () => expect(await state()).toBe('completed'), { timeout: 20_000 });
  const rule = { attribute: 'country', is: 'equals', value: 'DE' };
  const { json: segment } = await api('POST', '/api/dataset/shop/segments', { name: 'Germans', kind: 'rule', rule });
  const { json: list } = await api('POST', '/api/dataset/shop/segments', { name: 'Staff', kind: 'manual' });
  const { json: users } = await api('GET', '/api/dataset/shop/users');
  ids = { segment: segment.id, list: list.id, user: users.items[0].id, import: started.id };
});
afterAll(() => world.close());

/** A question about a screen: is this button or link there? Exactly for whoever has the permission it has to be. */
interface Offer {
  path: () => string;
  /** The heading of level 1 tells that the screen is there. */
  name: string | RegExp;
  needs: DatasetPermission;
}

const offers: Offer[] = [
  { path: () => '/datasets/shop/segments', name: 'New segment', needs: 'editSegments' },
  { path: () => `/datasets/shop/segments/${ids.segment}/users`, name: /^Export/, needs: 'exportUsers' },
  { path: () => `/datasets/shop/segments/${ids.segment}/setup`, name: /^Save/, needs: 'editSegments' },
  {
    path: () => `/datasets/shop/segments/${ids.segment}/setup`,
    name: 'Delete All Users in Segment',
    needs: 'deleteUsersInBulk',
  },
  { path: () => `/datasets/shop/segments/${ids.list}/users`, name: /^Add users/, needs: 'editSegments' },
  { path: () => '/datasets/shop/users', name: /^Export/, needs: 'exportUsers' },
  { path: () => `/datasets/shop/users/${ids.user}`, name: 'Delete User', needs: 'deleteUser' },
  { path: () => '/datasets/shop/sources', name: 'Make write key', needs: 'manageWriteKeys' },
  { path: () => '/datasets/shop/imports', name: 'New import', needs: 'importData' },
  { path: () => '/datasets/shop/settings', name: 'Define attribute', needs: 'defineAttributes' },
  { path: () => '/datasets/shop/settings', name: 'Delete dataset', needs: 'deleteDataset' },
];

/** The answers of 401 and 403 that a window gets from now on. */
function refusalsOf(page: Page): string[] {
  const refusals: string[] = [];
  page.on('response', (answer) => {
    const { pathname } = new URL(answer.url());
    if ([401, 403].includes(answer.status())) refusals.push(`${answer.status()} ${pathname} at ${page.url()}`);
  });
  return refusals;
}

/** Every address that the console has, with things that are there. The router of the page is asked, so that none is forgotten. */
async function everyAddress(page: Page): Promise<string[]> {
  const paths = await page.evaluate(() =>
    Object.keys((self as unknown as { __TSR_ROUTER__: AnyRouter }).__TSR_ROUTER__.routesByPath),
  );
  const behindSignIn = paths.filter((path) => !['/sign-in', '/new-password'].includes(path));
  return behindSignIn.map((path) =>
    path
      .replace('$ds', 'shop')
      .replace('/segments/$id', `/segments/${ids.segment}`)
      .replace('/imports/$id', `/imports/${ids.import}`)
      .replace('$user', ids.user ?? '')
      .replace('$page', 'delete-all-users-in-a-segment'),
  );
}

/** Goes to a screen as a link of the page does, and waits until it has all that it asks for. */
async function open(page: Page, path: string): Promise<void> {
  const pending = new Set<Request>();
  const begin = (request: Request) => pending.add(request);
  const end = (request: Request) => pending.delete(request);
  page.on('request', begin).on('requestfinished', end).on('requestfailed', end);
  await page.evaluate(
    (href) => (self as unknown as { __TSR_ROUTER__: AnyRouter }).__TSR_ROUTER__.navigate({ href }),
    path,
  );
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
  await expect.poll(() => pending.size).toBe(0);
  page.off('request', begin).off('requestfinished', end).off('requestfailed', end);
}

const actorAs = (role: Role): Actor => ({
  kind: 'member',
  id: '',
  name: '',
  administrator: false,
  roles: { shop: role },
});

const placesOfEverybody = ['User Segments', 'All Users', 'Imports', 'Which deletion do I need?', 'Roles', 'Settings'];

test.each(roles)(
  'to the role "%s" no screen shows anything that the server refuses',
  async (role) => {
    const page = await world.asMember(role, '/');
    await page.getByRole('heading', { level: 1 }).waitFor();
    const addresses = await everyAddress(page);
    expect(addresses.length).toBeGreaterThan(20);
    expect(addresses.filter((path) => path.includes('$'))).toEqual([]);
    const refusals = refusalsOf(page);
    const links = new Set<string>();
    for (const path of addresses) {
      await open(page, path);
      const main = page.getByRole('main');
      for (const link of await main.getByRole('link').all()) links.add((await link.getAttribute('href')) ?? '');
    }
    expect(refusals).toEqual([]);
    // What is to be downloaded is offered only to those who get it.
    for (const link of [...links].filter((href) => href.startsWith('/api/'))) {
      expect((await page.request.get(link)).status(), link).toBe(200);
    }
    const places = page.getByRole('navigation', { name: 'Main' }).getByRole('link');
    expect(await places.allTextContents()).toEqual(placesOfEverybody);
  },
  180_000,
);

test.each(roles)(
  'the role "%s" is offered what it may do, and only that',
  async (role) => {
    const page = await world.asMember(role, '/');
    for (const { path, name, needs } of offers) {
      if (new URL(page.url()).pathname !== path()) await open(page, path());
      const main = page.getByRole('main');
      const found =
        (await main.getByRole('button', { name }).count()) + (await main.getByRole('link', { name }).count());
      expect(found > 0, `${String(name)} at ${path()}`).toBe(mayInDataset(actorAs(role), needs, 'shop'));
    }
  },
  120_000,
);

test('an administrator is offered all of it, and every place', async () => {
  const page = await world.asAdministrator('/');
  const refusals = refusalsOf(page);
  for (const { path, name } of offers) {
    if (new URL(page.url()).pathname !== path()) await open(page, path());
    const main = page.getByRole('main');
    await main.getByRole('button', { name }).or(main.getByRole('link', { name })).first().waitFor();
  }
  const places = page.getByRole('navigation', { name: 'Main' }).getByRole('link');
  const shown = await places.allTextContents();
  expect(shown).toEqual(
    expect.arrayContaining([...placesOfEverybody, 'Sources', 'Requests', 'Members', 'API Tokens', 'Audits']),
  );
  expect(refusals).toEqual([]);
}, 120_000);

test('a member without a role in a dataset does not learn that it exists', async () => {
  await world.server.api('POST', '/api/datasets', { id: 'secret', name: 'Secret', type: 'qa' });
  const page = await world.asMember('editor', '/datasets/secret/segments');
  await page.getByRole('heading', { name: 'Nothing here' }).waitFor();
  expect(await page.locator('body').innerText()).not.toContain('Secret');
});
