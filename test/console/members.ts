import type { Page } from 'playwright-core';
import type { Role } from '../../src/access/permissions.ts';
import type { ConsoleWorld } from './world.ts';

export interface NewMember {
  id: string;
  email: string;
  name: string;
  oneTimePassword: string;
}

let number = 0;

/** Somebody whom an administrator has just added, with a role in `shop`. */
export async function addMember({ server }: ConsoleWorld, name: string, role: Role = 'viewer'): Promise<NewMember> {
  const email = `${name.split(' ')[0]?.toLowerCase()}-${++number}@example.com`;
  const { json } = await server.api('POST', '/api/members', { email, name, roles: { shop: role } });
  return json;
}

/** Fills in the sign-in page as somebody does. */
export async function signInOnPage(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** Replaces a one-time password on the page that asks for it. */
export async function setOwnPassword(page: Page, password: string): Promise<void> {
  await page.getByLabel('New password', { exact: true }).fill(password);
  await page.getByLabel('New password again').fill(password);
  await page.getByRole('button', { name: 'Set password' }).click();
}

/** What the page refuses something with. */
export async function alertOf(page: Page): Promise<string> {
  return page.getByRole('alert').innerText();
}
