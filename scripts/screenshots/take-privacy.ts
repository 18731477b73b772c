import type { Shop } from './corner-shop.ts';
import type { Studio } from './studio.ts';

export async function takePrivacy(studio: Studio, { addresses }: Shop): Promise<void> {
  const which = await studio.open('/datasets/shop/privacy/which-deletion');
  await studio.take(which, 'which-deletion');
  await which.context().close();

  const page = await studio.open('/datasets/shop/privacy', { width: 1_180 });
  const [first, second, third] = addresses.slice(12).toSorted((a, b) => a.length - b.length);
  const list = [first, 'nobody@example.com', second, third];
  await page.getByLabel('Identities, one on each line').fill(list.join('\n'));
  await page.getByRole('button', { name: 'Look up' }).click();
  await page.getByText('3 users found by 3 lines').waitFor();
  await page.getByRole('checkbox').check();
  await page.getByLabel('Type the number of users to confirm:').fill('3');
  await studio.take(page, 'privacy-requests');
  await page.getByRole('button', { name: 'Delete 3 users' }).click();
  await page.getByRole('heading', { name: 'Outcome' }).waitFor();
  await studio.take(page, 'privacy-outcome');
  await page.context().close();
}
