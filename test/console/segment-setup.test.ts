import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { hold } from '../holds.ts';
import { runImport } from '../imports.ts';
import { until } from '../waiting.ts';
import { eventually, openBuilder } from './rule-building.ts';
import {
  type ConsoleWorld,
  expectAccessible,
  expectAccessibleInBothThemes,
  expectToFit,
  startConsole,
} from './world.ts';

const ruleSegmentsMax = 8;

let world: ConsoleWorld;
beforeAll(async () => {
  world = await startConsole({ LETHE_RULE_SEGMENTS_MAX: String(ruleSegmentsMax) });
});
afterAll(() => world.close());
afterEach(async () => {
  for (const { id } of await segments()) await world.server.api('DELETE', `/api/dataset/shop/segments/${id}`);
});

async function segments(): Promise<{ id: string; kind: string }[]> {
  return (await world.server.api('GET', '/api/dataset/shop/segments?showDisabled=true&limit=1000')).json.items;
}

const setupOf = (id: string) => `/datasets/shop/segments/${id}/setup`;

async function segment(name: string, rule: unknown): Promise<string> {
  const { json, status } = await world.server.api('POST', '/api/dataset/shop/segments', { name, kind: 'rule', rule });
  expect(status).toBe(201);
  await ready(json.id);
  return json.id;
}

async function shown(id: string) {
  return (await world.server.api('GET', `/api/dataset/shop/segments/${id}`)).json;
}

function ready(id: string): Promise<void> {
  return until(async () => (await shown(id)).state === 'ready', 'the segment is computed');
}

/** What the page sent to make or change segments. */
function sentBy(page: Page, method: 'POST' | 'PATCH'): unknown[] {
  const bodies: unknown[] = [];
  page.on('request', (request) => {
    const isOfSegments = /\/segments(\/\w{5})?$/.test(request.url());
    if (request.method() === method && isOfSegments) bodies.push(request.postDataJSON());
  });
  return bodies;
}

const nested = {
  all: [
    { anonymous: false },
    { any: [{ attribute: 'country', is: 'equals', value: ['DE', 'FR'] }, { not: { segment: 'zzzzz', member: true } }] },
  ],
};

describe('a rule', () => {
  test('is built of groups within groups, whose join is a switch, and every entry moves by its buttons', async () => {
    const page = await world.asAdministrator('/datasets/shop/segments/new');
    const builder = await openBuilder(page);
    await builder.add('Everybody');
    await builder.add('Anonymous user');
    await eventually(() => builder.json()).toEqual({ all: [{ everyone: true }, { anonymous: true }] });
    await builder.line('Rule').getByText('Any of these').click();
    await builder.press('Add group: Rule');
    await builder.add('Last activity', 'Group 3');
    await builder.take([{ type: 'Days', value: '30' }], 'Condition 3.1');
    await builder.press('Add group: Group 3');
    await builder.line('Group 3.2').getByText('None of these').click();
    await builder.add('Everybody', 'Group 3.2');
    await builder.add('Anonymous user', 'Group 3.2');
    const gone = { visits: 'lastActivity', is: 'moreThanDaysAgo', days: 30 };
    const none = { not: { any: [{ everyone: true }, { anonymous: true }] } };
    await eventually(() => builder.counted()).toEqual({
      any: [{ everyone: true }, { anonymous: true }, { all: [gone, none] }],
    });
    await builder.press('Move down: Condition 2: Anonymous user');
    await eventually(() => builder.json()).toEqual({
      any: [{ everyone: true }, { all: [{ anonymous: true }, gone, none] }],
    });
    await builder.press('Duplicate: Group 2.3');
    await builder.press('Remove: Condition 2.2: Last activity');
    await builder.press('Move up: Group 2');
    await eventually(() => builder.counted()).toEqual({
      any: [{ all: [{ anonymous: true }, none, none] }, { everyone: true }],
    });
    await page.close();
  });

  test('has up to eight groups within groups, and then says so', async () => {
    const page = await world.asAdministrator('/datasets/shop/segments/new');
    const builder = await openBuilder(page);
    let name = 'Rule';
    await builder.add('Everybody');
    for (let level = 2; level <= 8; level += 1) {
      await builder.press(`Add group: ${name}`);
      name = name === 'Rule' ? 'Group 2' : `${name}.2`;
      await builder.add('Everybody', name);
    }
    await eventually(() => builder.counted()).toEqual(await builder.json());
    expect(JSON.stringify(builder.counted()).match(/"(all|any)"/g)).toHaveLength(8);
    const add = page.getByRole('button', { name: `Add group: ${name}`, exact: true });
    expect(await add.getAttribute('aria-disabled')).toBe('true');
    await add.hover();
    await page.getByText('Groups nest at most 8 levels.').waitFor();
    await page.close();
  });

  test('is built without a mouse, and the focus is always where one goes on', async () => {
    const page = await world.asAdministrator('/datasets/shop/segments/new');
    const builder = await openBuilder(page);
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
    await page.getByRole('button', { name: 'Add condition: Rule' }).focus();
    await press('Enter');
    await page.getByRole('menuitem', { name: 'Attribute', exact: true }).waitFor();
    await page.keyboard.type('Attr');
    await eventually(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Attribute');
    await press('Enter');
    await eventually(focused).toBe('Name of the attribute');
    await page.keyboard.type('country');
    await press('Tab', 'Tab');
    await page.keyboard.type('DE');
    await press('Enter');
    await page.keyboard.type('FR');
    const country = { attribute: 'country', is: 'equals', value: ['DE', 'FR'] };
    await eventually(() => builder.counted()).toEqual(country);
    await page.getByRole('button', { name: 'Duplicate: Condition 1: Attribute' }).focus();
    await press('Enter');
    await eventually(focused).toBe('Name of the attribute');
    await page.keyboard.press('End');
    await page.keyboard.type('2');
    await page.getByRole('button', { name: 'Move up: Condition 2: Attribute' }).focus();
    await press('Enter');
    await eventually(focused).toBe('Move up: Condition 1: Attribute');
    await eventually(() => builder.json()).toEqual({ all: [{ ...country, attribute: 'country2' }, country] });
    await page.getByRole('button', { name: 'Remove: Condition 1: Attribute' }).focus();
    await press('Enter');
    await eventually(focused).toBe('Remove: Condition 1: Attribute');
    await eventually(() => builder.json()).toEqual(country);
    await press('Enter');
    await eventually(focused).toBe('Add condition: Rule');
    await page.close();
  });

  test('says in words what is missing where, and loses nothing of what was typed', async () => {
    const page = await world.asAdministrator('/datasets/shop/segments/new');
    const builder = await openBuilder(page);
    await builder.add('Attribute');
    await builder.line('Condition 1').getByText('Still missing: the name of the attribute, a text.').waitFor();
    await page.getByRole('status').filter({ hasText: 'Complete 1 condition' }).waitFor();
    await builder.take(
      [
        { type: 'Name of the attribute', value: 'age' },
        { choose: 'Operator', value: 'is at least' },
        { type: 'Number', value: '12,5' },
      ],
      'Condition 1',
    );
    await builder.line('Condition 1').getByText('a number, with a point before decimals').waitFor();
    expect(await builder.json()).toEqual({ attribute: 'age', is: 'atLeast', value: null });
    await builder.take(
      [
        { choose: 'Operator', value: 'contains' },
        { choose: 'Operator', value: 'is at most' },
      ],
      'Condition 1',
    );
    expect(await builder.line('Condition 1').getByLabel('Number', { exact: true }).inputValue()).toBe('12,5');
    await page.getByRole('button', { name: 'Create segment' }).click();
    await page.getByText('A segment needs a name.').first().waitFor();
    await page.getByLabel('Name', { exact: true }).fill('Young');
    await page.getByText('The rule is not complete.').waitFor();
    await page.close();
  });
});

describe('JSON', () => {
  test('is the other side of the conditions: typed there it changes them, and nothing else', async () => {
    const page = await world.asAdministrator('/datasets/shop/segments/new');
    const builder = await openBuilder(page);
    const field = page.getByRole('textbox', { name: 'The rule as JSON' });
    await field.fill(JSON.stringify({ ...nested, all: nested.all.slice(0, 1) }));
    await builder.line('Condition 1: Anonymous user').waitFor();
    await field.fill('{"all": [{"anonymous": false}, {"everyone"');
    await page.getByText('This is not JSON yet').waitFor();
    await page.getByText('The JSON is being edited and cannot be read yet.').waitFor();
    await page.getByRole('button', { name: 'Undo the JSON' }).click();
    await eventually(() => builder.json()).toEqual({ all: [{ anonymous: false }] });
    const odd = { attribute: 'signup', is: 'onOrAfter', value: '2024-05-01 10:00:00+02:00' };
    await field.fill(JSON.stringify({ all: [odd, { action: 'Purchase', did: true, atLeast: 1 }] }));
    await eventually(() => builder.counted()).toEqual({ all: [odd, { action: 'Purchase', did: true, atLeast: 1 }] });
    expect(await builder.line('Condition 1: Attribute').getByLabel('Day', { exact: true }).inputValue()).toBe(
      odd.value,
    );
    await page.close();
  });

  test('that the server refuses shows why at the condition and at the line', async () => {
    const page = await world.asAdministrator('/datasets/shop/segments/new');
    const builder = await openBuilder(page);
    const field = page.getByRole('textbox', { name: 'The rule as JSON' });
    await field.fill(
      '{"all": [\n{"anonymous": true},\n{"sample": {"from": 20, "to": 10}},\n{"attribute": "x", "is": "soon"}\n]}',
    );
    await builder.line('Condition 2: Share').getByText('Expected "from" below "to"').waitFor();
    const kept = builder.line('Condition 3: As JSON');
    await kept.getByText('"soon" is no operator here').waitFor();
    await kept.getByText('{"attribute":"x","is":"soon"}').waitFor();
    await page.getByRole('button', { name: /^Line 4: "soon" is no operator/ }).click();
    expect(await page.evaluate(() => getSelection()?.toString())).toBe('{"attribute": "x", "is": "soon"}');
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    await builder.take([{ type: 'From percent, included', value: '5' }], 'Condition 2: Share');
    await builder.press('Remove: Condition 3: As JSON');
    await eventually(() => builder.counted()).toEqual({ all: [{ anonymous: true }, { sample: { from: 5, to: 10 } }] });
    expect(await page.getByRole('alert').count()).toBe(0);
    await expectAccessible(page);
    await page.close();
  });
});

test('the builder is accessible in both themes, with conditions, groups, what is missing, and the menu open', async () => {
  const page = await world.asAdministrator('/datasets/shop/segments/new');
  const builder = await openBuilder(page);
  for (const name of ['Attribute', 'Action count', 'Identity', 'Another segment', 'Last activity'])
    await builder.add(name);
  await builder.press('Add group: Rule');
  await builder.press(/^Add "where"/);
  await builder.press('Create segment');
  await expectAccessibleInBothThemes(page);
  await page.getByRole('button', { name: 'Add condition: Rule' }).click();
  await page.getByRole('menuitem', { name: 'Everybody' }).waitFor();
  await expectAccessibleInBothThemes(page);
  await page.close();
});

describe('a new segment', () => {
  test('is made of a name, a kind, a folder and a rule, and opens', async () => {
    const page = await world.asAdministrator('/datasets/shop/segments/new');
    const sent = sentBy(page, 'POST');
    const builder = await openBuilder(page);
    await page.getByLabel('Name', { exact: true }).fill(' Everybody ');
    await page.getByRole('combobox', { name: 'Folder' }).fill('All of them');
    await builder.add('Everybody');
    await page.getByRole('button', { name: 'Create segment' }).click();
    await page.waitForURL(/segments\/\w{5}\/users$/);
    expect(sent).toEqual([{ name: 'Everybody', kind: 'rule', folder: 'All of them', rule: { everyone: true } }]);
    await page.goto('/datasets/shop/segments/new');
    await page.getByLabel('Name', { exact: true }).fill('Staff');
    await page.getByRole('radio', { name: 'Manual' }).check();
    await page.getByRole('button', { name: 'Create segment' }).click();
    await page.getByRole('heading', { level: 1, name: 'Staff' }).waitFor();
    expect(sent.at(-1)).toEqual({ name: 'Staff', kind: 'manual', folder: null });
    await page.close();
  });

  test('begins as one that is ready-made, or as a copy', async () => {
    const id = await segment('Nested', { not: { all: [{ everyone: true }, { anonymous: true }] } });
    const page = await world.asAdministrator('/datasets/shop/segments/new?template=anonymousOneVisit');
    const builder = await openBuilder(page);
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Anonymous, one visit');
    expect(await builder.json()).toEqual({ all: [{ anonymous: true }, { visits: 'count', is: 'equalTo', value: 1 }] });
    const sent = sentBy(page, 'POST');
    await page.goto(`/datasets/shop/segments/new?from=${id}`);
    await page.getByRole('heading', { level: 1, name: 'Clone segment' }).waitFor();
    await eventually(() => page.getByLabel('Name', { exact: true }).inputValue()).toBe('Copy of Nested');
    await page.getByRole('button', { name: 'Create segment' }).click();
    await page.getByRole('heading', { level: 1, name: 'Copy of Nested' }).waitFor();
    expect(sent).toEqual([
      {
        name: 'Copy of Nested',
        kind: 'rule',
        folder: null,
        rule: { not: { all: [{ everyone: true }, { anonymous: true }] } },
      },
    ]);
    await page.close();
  });

  test('that the server refuses says why, and keeps what was typed', async () => {
    const page = await world.asAdministrator('/datasets/shop/segments/new');
    const builder = await openBuilder(page);
    await page.getByLabel('Name', { exact: true }).fill('Too many');
    await builder.add('Everybody');
    const others: string[] = [];
    for (let index = 0; index < ruleSegmentsMax; index += 1) others.push(await segment(`${index}`, { everyone: true }));
    await page.getByRole('button', { name: 'Create segment' }).click();
    await page.getByRole('alert').filter({ hasText: 'the most it may have (LETHE_RULE_SEGMENTS_MAX)' }).waitFor();
    expect(await builder.json()).toEqual({ everyone: true });
    await world.server.api('DELETE', `/api/dataset/shop/segments/${others[0]}`);
    await page.getByRole('link', { name: 'User Segments' }).first().click();
    await page.getByRole('dialog', { name: 'Leave without saving?' }).getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Create segment' }).click();
    await page.getByRole('heading', { level: 1, name: 'Too many' }).waitFor();
    await page.close();
  });
});

describe('the setup of a segment', () => {
  test('is saved with one request that says only what changed, and computed anew', async () => {
    const id = await segment('Gone', { visits: 'lastActivity', is: 'moreThanDaysAgo', days: 30 });
    const page = await world.asAdministrator(setupOf(id));
    const sent = sentBy(page, 'PATCH');
    const builder = await openBuilder(page);
    const save = page.getByRole('button', { name: 'Save segment' });
    expect(await save.isDisabled()).toBe(true);
    await page.getByLabel('Name', { exact: true }).fill('Gone for long');
    await builder.take([{ type: 'Days', value: '60' }], 'Condition 1: Last activity');
    await page.getByText('the users are computed anew over all history').waitFor();
    await save.click();
    await page.getByText('Saved.').waitFor();
    const rule = { visits: 'lastActivity', is: 'moreThanDaysAgo', days: 60 };
    expect(sent).toEqual([{ name: 'Gone for long', rule }]);
    expect(await shown(id)).toMatchObject({ name: 'Gone for long', rule });
    await ready(id);
    expect(await save.isDisabled()).toBe(true);
    await expectAccessibleInBothThemes(page);
    await page.close();
  });

  test('is not left by mistake while something is not saved', async () => {
    const id = await segment('Careful', nested.all[0]);
    const page = await world.asAdministrator(setupOf(id));
    await page.getByLabel('Name', { exact: true }).fill('Careless');
    await page.getByRole('link', { name: /^Membership/ }).click();
    const question = page.getByRole('dialog', { name: 'Leave without saving?' });
    await question.getByRole('button', { name: 'Cancel' }).click();
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Careless');
    await page.getByRole('link', { name: /^Membership/ }).click();
    await question.getByRole('button', { name: 'Leave without saving' }).click();
    await page.waitForURL(/membership$/);
    expect((await shown(id)).name).toBe('Careful');
    await page.close();
  });

  test('says of a segment that a bulk deletion disabled that enabling computes it anew', async () => {
    const { api } = world.server;
    await runImport(world.server, 'userId\nann\n', { kind: 'users' });
    const id = await segment('Doomed', { everyone: true });
    const deletion = { consent: true, expectedUsers: 1 };
    expect((await api('POST', `/api/dataset/shop/segments/${id}/deletions`, deletion)).status).toBe(202);
    await ready(id);
    const page = await world.asAdministrator(setupOf(id));
    const sent = sentBy(page, 'PATCH');
    await page.getByRole('switch', { name: 'Enabled' }).check({ force: true });
    await page.getByText('A bulk deletion disabled this segment.').waitFor();
    await page.getByRole('button', { name: 'Save segment' }).click();
    await eventually(async () => (await shown(id)).enabled).toBe(true);
    expect(sent).toEqual([{ enabled: true }]);
    await page.close();
  });

  test('keeps what one has written and not saved while somebody else deletes the users, and saves it afterwards', async () => {
    const { api, database } = world.server;
    await runImport(world.server, 'userId\nbob\n', { kind: 'users' });
    const id = await segment('Contested', { everyone: true });
    const page = await world.asAdministrator(setupOf(id));
    const builder = await openBuilder(page);
    await page.getByLabel('Name', { exact: true }).fill('Contested by two');
    await builder.add('Attribute');
    const release = await hold(database.url, { id: 'shop', no: database.dataset.no }, 'start', id);
    const { users: expectedUsers } = await shown(id);
    const start = { consent: true, expectedUsers };
    expect((await api('POST', `/api/dataset/shop/segments/${id}/deletions`, start)).status).toBe(202);
    await page.getByText('Not saved, because the users of this segment are being deleted.').waitFor();
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Contested by two');
    expect(await builder.line('Condition 2: Attribute').count()).toBe(1);
    const save = page.getByRole('button', { name: 'Save segment' });
    expect(await save.isDisabled()).toBe(true);
    await expectAccessible(page);
    await release();
    await page
      .getByText('Not saved, because the users of this segment are being deleted.')
      .waitFor({ state: 'detached' });
    await builder.press('Remove: Condition 2: Attribute');
    await save.click();
    await page.getByText('Saved.').waitFor();
    expect(await shown(id)).toMatchObject({ name: 'Contested by two', users: 0, rule: { everyone: true } });
    await page.close();
  });

  test('ends with the segment, whose users stay', async () => {
    const id = await segment('Short-lived', { everyone: true });
    const page = await world.asAdministrator(setupOf(id));
    await page.getByRole('button', { name: 'Delete segment' }).last().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete segment' }).click();
    await page.waitForURL(/\/segments$/);
    expect((await world.server.api('GET', `/api/dataset/shop/segments/${id}`)).status).toBe(404);
    await page.close();
  });

  test('is there to read for those who may not change it', async () => {
    const id = await segment('Read me', {
      all: [{ anonymous: false }, { not: { attribute: 'country', is: 'equals', value: 'DE' } }],
    });
    const page = await world.asMember('viewer', setupOf(id));
    await page.getByText('Is not anonymous').waitFor();
    await page.getByText('Attribute “country” equals “DE”').waitFor();
    await page.getByText('Deleting users needs the Administrator role.').waitFor();
    expect(await page.getByRole('button', { name: /Save|Delete segment|Add condition/ }).count()).toBe(0);
    await expectAccessible(page);
    await page.goto('/datasets/shop/segments/new');
    await page.getByText('Creating segments needs the Editor role.').waitFor();
    const editor = await world.asMember('editor', setupOf(id));
    await editor.getByRole('button', { name: 'Save segment' }).waitFor();
    await editor.getByText('Deleting users needs the Administrator role.').waitFor();
    await Promise.all([page.close(), editor.close()]);
  });

  test('fits a window of 320 pixels', async () => {
    const id = await segment('Narrow', {
      all: [
        { action: '*', did: true, within: { from: '2024-01-01', to: '2024-02-01' } },
        { not: { any: [{ everyone: true }, { any: [{ anonymous: true }] }] } },
      ],
    });
    const page = await world.asAdministrator(setupOf(id), { width: 320 });
    await openBuilder(page);
    await expectToFit(page);
    await expectAccessible(page);
    await page.close();
    expect(world.faults).toEqual([]);
  });
});
