import { sql } from 'kysely';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runImport } from '../imports.ts';
import {
  type ConsoleWorld,
  expectAccessible,
  expectAccessibleInBothThemes,
  expectToFit,
  startConsole,
} from './world.ts';

/** For what comes by itself, in milliseconds. */
const patience = { timeout: 15_000 };

let world: ConsoleWorld;
beforeAll(async () => {
  world = await startConsole();
  await runImport(
    world.server,
    'userId,identity:loyalty,attribute:age,attribute:city\nu1,l1,36,Berlin\nu2,,old,\nu3,l3,7,Paris\n',
    { kind: 'users' },
  );
});
afterAll(() => world.close());

const rowOf = (page: Page, table: string, name: string) =>
  page
    .getByRole('table', { name: table })
    .getByRole('row')
    .filter({ has: page.getByText(name, { exact: true }) });

async function pick(page: Page, field: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: field }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

describe('the settings of a dataset', () => {
  test('show the attributes in use, and let an editor say what one is meant to be and take it back', async () => {
    const page = await world.asMember('editor', '/datasets/shop/settings');
    const age = rowOf(page, 'Attributes', 'age');
    expect(await age.textContent()).toMatch(/^age–3text 1 · number 2/);
    await page.getByRole('button', { name: 'Edit age' }).click();
    await pick(page, 'Defined as', 'Number');
    await page.getByRole('textbox', { name: 'Description' }).fill('In years');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Save definition' }).click();
    await expect.poll(() => age.textContent(), patience).toMatch(/^ageNumberIn years3/);
    expect((await world.server.api('GET', '/api/dataset/shop/user/u2')).json.attributes).toMatchObject([
      { name: 'age', value: 'old' },
    ]);
    await page.getByRole('button', { name: 'Edit age' }).click();
    await page.getByRole('button', { name: 'Take definition back' }).click();
    await page.getByText('Only what was said of it goes. 3 users keep their values.').waitFor();
    await page.getByRole('button', { name: 'Take definition back' }).click();
    await expect.poll(() => age.textContent(), patience).toMatch(/^age–3/);
  });

  test('define an attribute that no user has yet, and an identity type', async () => {
    const page = await world.asAdministrator('/datasets/shop/settings');
    await page.getByRole('button', { name: 'Define attribute' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('plan/tier');
    await pick(page, 'Defined as', 'List');
    await page.getByRole('button', { name: 'Save definition' }).click();
    await expect
      .poll(() => rowOf(page, 'Attributes', 'plan/tier').textContent(), patience)
      .toMatch(/^plan\/tierList0–/);
    expect(await rowOf(page, 'Identity types', 'loyalty').textContent()).toMatch(/^loyalty\s*22/);
    await page.getByRole('button', { name: 'Define identity type' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Type' }).fill('till number');
    expect(await dialog.getByRole('button', { name: 'Save identity type' }).isDisabled()).toBe(true);
    await dialog.getByRole('textbox', { name: 'Type' }).fill('till');
    await dialog.getByRole('textbox', { name: 'Description' }).fill('From the tills');
    await dialog.getByRole('button', { name: 'Save identity type' }).click();
    await expect
      .poll(() => rowOf(page, 'Identity types', 'till').textContent(), patience)
      .toMatch(/^till\s*From the tills00/);
    await page.getByRole('button', { name: 'Edit till' }).click();
    await page.getByRole('button', { name: 'Take description back' }).click();
    await page.getByText('it is no longer listed until one does').waitFor();
    await page.getByRole('button', { name: 'Take description back' }).click();
    await rowOf(page, 'Identity types', 'till').waitFor({ state: 'detached' });
  });

  test('show the limits in force, what is used of them, and the settings that change them', async () => {
    await world.server.api('POST', '/api/dataset/shop/segments', { name: 'List', kind: 'manual' });
    const page = await world.asMember('viewer', '/datasets/shop/settings');
    const lists = rowOf(page, 'Limits', 'Manual segments and subscriber lists');
    expect(await lists.textContent()).toMatch(/11,000LETHE_LIST_SEGMENTS_MAX$/);
    expect(
      await lists
        .getByRole('progressbar', { name: 'Manual segments and subscriber lists: 1 of 1,000' })
        .getAttribute('aria-valuenow'),
    ).toBe('0.1');
    expect(await rowOf(page, 'Limits', 'Size of one event').textContent()).toContain('(32,768)');
    expect(await rowOf(page, 'Limits', 'Datasets of this installation').textContent()).toContain('–');
  });

  test('show whoever may not define or delete no way to do it', async () => {
    for (const role of ['viewer', 'analyst', 'campaignAuthor', 'editor'] as const) {
      const page = await world.asMember(role, '/datasets/shop/settings');
      await rowOf(page, 'Attributes', 'age').waitFor();
      await rowOf(page, 'Identity types', 'userId').waitFor();
      const editing = page.getByRole('main').getByRole('button', { name: /^(Edit|Define) / });
      expect((await editing.count()) > 0).toBe(role === 'editor');
      expect(await page.getByRole('button', { name: 'Delete dataset' }).count()).toBe(0);
      await page.goto('/new-dataset');
      await page.getByRole('heading', { level: 1, name: 'New dataset' }).waitFor();
      expect(await page.getByRole('button', { name: 'Create dataset' }).count()).toBe(0);
      await page.close();
    }
  });
});

describe('a dataset', () => {
  test('is created with an id of its own, and is then where one is', async () => {
    const page = await world.asAdministrator('/new-dataset');
    await page.getByRole('textbox', { name: 'Name' }).fill('Blog of the shop');
    await page.getByRole('textbox', { name: 'ID' }).fill('Blog');
    await page.getByRole('button', { name: 'Create dataset' }).click();
    await page.getByText('An ID is a small letter').waitFor();
    await page.getByRole('textbox', { name: 'ID' }).fill('shop');
    await page.getByRole('button', { name: 'Create dataset' }).click();
    await page.getByRole('alert').getByText('exists already').waitFor();
    await page.getByRole('textbox', { name: 'ID' }).fill('blog');
    await page.getByRole('radio', { name: 'Staging' }).check();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Create dataset' }).click();
    await page.waitForURL('**/datasets/blog/segments');
    await page.getByRole('button', { name: 'Dataset: Blog of the shop · Staging' }).waitFor();
    expect((await world.server.api('GET', '/api/datasets/blog')).json).toMatchObject({ type: 'staging' });
  });

  test('is deleted after saying what goes and typing its id, and never while a bulk deletion runs in it', async () => {
    await world.server.api('POST', '/api/datasets', { id: 'old', name: 'Old shop' });
    await world.server.api('POST', '/api/dataset/old/segments', { name: 'Anybody', kind: 'manual' });
    const page = await world.asAdministrator('/datasets/old/settings');
    await page.getByRole('button', { name: 'Delete dataset' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete the dataset “Old shop”?' });
    const goes = dialog.getByRole('region', { name: 'Permanently deleted with it:' });
    expect(await goes.textContent()).toBe('Users0Events0Identities0Segments1');
    await expect
      .poll(() => dialog.getByRole('button', { name: 'Cancel' }).evaluate((it) => it.matches(':focus')), patience)
      .toBe(true);
    const confirm = dialog.getByRole('button', { name: 'Delete dataset' });
    await dialog.getByRole('textbox', { name: 'Type old to confirm' }).fill('shop');
    expect(await confirm.isDisabled()).toBe(true);
    await expectAccessible(page);
    const { writes } = world.server.database.database;
    await sql`
      INSERT INTO ds_old.deletion (id, segment_no, segment_id, segment_name, segment_kind, rule_digest, set_no, users, requested_by, started_at)
      VALUES ('del_1', 999, 'abcde', 'S', 'manual', '', 999, 0, '{}', now())`.execute(writes);
    await dialog.getByRole('textbox', { name: 'Type old to confirm' }).fill('old');
    await confirm.click();
    await dialog.getByRole('alert').getByText('A bulk deletion is running in this dataset').waitFor();
    expect((await world.server.api('GET', '/api/datasets/old')).status).toBe(200);
    await sql`DELETE FROM ds_old.deletion`.execute(writes);
    await confirm.click();
    await page.waitForURL((url) => !url.pathname.startsWith('/datasets/old'));
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect((await world.server.api('GET', '/api/datasets/old')).status).toBe(404);
  });
});

test('the settings are accessible in both themes and fit a small window', async () => {
  for (const width of [1280, 320]) {
    const page = await world.asAdministrator('/datasets/shop/settings', { width });
    await rowOf(page, 'Attributes', 'age').waitFor();
    await rowOf(page, 'Identity types', 'userId').waitFor();
    await expectAccessibleInBothThemes(page);
    await expectToFit(page);
    await page.getByRole('button', { name: 'Delete dataset' }).click();
    await page.getByRole('textbox', { name: 'Type shop to confirm' }).waitFor();
    await expectAccessibleInBothThemes(page);
    await page.goto('/new-dataset');
    await page.getByRole('button', { name: 'Create dataset' }).waitFor();
    await expectAccessibleInBothThemes(page);
    await page.close();
  }
}, 180_000);

test('nothing went wrong in any window', () => {
  expect(world.faults).toEqual([]);
});
