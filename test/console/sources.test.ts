import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../server.ts';
import { until } from '../waiting.ts';
import { type ConsoleWorld, expectAccessible, startConsole } from './world.ts';

const address = '/datasets/shop/sources';
const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

let world: ConsoleWorld;
beforeAll(async () => {
  world = await startConsole();
});
afterAll(() => world.close());

const keys: Record<string, string> = {};

async function api(method: string, path: string, body?: unknown) {
  const answer = await world.server.api(method, `/api/dataset/shop/${path}`, body);
  expect(answer.status).toBeLessThan(300);
  return answer.json;
}

/** What a program sends with the key "Web shop". */
function send(path: string, body: unknown, key = keys['Web shop']) {
  const authorization = `Basic ${Buffer.from(`${key}:`).toString('base64')}`;
  return ask(`${world.server.url}/v1/${path}`, 'POST', body, { authorization });
}

async function track(userId: string, event: string, properties: object = {}): Promise<string> {
  expect((await send('track', { userId, event, properties })).status).toBe(200);
  return (await api('GET', `user/${userId}`)).id;
}

const messages = (page: Page) => page.getByRole('list', { name: 'Last messages, newest first' }).getByRole('listitem');
const rowOf = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name });

async function makeKey(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Make write key' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Make a write key' });
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByRole('button', { name: 'Make write key' }).click();
  await dialog.waitFor({ state: 'detached' });
  await rowOf(page, name).getByText('Never').waitFor();
  keys[name] = await rowOf(page, name).locator('code').innerText();
}

describe('Sources', () => {
  test('is where an empty dataset leads to: a key by a click, a snippet to copy, and the first event seen when it comes', async () => {
    const page = await world.asAdministrator('/datasets/shop/users');
    await page.getByText('To send events, a program needs a write key').waitFor();
    await page.getByRole('link', { name: 'Go to Sources' }).click();
    await page.getByRole('heading', { name: 'No write key yet' }).waitFor();
    const waiting = page.getByRole('status').filter({ hasText: 'Waiting for the first event…' });
    await waiting.waitFor();
    await expectAccessible(page);

    await makeKey(page, 'Web shop');
    await page.getByRole('link', { name: 'All Users' }).click();
    await page.getByText('Waiting for the first event…').waitFor();
    const shown = page.getByRole('group', { name: 'the command that sends an event' });
    await expectAccessible(page);
    const command = await shown.innerText();
    await page.getByRole('link', { name: 'Sources', exact: true }).click();
    expect(await page.getByRole('group', { name: 'the snippet' }).innerText()).toBe(command);
    await waiting.waitFor();
    await run('sh', ['-c', `${command} --silent --fail`]);
    await messages(page).first().waitFor();
    await waiting.waitFor({ state: 'detached' });
    expect(await messages(page).innerText()).toMatch(/\d:\d\d:\d\d\s+View Item\s+track · Web shop\s+usr_1/);
    await rowOf(page, 'Web shop').getByText('Never').waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'usr_1' }).click();
    await page.getByRole('heading', { level: 1, name: 'usr_1' }).waitFor();
  });

  test('says of every message what it was, with which key it came, and why it was refused', async () => {
    const page = await world.asAdministrator(address, { colorScheme: 'dark' });
    await makeKey(page, 'Till');
    const batch = [
      { type: 'identify', userId: 'ada', traits: { name: 'Ada' }, messageId: 'once' },
      { type: 'page', anonymousId: 'visitor-1', name: 'Home' },
      { type: 'track', event: 'Lost' },
      { type: 'identify', userId: 'ada', traits: { name: 'Ada' }, messageId: 'once' },
    ];
    expect((await send('batch', { batch }, keys.Till)).json.rejected).toHaveLength(1);
    await messages(page).filter({ hasText: 'Refused: The message names nobody' }).filter({ hasText: 'Till' }).waitFor();
    await messages(page)
      .filter({ hasText: /identify\s*Till\s*usr_/ })
      .waitFor();
    await messages(page)
      .filter({ hasText: /identify\s*Till\s*Received before/ })
      .waitFor();
    await messages(page)
      .filter({ hasText: /Page View\s*page · Till\s*usr_1/ })
      .waitFor();
    await expectAccessible(page);

    // Nothing of somebody stays here either.
    const ada = (await api('GET', 'user/ada')).id;
    await page.getByRole('link', { name: ada }).waitFor();
    await api('DELETE', 'user/ada');
    await page.getByRole('link', { name: ada }).waitFor({ state: 'detached' });
    expect(await messages(page).filter({ hasText: 'Refused' }).count()).toBe(1);

    // Held still while somebody reads, until told to go on.
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Standing still').waitFor();
    const before = await messages(page).allInnerTexts();
    let asked = false;
    page.on('request', (request) => {
      asked ||= request.url().endsWith('/events/recent');
    });
    await track('grace', 'Wrote');
    // The keys beside it go on.
    await page.waitForResponse((answer) => answer.url().includes('/write-keys'));
    await page.waitForResponse((answer) => answer.url().includes('/write-keys'));
    expect(asked).toBe(false);
    expect(await messages(page).allInnerTexts()).toEqual(before);
    await page.getByRole('button', { name: 'Follow live' }).click();
    await messages(page).filter({ hasText: 'Wrote' }).waitFor();
  });

  test('has a snippet for each client that sends as it stands, and one of the Event API while that is on', async () => {
    const page = await world.asAdministrator(address);
    const snippet = async (name: string) => {
      await page.getByRole('tab', { name }).click();
      return page.getByRole('group', { name: 'the snippet' }).innerText();
    };
    const came = (what: RegExp) => messages(page).filter({ hasText: what }).first().waitFor();
    const node = (code: string) => run(process.execPath, ['--input-type=module', '--eval', code], { cwd: root });
    const chosen = page.getByLabel('Write key', { exact: true });

    await chosen.selectOption('Till');
    await node(await snippet('Node.js (Segment)'));
    await came(/Purchase\s*track · Till/);
    await chosen.selectOption('Web shop');
    await node(await snippet('Node.js (RudderStack)'));
    await came(/Purchase\s*track · Web shop/);
    expect((await api('GET', 'user/customer-1')).displayName).toBe('Ada Lovelace');

    await chosen.selectOption('Till');
    const ofPage = await snippet('Web page (script)');
    const shop = await openShop(ofPage);
    await came(/View Item\s*track · Till/);
    await shop.close();
    // The one for a bundler makes the same calls.
    const calls = (code: string) => code.replaceAll(/\s+/g, '').match(/AnalyticsBrowser\.load\(.*?'0042'\}\);/)?.[0];
    expect(calls(await snippet('Web page (npm)'))).toBe(calls(ofPage));

    const toggle = page.getByRole('switch', { name: 'Take events of the Event API' });
    await page.getByText('Off: such events are answered with 404.').waitFor();
    expect(await page.getByRole('tab', { name: 'Event API' }).count()).toBe(0);
    await toggle.click();
    await page.getByText('On: whoever knows the name of this dataset may send to it.').waitFor();
    const command = `${await snippet('Event API')} --silent --fail`;
    await run('sh', ['-c', command]);
    await came(/View Item\s*event · Event API\s*usr_1/);
    await toggle.click();
    await page.getByRole('tab', { name: 'Event API' }).waitFor({ state: 'detached' });
    await expect(run('sh', ['-c', command])).rejects.toThrow();
  });
});

describe('while it is looked at', () => {
  test('the stream of a user shows events as they come, and keeps the place, the focus and what is open', async () => {
    const batch = Array.from({ length: 300 }, (_, n) => ({
      type: 'track',
      userId: 'mary',
      event: 'View Item',
      properties: { n },
      timestamp: new Date(Date.UTC(2026, 4, 1, 10, n)).toISOString(),
    }));
    expect((await send('batch', { batch })).status).toBe(200);
    const page = await world.asAdministrator(`/datasets/shop/users/${(await api('GET', 'user/mary')).id}/events`);
    const list = page.getByRole('region', { name: 'Events, newest first' });
    const lines = list.getByRole('listitem');
    const count = page.getByRole('link', { name: /^Events/ });
    await lines.first().getByText('n: 299').waitFor();

    await track('mary', 'Purchase', { revenue: 5 });
    await lines.first().getByText('Purchase').waitFor();
    await count.filter({ hasText: '301' }).waitFor();

    // Somebody who reads further down, with a line open and the focus on it.
    await list.evaluate((frame) => frame.scrollTo(0, 1_500));
    const read = list.getByRole('button', { name: /View Item.*n: 255/ });
    await read.click();
    await list.getByText('"n": 255').waitFor();
    const place = await placeIn(list, read);
    for (const event of ['Purchase', 'Wrote', 'Called']) await track('mary', event);
    await count.filter({ hasText: '304' }).waitFor();
    await until(async () => (await lines.last().getAttribute('aria-setsize')) === '304', 'the list has them');
    await until(
      async () => (await read.locator('..').getAttribute('aria-posinset')) === '49',
      'the line is further down',
    );
    expect(await placeIn(list, read)).toBeCloseTo(place, 0);
    expect(await read.evaluate((line) => line === document.activeElement)).toBe(true);
    expect(await list.getByText('"n": 255').isVisible()).toBe(true);
    await list.evaluate((frame) => frame.scrollTo(0, 0));
    await lines.first().getByText('Called').waitFor();
    await expectAccessible(page);
  });

  test('a segment shows who joins and who leaves, in its list, its number and its history', async () => {
    const rule = {
      all: [
        { attribute: 'plan', is: 'equals', value: 'gold' },
        { profile: 'createdAt', is: 'inTheLast', days: 1 },
      ],
    };
    const { id } = await api('POST', 'segments', { name: 'Gold', kind: 'rule', rule });
    await until(async () => (await api('GET', `segments/${id}`)).state === 'ready', 'the segment is computed');
    const users = await world.asAdministrator(`/datasets/shop/segments/${id}/users`);
    const membership = await world.asMember('viewer', `/datasets/shop/segments/${id}/membership`, {
      colorScheme: 'dark',
    });
    await users.getByText('Nobody is in this segment').or(users.getByText('Following live')).first().waitFor();
    await membership.getByText('Following live').waitFor();
    await membership.getByText('join and leave without an event too, at most 1 minute after').waitFor();
    expect(await membership.getByRole('link', { name: 'Sources' }).count()).toBe(0);

    const subscribe = (userId: string, plan: string) => send('identify', { userId, traits: { plan, name: userId } });
    await subscribe('Ada L.', 'gold');
    await users.getByRole('row').filter({ hasText: 'Ada L.' }).waitFor();
    await users.getByRole('link', { name: /^Users\s+1$/ }).waitFor();
    await membership.getByText(/1 joined/).waitFor();

    const link = users.getByRole('link', { name: 'Ada L.' });
    await link.focus();
    await subscribe('Grace H.', 'gold');
    await users.getByRole('row').filter({ hasText: 'Grace H.' }).waitFor();
    expect(await link.evaluate((element) => element === document.activeElement)).toBe(true);
    await subscribe('Ada L.', 'free');
    await link.waitFor({ state: 'detached' });
    await users.getByRole('link', { name: /^Users\s+1$/ }).waitFor();
    await membership.getByText(/2 joined.*1 left/).waitFor();
    await expectAccessible(users);
    await expectAccessible(membership);
  });
});

test('a key is deleted by a click that says what stops, and stops working', async () => {
  const page = await world.asAdministrator(address);
  await page.getByRole('button', { name: 'Delete the write key Till' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete the write key “Till”?' });
  await dialog.getByText('Every program that sends with it is refused from now on').waitFor();
  await dialog.getByText('It was last used').waitFor();
  await until(
    () => dialog.getByRole('button', { name: 'Cancel' }).evaluate((it) => it === document.activeElement),
    'Cancel has the focus',
  );
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Delete write key' }).click();
  await page.getByText('The write key “Till” is deleted.').waitFor();
  await rowOf(page, 'Till').waitFor({ state: 'detached' });
  const isRefused = async () => (await send('track', { userId: 'ada', event: 'Late' }, keys.Till)).status === 401;
  await until(isRefused, 'the key is refused');
  expect((await send('track', { userId: 'grace', event: 'Other' })).status).toBe(200);
});

test('nothing went wrong in any window', () => {
  expect(world.faults).toEqual([]);
});

/** How far below the top of what scrolls something is, in pixels. */
async function placeIn(frame: Locator, element: Locator): Promise<number> {
  const [outer, inner] = await Promise.all([frame.boundingBox(), element.boundingBox()]);
  return (inner?.y ?? Number.NaN) - (outer?.y ?? Number.NaN);
}

/** A page of somebody's shop that holds the snippet, from a web server that has the library as the snippet says. */
async function openShop(snippet: string): Promise<{ page: Page; close(): Promise<void> }> {
  const library = `${root}node_modules/@segment/analytics-next/dist/umd/`;
  const server = createServer(({ url = '' }, answer) => {
    if (!url.startsWith('/analytics/')) answer.setHeader('content-type', 'text/html').end(`<!doctype html>${snippet}`);
    else createReadStream(library + url.slice('/analytics/'.length)).pipe(answer);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const page = await (await world.browser.newContext()).newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return {
    page,
    close: async () => {
      await page.close();
      server.close();
      server.closeAllConnections();
    },
  };
}
