import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runImport } from '../imports.ts';
import { fromPage, message, write } from '../messages.ts';
import { door, until } from '../waiting.ts';
import {
  type ConsoleWorld,
  expectAccessible,
  expectAccessibleInBothThemes,
  expectToFit,
  startConsole,
} from './world.ts';

const address = '/datasets/shop/users';
const exact = new Intl.NumberFormat('en-GB');
/** More than two pages of either list. */
const customers = 450;
const views = 450;

let world: ConsoleWorld;
beforeAll(async () => {
  world = await startConsole();
});
afterAll(() => world.close());

const idOf = async (value: string): Promise<string> =>
  (await world.server.api('GET', `/api/dataset/shop/user/${value}`)).json.id;

/** Ada, with everything that a user may have, and many who have little. */
async function bringUsers(): Promise<void> {
  const csv = [
    'userId,anonymousId,identity:email,identity:customerId,attribute:name,attribute:zip!text',
    'ada-1,a-77f3,ada@example.com,C-1,Ada Lovelace,01067',
    ...Array.from({ length: customers }, (_, n) => `u-${n},,customer-${n}@example.com,,,`),
  ];
  await runImport(world.server, csv.join('\n'), { kind: 'users' });
  const day = Date.UTC(2026, 4, 1, 10);
  const events = [
    ...Array.from({ length: views }, (_, n) => ({
      event: 'View Item',
      userId: 'ada-1',
      timestamp: new Date(day + n * 60_000).toISOString(),
      properties: { sku: `S-${n}` },
    })),
    order('ada-1', '2026-05-02T10:00:00Z', 59.9),
    order('ada-1', '2026-05-03T10:00:00Z', 20.1),
    order('u-7', '2026-06-01T10:00:00Z', 5),
  ];
  await runImport(world.server, events.map((event) => JSON.stringify({ type: 'track', ...event })).join('\n'), {
    type: 'application/x-ndjson',
  });
  const seen = { at: new Date('2026-05-04T10:00:00Z'), traits: { colours: ['red', 'blue'] } };
  await write(world.server.database, [message('userId:ada-1', seen)], { origin: fromPage });
  const rule = { orders: 'count', is: 'atLeast', value: 1 };
  await world.server.api('POST', '/api/dataset/shop/segments', { name: 'Buyers', kind: 'rule', rule });
  await until(async () => {
    const { json } = await world.server.api('GET', '/api/dataset/shop/segments');
    return json.items[0].users === 2;
  }, 'the segment is computed');
}

function order(userId: string, timestamp: string, revenue: number) {
  return { event: 'Purchase', userId, timestamp, properties: { revenue, products: [{ sku: 'S-1' }] } };
}

describe('All Users', () => {
  test('without users teaches how the first ones come, to each role what it may do, and sees them come', async () => {
    const editor = await world.asMember('editor', address);
    await editor.getByRole('heading', { name: 'No users yet' }).waitFor();
    await editor.getByText('lethe import users.csv --kind users --dataset shop').waitFor();
    await editor.getByRole('button', { name: 'Copy command' }).waitFor();
    await expectAccessible(editor);
    const viewer = await world.asMember('viewer', address);
    await viewer.getByText('Importing needs the Editor or Administrator role.').waitFor();
    expect(await viewer.getByRole('link', { name: 'Import users' }).count()).toBe(0);
    expect(await viewer.getByText('lethe import').count()).toBe(0);

    await bringUsers();
    for (const page of [editor, viewer]) {
      await page.getByText(`${customers + 1} users`, { exact: true }).waitFor();
      await page.getByRole('link', { name: 'Ada Lovelace' }).waitFor();
      await page.close();
    }
  });

  test('leads whoever may import to the import', async () => {
    await world.server.api('POST', '/api/datasets', { id: 'empty', name: 'Empty', type: 'qa' });
    const page = await world.asAdministrator('/datasets/empty/users');
    await page.getByRole('link', { name: 'Import users' }).click();
    await page.waitForURL('**/datasets/empty/imports/new');
    await page.close();
  });

  test('says exactly how many there are and what they amount to, also when it changes', async () => {
    const page = await world.asAdministrator(address);
    await expectFigures(page);
    await world.server.api('DELETE', '/api/dataset/shop/user/u-449');
    await page.getByText(`${customers} users`, { exact: true }).waitFor();
    await expectFigures(page);
    await page.close();
  });

  test('finds users by a part of an identity, and what is searched for is in no address', async () => {
    const page = await world.asAdministrator(address);
    const addresses: string[] = [];
    page.on('request', (request) => addresses.push(request.url()));
    const search = page.getByRole('searchbox', { name: 'Search users' });
    await search.fill('Customer-44');
    // 44 and 440 to 448; 449 was deleted.
    await page.getByText('10 users found.').waitFor();
    expect(await page.getByRole('table', { name: 'All Users' }).getByRole('row').count()).toBe(11);
    await search.fill('customer');
    await page.getByText('The first 200 users found; scroll for more.').waitFor();
    await search.fill('nobody@example.com');
    await page.getByText('No user matches.').waitFor();
    await search.fill(await idOf('u-7'));
    await page.getByText('1 user found.').waitFor();
    await search.fill('');
    await page.getByRole('link', { name: 'Ada Lovelace' }).waitFor();
    addresses.push(page.url());
    expect(addresses.filter((url) => /customer-|nobody|usr_/i.test(url))).toEqual([]);
    await page.close();
  });

  test('shows the last active first at an address of its own, and all of them as one scrolls', async () => {
    const page = await world.asAdministrator(address);
    await page.getByLabel('Order').selectOption('Last active first');
    await page.waitForURL('**/users?sort=lastActivity');
    const table = page.getByRole('table', { name: 'All Users' });
    await until(async () => /customer-7@/.test(await table.getByRole('row').nth(1).innerText()), 'u-7 is first');
    await page.reload();
    await until(async () => /customer-7@/.test(await table.getByRole('row').nth(1).innerText()), 'u-7 is first');
    // Those without events come last, the newest of them first.
    await scrollTo(page, 'All Users', table.getByText('customer-0@example.com', { exact: true }));
    expect(await table.getAttribute('aria-rowcount')).toBe(String(customers + 1));
    await page.close();
  });

  test('exports everybody for those who may export', async () => {
    const page = await world.asMember('analyst', address);
    const waiting = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Export all users' }).click();
    const stream = await (await waiting).createReadStream();
    const lines = (await new Response(stream as unknown as BodyInit).text()).trim().split('\r\n');
    expect(lines).toHaveLength(customers + 1);
    expect(lines[0]).toContain('id,userId,anonymous');
    await page.close();
    const author = await world.asMember('campaignAuthor', address);
    await author.getByRole('link', { name: 'Ada Lovelace' }).waitFor();
    expect(await author.getByRole('link', { name: 'Export all users' }).count()).toBe(0);
    await author.close();
  });
});

async function expectFigures(page: Page): Promise<void> {
  const { json } = await world.server.api('GET', '/api/dataset/shop/summary');
  const figures = page.getByRole('region', { name: 'In this dataset now' });
  await page.getByText(`${exact.format(json.users)} users`, { exact: true }).waitFor();
  const money = new Intl.NumberFormat('en-GB', { minimumFractionDigits: 2 });
  expect((await figures.innerText()).split(/\s*\n\s*/)).toEqual(
    [
      ['Named', exact.format(json.named)],
      ['Anonymous', exact.format(json.anonymous)],
      ['Events', exact.format(json.events)],
      ['Orders', exact.format(json.orders)],
      ['Revenue', money.format(json.revenue)],
    ].flat(),
  );
}

/** Scrolls the window of an endless list, page by page, until something is there. */
async function scrollTo(page: Page, label: string, wanted: ReturnType<Page['getByText']>): Promise<void> {
  const frame = page.getByRole('region', { name: label });
  await until(async () => {
    await frame.evaluate((element) => element.scrollBy(0, element.clientHeight));
    return (await wanted.count()) > 0;
  }, `the list ${label} shows what it ends with`);
}

describe('a user', () => {
  const openAda = async (part = '') => world.asAdministrator(`${address}/${await idOf('ada-1')}${part}`);

  test('has an overview with exact figures, under a name that the history of the browser does not learn', async () => {
    const page = await openAda();
    await page.getByRole('heading', { level: 1, name: 'Ada Lovelace' }).waitFor();
    const id = await idOf('ada-1');
    expect(await page.title()).toBe(`User ${id} · Lethe`);
    expect(await page.getByRole('region', { name: 'Of all time' }).innerText()).toMatch(
      /Events\s+452\s+Visits\s+3\s+Orders\s+2\s+Revenue\s+80\.00/,
    );
    const about = page.getByRole('region', { name: 'About' });
    for (const copied of ['Lethe’s id', 'User ID', 'Anonymous IDs a-77f3'])
      await about.getByRole('button', { name: `Copy ${copied}` }).waitFor();
    expect(await about.innerText()).toMatch(/First activity\s+1 May 2026, 12:00\s+Last activity\s+3 May 2026, 12:00/);
    expect(await about.locator('time').first().getAttribute('title')).toContain('UTC');
    const actions = page.getByRole('table', { name: 'Actions' });
    expect(await actions.getByRole('row', { name: /View Item/ }).innerText()).toMatch(/View Item\s+450\s/);
    await actions.getByRole('link', { name: 'Purchase' }).click();
    await page.waitForURL('**/events?action=Purchase');
    await page.close();
  });

  test('shows attributes with their source, whether it is trusted, and since when', async () => {
    const page = await openAda('/attributes');
    const table = page.getByRole('table', { name: 'Attributes' });
    expect(await table.getByRole('row', { name: /^zip/ }).innerText()).toMatch(/zip\s+01067\s+Import\s+Trusted/);
    expect(await table.getByRole('row', { name: /^colours/ }).innerText()).toMatch(
      /colours\s+red, blue\s+identify\s+From a page\s+4 May 2026, 12:00/,
    );
    await page.getByRole('link', { name: 'Identities 4' }).click();
    const identities = page.getByRole('table', { name: 'Identities' });
    expect(await identities.getByRole('row', { name: /^email/ }).innerText()).toContain('ada@example.com');
    await page.getByRole('link', { name: 'Segments 1' }).click();
    await page.getByRole('table', { name: 'Segments' }).getByRole('link', { name: 'Buyers' }).click();
    await page.waitForURL('**/datasets/shop/segments/*/users');
    await page.close();
  });

  test('has events without end, by action, with their properties as JSON', async () => {
    const page = await openAda('/events');
    const list = page.getByRole('list', { name: 'Events, newest first' });
    await list
      .getByRole('button', { name: /^Purchase/ })
      .first()
      .waitFor();
    await scrollTo(page, 'Events, newest first', list.getByText('sku: S-0', { exact: true }));
    await page.getByLabel('Action').selectOption('Purchase (2)');
    await page.waitForURL('**/events?action=Purchase');
    await until(async () => (await list.getByRole('listitem').count()) === 2, 'only the purchases are listed');
    const newest = list.getByRole('button', { name: /^Purchase/ }).first();
    expect(await newest.getAttribute('aria-expanded')).toBe('false');
    await newest.press('Enter');
    expect(await newest.getAttribute('aria-expanded')).toBe('true');
    const shown = await list.locator('pre').innerText();
    expect(JSON.parse(shown)).toEqual({ revenue: 20.1, products: [{ sku: 'S-1' }] });
    expect(shown).toContain('\n');
    await page.getByRole('link', { name: 'Visits 3' }).click();
    const visits = page.getByRole('table', { name: 'Visits, newest first' });
    expect(await visits.getByRole('row').nth(3).innerText()).toMatch(/^1\s+1 May 2026, 12:00:00.*7 h\S* 29 min/s);
    await page.getByRole('link', { name: 'Orders 2' }).click();
    await page
      .getByRole('list', { name: 'Orders, newest first' })
      .getByRole('button', { name: /^59\.90/ })
      .waitFor();
    await page.close();
  });

  test('who is not here, or no longer, is said plainly, with a way back', async () => {
    const page = await world.asMember('viewer', `${address}/usr_999999`);
    await page.getByRole('heading', { level: 1, name: 'No such user' }).waitFor();
    await page.getByText('There is no user usr_999999 in this dataset.').waitFor();
    await page.getByRole('link', { name: 'Go to All Users' }).click();
    await page.waitForURL(`**${address}`);
    const id = await idOf('u-100');
    await page.goto(`${address}/${id}`);
    await page.getByRole('heading', { level: 1, name: 'customer-100@example.com' }).waitFor();
    await world.server.api('DELETE', `/api/dataset/shop/user/${id}`);
    await page.getByRole('heading', { level: 1, name: 'No such user' }).waitFor();
    await page.close();
  });

  test.each(['editor', 'campaignAuthor', 'analyst', 'viewer'] as const)(
    'is not deleted by the role %s, which sees no button',
    async (role) => {
      const page = await world.asMember(role, `${address}/${await idOf('ada-1')}`);
      await page.getByRole('heading', { level: 1, name: 'Ada Lovelace' }).waitFor();
      expect(await page.getByRole('button', { name: 'Delete User' }).count()).toBe(0);
      await page.close();
    },
  );
});

const screens = ['', '/attributes', '/identities', '/events', '/visits', '/orders', '/segments'];

test('every screen is accessible in both themes and fits 320 pixels', async () => {
  const page = await world.asAdministrator(address);
  await page.getByRole('link', { name: 'Ada Lovelace' }).waitFor();
  await expectAccessibleInBothThemes(page);
  await expectNarrow(page);
  const id = await idOf('ada-1');
  for (const screen of screens) {
    await page.goto(`${address}/${id}${screen}`);
    await page.getByRole('heading', { level: 1, name: 'Ada Lovelace' }).waitFor();
    await page.getByText('Waiting for').waitFor({ state: 'detached' });
    const line = page.getByRole('button', { name: /^(View Item|Purchase|59)/ });
    if (screen === '/events' || screen === '/orders') await line.first().click();
    await expectAccessibleInBothThemes(page);
    await expectNarrow(page);
  }
  await page.goto(`${address}/usr_999999`);
  await page.getByRole('heading', { level: 1, name: 'No such user' }).waitFor();
  await expectAccessibleInBothThemes(page);
  await page.close();
});

async function expectNarrow(page: Page): Promise<void> {
  await page.setViewportSize({ width: 320, height: 700 });
  await expectToFit(page);
  await page.setViewportSize({ width: 1280, height: 900 });
}

describe('Delete User', () => {
  test('says exactly what goes, asks once with the focus on Cancel, and says what went', async () => {
    const id = await idOf('ada-1');
    const page = await world.asAdministrator(`${address}/${id}`);
    await page.getByRole('button', { name: 'Delete User' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete Ada Lovelace?' });
    const cancel = dialog.getByRole('button', { name: 'Cancel' });
    await until(() => cancel.evaluate((button) => button === document.activeElement), 'Cancel has the focus');
    const said = await dialog.getByRole('definition').allInnerTexts();
    const text = await dialog.innerText();
    expect(text).toContain('A deleted user cannot be recovered.');
    expect(text).toContain('This is not the privacy tool');
    expect(await dialog.getByRole('link', { name: 'Which deletion do I need?' }).getAttribute('href')).toBe(
      '/datasets/shop/privacy/which-deletion',
    );
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await idOf('ada-1')).toBe(id);

    await page.getByRole('button', { name: 'Delete User' }).click();
    await dialog.getByRole('button', { name: 'Delete user' }).click();
    const heading = page.getByRole('heading', { level: 1, name: 'The user was deleted' });
    await heading.waitFor();
    await until(() => heading.evaluate((title) => title === document.activeElement), 'the heading has the focus');
    const main = page.getByRole('main');
    // Profile, identities, events, visits, actions, memberships, their changes, clock: what was announced is what went.
    expect(await main.getByRole('definition').allInnerTexts()).toEqual(said);
    expect(said).toEqual(['1', '4', '452', '3', '2', '1', '0', '0']);
    expect(await main.innerText()).not.toMatch(/Ada|ada@/);
    expect((await world.server.api('GET', `/api/dataset/shop/user/${id}`)).status).toBe(404);
    await expectAccessible(page);
    await page.getByRole('link', { name: 'Go to All Users' }).click();
    await page.getByText(`${customers - 2} users`, { exact: true }).waitFor();
    expect(await page.getByRole('link', { name: 'Ada Lovelace' }).count()).toBe(0);
    await page.close();
  });

  test('says it when somebody else was quicker', async () => {
    const id = await idOf('u-200');
    const page = await world.asAdministrator(`${address}/${id}`);
    await page.getByRole('button', { name: 'Delete User' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete customer-200@example.com?' });
    await dialog.waitFor();
    // This window does not hear of it before it asks for the deletion itself.
    const late = door();
    await page.route('**/user/*?type=id', async (route) => {
      if (route.request().method() === 'GET') await late.opened;
      await route.continue();
    });
    await world.server.api('DELETE', `/api/dataset/shop/user/${id}`);
    await dialog.getByRole('button', { name: 'Delete user' }).click();
    await dialog.getByRole('alert').getByText('There is no such user in this dataset.').waitFor();
    late.open();
    await page.getByRole('heading', { level: 1, name: 'No such user' }).waitFor();
    await page.close();
  });
});

test('nothing went wrong in any window', () => {
  expect(world.faults).toEqual([]);
});
