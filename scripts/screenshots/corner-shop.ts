import { generateShop } from '../../src/cli/demo/generate.ts';
import { historyTo } from '../../src/cli/demo/shop.ts';
import { until } from '../../test/lethe-process.ts';
import { giveSegmentsAPast } from './past-sql.ts';
import type { Studio } from './studio.ts';

const users = 20_000;
const dayMs = 86_400_000;
export const shopPath = '/api/dataset/shop';

/** Ids of what the pictures show. */
export interface Shop {
  gone: string;
  once: string;
  winBack: string;
  customers: string;
  press: string;
  /** A user with orders. */
  customer: string;
  /** E-mail addresses of users. */
  addresses: string[];
}

interface UserSummary {
  id: string;
  identities: { type: string; value: string }[];
}

/** A shop with its segments, and the people who work with it. */
export async function openShop(studio: Studio): Promise<Shop> {
  const { ask, lethe } = { ask: studio.ask.bind(studio), lethe: studio.lethe };
  await ask('POST', '/api/datasets', { id: 'shop', name: 'Corner shop', type: 'production' });
  await ask('POST', '/api/datasets', { id: 'staging', name: 'Next season', type: 'staging' });
  await addPeople(studio);
  await bringUsers(studio);
  const ids = await makeSegments(studio);
  await giveSegmentsAPast(lethe.databaseUrl, 'ds_shop');
  await makeTesters(studio);
  const { items } = await ask<{ items: UserSummary[] }>(
    'GET',
    `${shopPath}/users?segment=${ids.customers}&sort=lastActivity&limit=40`,
  );
  const addresses = items.flatMap(({ identities }) => identities.find(({ type }) => type === 'email')?.value ?? []);
  const press = { ids: addresses.slice(3, 9) };
  await ask('POST', `${shopPath}/segments/${ids.press}/users`, press);
  return { ...ids, customer: await bestOf(studio, items), addresses };
}

/** A list that is called like users, so that a search finds both. */
async function makeTesters(studio: Studio): Promise<void> {
  const list = { name: 'Hannah’s testers', kind: 'manual' };
  const { id } = await studio.ask<{ id: string }>('POST', `${shopPath}/segments`, list);
  const search = { search: 'hannah', limit: 4 };
  const { items } = await studio.ask<{ items: { id: string }[] }>('POST', `${shopPath}/users/search`, search);
  await studio.ask('POST', `${shopPath}/segments/${id}/users`, { ids: items.map((user) => user.id) });
}

/** The user with the most orders among these. */
async function bestOf(studio: Studio, items: UserSummary[]): Promise<string> {
  const orders = await Promise.all(
    items.map(async ({ id }) => {
      const { figures } = await studio.ask<{ figures: { orders: number } }>('GET', `${shopPath}/user/${id}`);
      return { id, orders: figures.orders };
    }),
  );
  return orders.toSorted((a, b) => b.orders - a.orders)[0]?.id ?? '';
}

/** The history of the demonstration, moved so that it ends today. */
async function bringUsers({ lethe }: Studio): Promise<void> {
  const later = Math.floor(Date.now() / dayMs) * dayMs - historyTo;
  const text = Buffer.concat([...generateShop(users).chunks()]).toString();
  const moved = text.replaceAll(
    /"timestamp":"([^"]+)"/g,
    (_, at) => `"timestamp":"${new Date(Date.parse(at) + later).toISOString()}"`,
  );
  const answer = await fetch(`${lethe.url}${shopPath}/imports?kind=events`, {
    method: 'POST',
    headers: { ...lethe.credentials, 'content-type': 'application/x-ndjson' },
    body: moved,
  });
  const { id } = (await answer.json()) as { id: string };
  await until(
    async () => (await lethe.api('GET', `${shopPath}/imports/${id}`)).json.state === 'completed',
    'the import is done',
  );
}

async function addPeople(studio: Studio): Promise<void> {
  const { items } = await studio.ask<{ items: { id: string }[] }>('GET', '/api/members');
  await studio.ask('PATCH', `/api/members/${items[0]?.id}`, { name: 'Ada Lovelace' });
  await studio.ask('POST', '/api/tokens', { name: 'Nightly import', administrator: false, roles: { shop: 'editor' } });
}

async function segment(studio: Studio, name: string, rule: unknown, folder: string | null = null): Promise<string> {
  const { id } = await studio.ask<{ id: string }>('POST', `${shopPath}/segments`, { name, kind: 'rule', rule, folder });
  await until(
    async () => (await studio.lethe.api('GET', `${shopPath}/segments/${id}`)).json.state === 'ready',
    `${name} is computed`,
  );
  return id;
}

async function makeSegments(studio: Studio) {
  const big = [{ property: 'revenue', is: 'atLeast', value: 100 }];
  const customers = await segment(
    studio,
    'Bought twice and more',
    { orders: 'count', is: 'atLeast', value: 2 },
    'Customers',
  );
  await segment(studio, 'Big baskets', { action: 'Purchase', did: true, where: big }, 'Customers');
  const anonymousOnce = [{ anonymous: true }, { visits: 'count', is: 'equalTo', value: 1 }];
  const once = await segment(studio, 'Anonymous, one visit', { all: anonymousOnce }, 'To clean up');
  const rule = { visits: 'lastActivity', is: 'moreThanDaysAgo', days: 730 };
  const gone = await segment(studio, 'Gone for two years', rule, 'To clean up');
  const press = await studio.ask<{ id: string }>('POST', `${shopPath}/segments`, {
    name: 'Press list',
    kind: 'manual',
  });
  const winBack = await segment(
    studio,
    'Win back',
    {
      all: [
        { orders: 'count', is: 'atLeast', value: 1 },
        { lastAction: 'Purchase', moreThanDaysAgo: 180 },
        {
          any: [
            { attribute: 'newsletter', is: 'true' },
            { attribute: 'country', is: 'equals', value: ['DE', 'FR'] },
          ],
        },
        { segment: press.id, member: false },
      ],
    },
    'Customers',
  );
  await segment(
    studio,
    'Gone, with an address',
    {
      all: [
        { segment: gone, member: true },
        { identity: 'email', present: true },
      ],
    },
    'To clean up',
  );
  const sale = await segment(
    studio,
    'Summer sale',
    { action: 'Purchase', did: true, within: { days: 150 } },
    'Customers',
  );
  await studio.ask('PATCH', `${shopPath}/segments/${sale}`, { enabled: false });
  return { customers, gone, once, press: press.id, winBack };
}
