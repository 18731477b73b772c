import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchChromium } from '../console/chromium.ts';
import { LetheProcess, until } from '../lethe-process.ts';
import { analyticsNode, rudderSdkNode } from './libraries-for-servers.ts';
import { anonymousIdOf, type Library, olderBrowserOf, times, traits, writeKey } from './library.ts';
import { analyticsNext } from './library-for-browsers.ts';
import { openUnreliableWay, type UnreliableWay } from './unreliable-way.ts';

const server = new LetheProcess({
  LETHE_BOOTSTRAP_DATASETS: 'shop',
  LETHE_BOOTSTRAP_WRITE_KEY: `shop:${writeKey}`,
});

const names = ['@segment/analytics-node', '@segment/analytics-next', '@rudderstack/rudder-sdk-node'] as const;
type Name = (typeof names)[number];
/** The user that each library speaks of. */
const userOf = (name: Name) => name.split('/')[1] as string;

const ways = new Map<Name, UnreliableWay>();
const libraries = new Map<Name, Library>();
let page: Awaited<ReturnType<typeof analyticsNext>>;

async function show(name: Name) {
  return (await server.api('GET', `/api/dataset/shop/user/${userOf(name)}?type=userId`)).json as {
    figures: Record<string, number>;
    attributes: { name: string; value: unknown; trusted: boolean }[];
    identities: { type: string; value: string }[];
    actions: { action: string; count: number }[];
  };
}

async function countsOf(name: Name): Promise<Record<string, number>> {
  const { actions = [] } = await show(name);
  return Object.fromEntries(actions.map(({ action, count }) => [action, count]));
}

/** Everybody sends before the server is killed, while answers are lost, and while there is no server. */
beforeAll(async () => {
  const [browser] = await Promise.all([launchChromium(), server.start()]);
  for (const name of names) ways.set(name, await openUnreliableWay(() => server.url));
  const wayOf = (name: Name) => ways.get(name)?.url ?? '';
  page = await analyticsNext(browser, wayOf('@segment/analytics-next'));
  libraries.set('@segment/analytics-node', analyticsNode(wayOf('@segment/analytics-node')));
  libraries.set('@segment/analytics-next', page);
  libraries.set('@rudderstack/rudder-sdk-node', rudderSdkNode(wayOf('@rudderstack/rudder-sdk-node')));

  await Promise.all([...libraries].map(([name, library]) => library.introduce(userOf(name))));
  await until(
    async () => (await Promise.all(names.map(countsOf))).every((counts) => counts['Page View'] === 2),
    'everybody is known',
  );

  const everybody = (event: string) => {
    for (const [name, library] of libraries) library.trackMany(userOf(name), event);
  };
  for (const way of ways.values()) way.loseAnswers(true);
  everybody('Answer Lost');
  await until(() => [...ways.values()].every((way) => way.lost() > 0), 'every library has lost an answer');
  for (const way of ways.values()) way.loseAnswers(false);
  everybody('Server Killed');
  await server.kill();
  everybody('No Server');
  await server.start();
  const all = 3 + 3 * times;
  await until(
    async () => (await Promise.all(names.map(show))).every(({ figures }) => (figures.events ?? 0) >= all),
    'everything has arrived',
  );
});

afterAll(async () => {
  for (const library of libraries.values()) await library.end();
  for (const way of ways.values()) way.close();
  await server.remove();
});

describe.each(names)('%s, with nothing changed but key, addresses and number of retries', (name) => {
  test('brings every message once, also when answers are lost and the server is killed meanwhile', async () => {
    const counts = { 'Page View': 2, 'View Item': 1 };
    for (const action of ['Answer Lost', 'Server Killed', 'No Server']) Object.assign(counts, { [action]: times });
    expect(await countsOf(name)).toEqual(counts);
  });

  test('makes one user of those who came anonymously, with their traits and their group', async () => {
    const { identities, attributes } = await show(name);
    const user = userOf(name);
    expect(identities.map(({ type, value }) => `${type}:${value}`).sort()).toEqual([
      `anonymousId:${anonymousIdOf(user)}`,
      `anonymousId:${olderBrowserOf(user)}`,
      `userId:${user}`,
    ]);
    const values = attributes.map((one) => [one.name, one.value]);
    expect(Object.fromEntries(values)).toEqual({ ...traits, groupId: 'acme' });
    expect(attributes.every(({ trusted }) => !trusted)).toBe(true);
  });
});

test('a page calls no other host, throws nothing, and says where its visitor came from', async () => {
  const way = new URL(ways.get('@segment/analytics-next')?.url ?? '').host;
  expect([...page.hosts].every((host) => host.startsWith('127.0.0.1:'))).toBe(true);
  expect(page.hosts).toContain(way);
  expect(page.errors).toEqual([]);
  const { items } = (await server.api('GET', '/api/dataset/shop/user/analytics-next/events?action=Page%20View'))
    .json as {
    items: { properties: { context: { campaign: object; page: { title: string } } } }[];
  };
  expect(items[0]?.properties.context).toMatchObject({ campaign: { source: 'newsletter' }, page: { title: 'Shop' } });
});
