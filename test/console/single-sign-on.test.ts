import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort, type OpenIdProvider, openIdClient, startOpenIdProvider } from '../openid-provider.ts';
import { type ConsoleWorld, expectAccessible, startConsole } from './world.ts';

let provider: OpenIdProvider;
let world: ConsoleWorld;
beforeAll(async () => {
  const port = await freePort();
  provider = await startOpenIdProvider(`http://127.0.0.1:${port}/api/auth/callback/oidc`);
  world = await startConsole({
    LETHE_PORT: String(port),
    LETHE_PUBLIC_URL: `http://127.0.0.1:${port}`,
    LETHE_OIDC_ISSUER: provider.issuer,
    LETHE_OIDC_CLIENT_ID: openIdClient.id,
    LETHE_OIDC_CLIENT_SECRET: openIdClient.secret,
    LETHE_OIDC_NAME: 'Example ID',
  });
  await world.server.api('POST', '/api/members', {
    email: 'grace@example.com',
    name: 'Grace Hopper',
    roles: { shop: 'viewer' },
  });
  provider.people.set('grace', { email: 'grace@example.com', email_verified: true });
  provider.people.set('mallory', { email: 'mallory@example.com', email_verified: true });
});
afterAll(async () => {
  await world.close();
  await provider.close();
});

/** From the button of the sign-in through the provider's own form. */
async function signInAs(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Sign in with Example ID' }).click();
  await page.locator('[name=login]').fill(name);
  await page.locator('[name=password]').fill('whatever');
  await page.locator('[type=submit]').click();
}

test('a member signs in with the provider and is led to where the sign-in was asked for', async () => {
  const page = await world.asStranger('/datasets/shop/users');
  await page.getByRole('button', { name: 'Sign in with Example ID' }).waitFor();
  await expectAccessible(page);
  await signInAs(page, 'grace');
  await page.getByRole('heading', { level: 1, name: 'All Users' }).waitFor();
  await page.getByRole('button', { name: /Grace Hopper/ }).waitFor();
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'All Users' }).waitFor();
  await page.close();
});

test('somebody whom no administrator has made a member is led back, and told so', async () => {
  const page = await world.asStranger('/sign-in');
  await signInAs(page, 'mallory');
  await page.getByRole('alert').waitFor();
  expect(new URL(page.url()).pathname).toBe('/sign-in');
  expect(await page.getByRole('alert').innerText()).toMatch(/member/i);
  await page.getByRole('button', { name: 'Sign in with Example ID' }).waitFor();
  await page.close();
});
