import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fillDataset } from '../fill-dataset.ts';
import { hold } from '../holds.ts';
import { until } from '../waiting.ts';
import {
  type ConsoleWorld,
  expectAccessible,
  expectAccessibleInBothThemes,
  expectToFit,
  startConsole,
} from './world.ts';

const profiles = 1_000;
const address = '/datasets/shop/segments/doomd';

let world: ConsoleWorld;
let users: number;
beforeAll(async () => {
  world = await startConsole({ LETHE_ERASURE: 'scrub' });
  const { ds } = world.server.database;
  users = await fillDataset(ds, { profiles, eventsPerProfile: 3, share: 0.5 });
});
afterAll(() => world.close());

async function openDialog(page: Page, segmentName = 'Segment doomd') {
  await page.getByRole('button', { name: 'Delete All Users in Segment' }).click();
  const dialog = page.getByRole('dialog', { name: `Delete all users in “${segmentName}”?` });
  await dialog.getByRole('button', { name: 'Confirm Delete' }).waitFor();
  return dialog;
}

const segment = async () => (await world.server.api('GET', '/api/dataset/shop/segments/doomd')).json;
const deletions = async () => (await world.server.api('GET', '/api/dataset/shop/deletions')).json.items;

describe('the dialog', () => {
  test('says exactly what goes and what else is touched, before any consent', async () => {
    const page = await world.asAdministrator(address);
    const dialog = await openDialog(page);
    const preview = (await world.server.api('GET', '/api/dataset/shop/segments/doomd/deletion-preview')).json;
    const text = await dialog.innerText();
    const exact = new Intl.NumberFormat('en-GB');
    expect(text).toContain(`${exact.format(users)} users`);
    for (const rows of Object.values(preview.rows as Record<string, number>))
      expect(text).toContain(exact.format(rows));
    expect(preview.overlaps).toHaveLength(2);
    for (const overlap of preview.overlaps)
      expect(text).toContain(`Segment “${overlap.name}” loses ${exact.format(overlap.users)} users`);
    expect(
      await dialog
        .getByRole('listitem')
        .filter({ has: page.locator('time, span') })
        .count(),
    ).toBeGreaterThanOrEqual(20);
    expect(text).toContain('cannot be stopped');
    expect(text).toContain('Not for GDPR or CCPA requests');
    expect(text).toContain('data warehouse');
    expect(await dialog.getByRole('link', { name: 'Export these users first' }).getAttribute('href')).toBe(
      '/api/dataset/shop/segments/doomd/export',
    );
    await page.close();
  });

  test('has nothing ticked, the focus on Cancel, and closes with Esc', async () => {
    const page = await world.asAdministrator(address);
    const dialog = await openDialog(page);
    expect(await dialog.getByRole('checkbox').isChecked()).toBe(false);
    expect(await dialog.getByLabel('Type the number of users to confirm:').inputValue()).toBe('');
    await until(
      () => dialog.getByRole('button', { name: 'Cancel' }).evaluate((button) => button === document.activeElement),
      'Cancel has the focus',
    );
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await deletions()).toEqual([]);
    await page.close();
  });

  test('lets nobody confirm before both the checkbox and the exact number', async () => {
    const page = await world.asAdministrator(address);
    const dialog = await openDialog(page);
    const confirm = dialog.getByRole('button', { name: 'Confirm Delete' });
    const number = dialog.getByLabel('Type the number of users to confirm:');
    expect(await confirm.isDisabled()).toBe(true);
    await number.fill(String(users));
    expect(await confirm.isDisabled()).toBe(true);
    await dialog.getByRole('checkbox').check();
    expect(await confirm.isDisabled()).toBe(false);
    for (const wrong of [String(users + 1), `${users}0`, '', 'all', `-${users}`]) {
      await number.fill(wrong);
      expect(await confirm.isDisabled(), wrong).toBe(true);
      await number.press('Enter');
    }
    const correction = dialog.getByText(`The number of users is ${users}.`);
    await correction.waitFor();
    await number.fill(` ${users} `);
    await correction.waitFor({ state: 'detached' });
    expect(await deletions()).toEqual([]);
    await page.close();
  });

  test('says it when the number of users changes while it is open, and asks for the new one', async () => {
    const page = await world.asAdministrator(address);
    const dialog = await openDialog(page);
    const number = dialog.getByLabel('Type the number of users to confirm:');
    await number.fill(String(users));
    await dialog.getByRole('checkbox').check();
    const outside = (await world.server.api('GET', '/api/dataset/shop/users?limit=1000')).json.items.find(
      (user: { segments: string[] }) => !user.segments.includes('doomd'),
    );
    await world.server.api('POST', `${'/api/dataset/shop/segments/doomd'}/users`, { ids: [outside.id] });
    await dialog
      .getByRole('alert')
      .getByText(`The segment now has ${users + 1} users, 1 more than when you opened this.`)
      .waitFor();
    expect(await number.inputValue()).toBe('');
    expect(await dialog.getByRole('button', { name: 'Confirm Delete' }).isDisabled()).toBe(true);
    await world.server.api('DELETE', `${'/api/dataset/shop/segments/doomd'}/users`, { ids: [outside.id] });
    await dialog.getByText(`${users} users`, { exact: true }).waitFor();
    await page.close();
  });

  test('begins with the erasure of this server, and says where to read what each one means', async () => {
    const page = await world.asAdministrator(address);
    const dialog = await openDialog(page);
    const choice = dialog.getByRole('radiogroup', { name: 'How thoroughly they are erased' });
    expect(await choice.getByRole('radio').count()).toBe(2);
    expect(await choice.getByRole('radio', { name: 'Scrub' }).isChecked()).toBe(true);
    const more = page.waitForEvent('popup');
    await dialog.getByRole('link', { name: 'How permanent a deletion is' }).click();
    await (await more).getByRole('heading', { level: 1, name: 'How permanent a deletion is' }).waitFor();
    await (await more).close();
    await page.close();
  });

  test('is accessible in both themes, also on a narrow screen', async () => {
    const page = await world.asAdministrator(address);
    await openDialog(page);
    await expectAccessibleInBothThemes(page);
    await page.setViewportSize({ width: 320, height: 700 });
    await expectAccessibleInBothThemes(page);
    await expectToFit(page);
    await page.close();
  });
});

test('whoever is no Administrator sees no button, and in Setup why', async () => {
  const page = await world.asMember('editor', `${address}/setup`);
  await page.getByText('Deleting users needs the Administrator role.').waitFor();
  expect(await page.getByRole('button', { name: 'Delete All Users in Segment' }).count()).toBe(0);
  await page.close();
});

test('of two administrators who confirm at once one starts it, and the other sees the running one in place of the form', async () => {
  const release = await hold(
    world.server.database.url,
    { id: 'shop', no: world.server.database.dataset.no },
    'deleting',
  );
  const pages = [await world.asAdministrator(address), await world.asAdministrator(address)];
  const dialogs = [];
  for (const page of pages) {
    const dialog = await openDialog(page);
    await dialog.getByRole('radio', { name: 'Standard' }).check();
    await dialog.getByRole('checkbox').check();
    await dialog.getByLabel('Type the number of users to confirm:').fill(String(users));
    dialogs.push(dialog);
  }
  await Promise.all(dialogs.map((dialog) => dialog.getByRole('button', { name: 'Confirm Delete' }).click()));
  for (const page of pages) await page.getByRole('region', { name: 'Running bulk deletion' }).first().waitFor();
  const dialogsThatSaySo = async () => {
    const said = pages.map((page) => page.getByRole('dialog').getByText('started this deletion').isVisible());
    return (await Promise.all(said)).filter(Boolean).length;
  };
  await expect.poll(dialogsThatSaySo).toBe(1);
  const started = await deletions();
  expect(started).toHaveLength(1);
  expect(started[0].erasure).toBe('standard');
  expect((await segment()).state).toBe('deleting');
  await release();
  for (const page of pages) await page.getByText('were permanently deleted on').waitFor();
  expect((await segment()).users).toBe(0);
  for (const page of pages) await page.close();
});

test('a scrub that was chosen is a phase of the job, shown table by table, and stays with its result in the history', async () => {
  const { api, database } = world.server;
  const release = await hold(database.url, { id: 'shop', no: database.dataset.no }, 'scrubbing');
  const page = await world.asAdministrator('/datasets/shop/segments/halfx');
  const dialog = await openDialog(page, 'Segment halfx');
  await dialog.getByRole('radio', { name: 'Standard' }).check();
  await dialog.getByRole('radio', { name: 'Scrub' }).check();
  await dialog.getByRole('checkbox').check();
  const { users: left } = (await api('GET', '/api/dataset/shop/segments/halfx')).json;
  await dialog.getByLabel('Type the number of users to confirm:').fill(String(left));
  await dialog.getByRole('button', { name: 'Confirm Delete' }).click();
  const running = page.getByRole('region', { name: 'Running bulk deletion' });
  await running.getByRole('heading', { name: 'Erasing what is left of them in the files of the database' }).waitFor();
  await running.getByText('with a scrub').waitFor();
  await running.getByText(/^\d+ of \d+ tables written anew$/).waitFor();
  await expectAccessible(page);
  await release();
  const proof = page.getByRole('region', { name: 'Last bulk deletion' });
  await proof.waitFor();
  const [job] = await deletions();
  expect(job).toMatchObject({ erasure: 'scrub', users: left, state: 'completed' });
  expect(job.scrub.tables).toBe(job.scrub.of);
  const result = `Scrubbed: the ${job.scrub.of} tables that held them were written anew.`;
  await proof.getByText(result).waitFor();
  await page.getByRole('link', { name: /^Deletions/ }).click();
  const kept = page.getByRole('article').filter({ hasText: job.id });
  await kept.getByText('with a scrub').waitFor();
  await kept.getByText(result).waitFor();
  await page.close();
});

test('nothing went wrong in any window', () => {
  expect(world.faults).toEqual([]);
});
