import { shopPath } from './corner-shop.ts';
import type { Studio } from './studio.ts';

/** A new dataset, and what holds in one. */
export async function takeDatasets(studio: Studio): Promise<void> {
  await studio.ask('PUT', `${shopPath}/attributes/country`, {
    kind: 'text',
    description: 'Where orders go, as two letters',
  });
  await studio.ask('PUT', `${shopPath}/attributes/newsletter`, { kind: 'boolean', description: 'Has asked for it' });
  const page = await studio.open('/datasets/shop/settings', { width: 1_180 });
  await studio.take(page, 'settings');
  await page.getByRole('button', { name: 'Edit language' }).click();
  await page.getByRole('dialog').getByLabel('Description').fill('Of the shop’s pages, as two letters');
  await studio.takeDialog(page, 'attribute');
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Delete dataset' }).click();
  await page.getByRole('dialog').getByText('Permanently deleted with it:').first().waitFor();
  await page.getByRole('dialog').getByLabel('Type shop to confirm').waitFor();
  await studio.takeDialog(page, 'delete-dataset');
  await page.context().close();

  const made = await studio.open('/new-dataset');
  await made.getByLabel('ID').fill('fan-club');
  await made.getByLabel('Name').fill('Fan club');
  await studio.take(made, 'new-dataset');
  await made.context().close();
}
