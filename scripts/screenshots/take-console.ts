import type { Shop } from './corner-shop.ts';
import type { Studio } from './studio.ts';

const viewerPassword = 'a password of his own 4!';

/** The frame around every screen, and how it looks to others. */
export async function takeConsole(studio: Studio, { gone, customers }: Shop): Promise<void> {
  const page = await studio.open(`/datasets/shop/segments/${customers}/users`);
  await page.keyboard.press('Control+k');
  await page.getByLabel('Search users, segments…').last().fill('hannah');
  await page.getByText('Hannah’s testers').last().waitFor();
  await page
    .getByText(/^hannah\.\w+@/)
    .last()
    .waitFor();
  await studio.takeDialog(page, 'search');
  await page.context().close();

  const dark = await studio.open('/datasets/shop/segments', { colorScheme: 'dark' });
  await studio.take(dark, 'dark', 820);
  await dark.context().close();

  const alan = { email: 'alan@example.com', name: 'Alan Turing', administrator: false, roles: { shop: 'viewer' } };
  const { oneTimePassword } = await studio.ask<{ oneTimePassword: string }>('POST', '/api/members', alan);
  const cookies = await studio.signIn(alan.email, oneTimePassword);
  const first = await studio.open('/new-password', { cookies, width: 760 });
  await studio.take(first, 'new-password');
  await first.getByLabel('One-time password').fill(oneTimePassword);
  await first.getByLabel('New password', { exact: true }).fill(viewerPassword);
  await first.getByLabel('New password again').fill(viewerPassword);
  await first.getByRole('button', { name: 'Set password' }).click();
  await first.waitForURL('**/datasets/**');
  await first.setViewportSize({ width: 1_080, height: 720 });
  await first.goto(`/datasets/shop/segments/${gone}/setup`);
  await first.getByText('Deleting users needs the Administrator role.').waitFor();
  await studio.take(first, 'viewer');
  await first.context().close();
}
