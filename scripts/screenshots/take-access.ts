import type { Page } from 'playwright-core';
import type { Studio } from './studio.ts';

const elsewhere = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
];

export async function takeAccess(studio: Studio): Promise<void> {
  await takeMembers(studio);
  await takeTokens(studio);
  await takeAudits(studio);
  await takeAccount(studio);
  const page = await studio.openAsStranger('/sign-in', { width: 760 });
  await studio.take(page, 'sign-in');
  await page.context().close();
}

async function takeMembers(studio: Studio): Promise<void> {
  const page = await studio.open('/members', { width: 1_180 });
  await page.getByRole('button', { name: 'Add member' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Grace Hopper');
  await dialog.getByLabel('E-mail address').fill('grace@example.com');
  await dialog.getByLabel('Corner shop').first().selectOption('Editor');
  await studio.takeDialog(page, 'add-member');
  await dialog.getByRole('button', { name: 'Add member' }).click();
  await dialog.getByRole('heading', { name: 'Grace Hopper is added' }).waitFor();
  await studio.takeDialog(page, 'member-added');
  await dialog.getByRole('button', { name: 'I have kept it' }).click();
  await studio.take(page, 'members');
  await page.goto('/roles');
  await studio.take(page, 'roles');
  await page.context().close();
}

async function takeTokens(studio: Studio): Promise<void> {
  // With this one the server was filled; nobody else has one like it.
  await studio.ask('DELETE', `/api/tokens/${studio.lethe.keyId}`);
  const page = await studio.open('/tokens', { width: 1_180 });
  await page.getByRole('button', { name: 'New token' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Clean up on Mondays');
  await dialog.getByLabel('Do everything, as an Administrator').check();
  await dialog.getByLabel('Only in these datasets').first().check();
  await dialog.getByLabel('Corner shop').first().check();
  await studio.takeDialog(page, 'new-token');
  await dialog.getByRole('button', { name: 'Make token' }).click();
  await dialog.getByRole('button', { name: 'I have copied it' }).waitFor();
  await studio.takeDialog(page, 'token-made');
  await dialog.getByRole('button', { name: 'I have copied it' }).click();
  await studio.take(page, 'tokens');
  await page.context().close();
}

async function takeAudits(studio: Studio): Promise<void> {
  const page = await studio.open('/audits?dataset=shop', { width: 1_180 });
  await studio.take(page, 'audits');
  await page.goto('/audits?dataset=shop&action=segment.changed');
  await page.getByRole('table').getByRole('button').first().click();
  await page.getByRole('dialog').waitFor();
  await studio.takeDialog(page, 'audit-entry');
  await page.context().close();
}

async function takeAccount(studio: Studio): Promise<void> {
  for (const userAgent of elsewhere) await studio.signInElsewhere(userAgent);
  const page = await studio.open('/account');
  await page.getByRole('table').waitFor();
  await studio.take(page, 'account');
  await showSecret(page, studio.password);
  await studio.takeDialog(page, 'second-factor');
  await page.context().close();
}

async function showSecret(page: Page, password: string): Promise<void> {
  await page.getByRole('button', { name: 'Set up second factor' }).click();
  await page.getByRole('dialog').getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('dialog').getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('img', { name: /^QR code/ }).waitFor();
}
