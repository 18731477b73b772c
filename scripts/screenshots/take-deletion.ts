import type { Locator, Page } from 'playwright-core';
import { hold } from '../../test/holds.ts';
import { until } from '../../test/lethe-process.ts';
import { type Shop, shopPath } from './corner-shop.ts';
import type { Studio } from './studio.ts';

const button = { name: 'Delete All Users in Segment' };

/** The main job: dialog, proof, history, what comes after it; then one that is held back, and what others see meanwhile. */
export async function takeDeletion(studio: Studio, shop: Shop): Promise<void> {
  const page = await studio.open(`/datasets/shop/segments/${shop.gone}/users`, { width: 1_180 });
  await page.getByRole('button', button).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Confirm Delete' }).waitFor();
  await studio.takeDialog(page, 'delete-dialog');
  const confirm = await fillIn(studio, page, shop.gone);
  const know = page.getByRole('heading', { name: 'What you should know' });
  await studio.takeBetween(
    [know, page.getByRole('dialog').getByRole('checkbox'), confirm],
    'delete-dialog-confirmed',
    12,
  );
  await confirm.click();
  await page.getByText(/permanently deleted on/).waitFor();
  await studio.take(page, 'deletion-proven');
  await page.getByRole('link', { name: /^Deletions/ }).click();
  await page.getByRole('article').waitFor();
  await studio.take(page, 'deletions');
  await page.getByRole('link', { name: 'Setup' }).click();
  await page.getByRole('switch', { name: 'Enabled' }).check();
  await page.getByText(/^A bulk deletion disabled this segment/).waitFor();
  await studio.take(page, 'enable-again');
  await page.context().close();
  await takeRunning(studio, shop);
}

/** Gives the consent and types the number. Returns the button that starts the deletion. */
async function fillIn(studio: Studio, page: Page, segment: string): Promise<Locator> {
  const dialog = page.getByRole('dialog');
  const { users } = await studio.ask<{ users: number }>('GET', `${shopPath}/segments/${segment}`);
  await dialog.getByRole('checkbox').check();
  await dialog.getByLabel('Type the number of users to confirm:').fill(String(users));
  return dialog.getByRole('button', { name: 'Confirm Delete' });
}

async function takeRunning(studio: Studio, { once, customers }: Shop): Promise<void> {
  const page = await studio.open(`/datasets/shop/segments/${once}/users`);
  await page.getByRole('button', button).click();
  const confirm = await fillIn(studio, page, once);
  // As a program that keeps a table to itself: without it this would be over before it is looked at.
  const release = await hold(studio.lethe.databaseUrl, { id: 'shop', no: 1 }, 'deleting');
  await confirm.click();
  await page.getByRole('region', { name: 'Running bulk deletion' }).getByText('Held back').waitFor();
  const tabs = page.getByRole('navigation', { name: 'Parts of this segment' });
  await until(async () => {
    const { users } = await studio.ask<{ users: number }>('GET', `${shopPath}/segments/${once}`);
    const numbers = await tabs.innerText();
    return numbers.includes(users.toLocaleString('en-GB')) && /Deletions\s+1/.test(numbers);
  }, 'the tabs have the numbers of now');
  await studio.takePart([page.getByRole('navigation', { name: 'Where this is' }), tabs], 'deletion-running');
  await takeElsewhere(studio, customers);
  await release();
  await page.getByText(/permanently deleted on/).waitFor();
  await page.context().close();
}

/** What the others see meanwhile. */
async function takeElsewhere(studio: Studio, other: string): Promise<void> {
  const page = await studio.open(`/datasets/shop/segments/${other}/users`);
  const strip = page.getByRole('region', { name: 'Running bulk deletion' });
  await strip.getByText('Held back').waitFor();
  await studio.takePart([strip, page.getByRole('navigation', { name: 'Parts of this segment' })], 'deletion-strip');
  await page.getByRole('button', button).click();
  await page.getByRole('dialog').getByText('One bulk deletion runs at a time').waitFor();
  await studio.takeDialog(page, 'already-running');
  await page.context().close();
}
