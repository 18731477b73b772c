import type { Shop } from './corner-shop.ts';
import type { Studio } from './studio.ts';

export async function takeUsers(studio: Studio, { customer }: Shop): Promise<void> {
  const list = await studio.open('/datasets/shop/users?sort=lastActivity', { width: 1_280 });
  await studio.take(list, 'users');
  await list.context().close();

  const page = await studio.open(`/datasets/shop/users/${customer}`);
  await studio.take(page, 'user');
  await page.goto(`/datasets/shop/users/${customer}/events?action=Purchase`);
  await page
    .getByRole('button', { name: /^Purchase/ })
    .first()
    .click();
  await studio.take(page, 'user-events');
  await page.getByRole('button', { name: 'Delete User' }).click();
  await page.getByRole('button', { name: 'Delete user', exact: true }).waitFor();
  await studio.takeDialog(page, 'delete-user');
  await page.context().close();
}
