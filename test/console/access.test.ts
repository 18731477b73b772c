import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { adminEmail, ask } from '../server.ts';
import { totpCode } from '../totp.ts';
import { addMember, alertOf, setOwnPassword, signInOnPage } from './members.ts';
import {
  type ConsoleWorld,
  expectAccessible,
  expectAccessibleInBothThemes,
  expectToFit,
  startConsole,
} from './world.ts';

const ownPassword = 'a sentence that nobody guesses';

let world: ConsoleWorld;
beforeAll(async () => {
  world = await startConsole();
});
afterAll(() => world.close());

const rowOf = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name });

async function memberNamed(name: string) {
  const { json } = await world.server.api('GET', '/api/members?limit=1000');
  return json.items.find((member: { name: string }) => member.name === name);
}

/** Somebody who has signed in on the page and set a password of their own. */
async function signedIn(name: string, path: string): Promise<{ page: Page; email: string }> {
  const { email, oneTimePassword } = await addMember(world, name);
  const page = await world.asStranger(path);
  await signInOnPage(page, email, oneTimePassword);
  await setOwnPassword(page, ownPassword);
  // Until then nobody signs in with it.
  await page.getByRole('button', { name: 'Set password' }).waitFor({ state: 'detached' });
  return { page, email };
}

test('an administrator adds a member and hands over a one-time password that is shown only then', async () => {
  const page = await world.asAdministrator('/members');
  await page.getByRole('button', { name: 'Add member' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Grace Hopper');
  await dialog.getByLabel('E-mail address').fill(adminEmail);
  await dialog.getByLabel('Shop').selectOption('Editor');
  await dialog.getByRole('button', { name: 'Add member' }).click();
  await dialog.getByText('There is a member with this e-mail address already.').waitFor();
  await dialog.getByLabel('E-mail address').fill('grace@example.com');
  await dialog.getByRole('button', { name: 'Add member' }).click();
  await dialog.getByRole('heading', { name: 'Grace Hopper is added' }).waitFor();
  const password = /\w{5}-\w{5}-\w{5}-\w{5}/.exec(await dialog.innerText())?.[0] ?? '';
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'I have kept it' }).click();
  const row = rowOf(page, 'Grace Hopper');
  await row.getByText('Editor of Shop').waitFor();
  await row.getByText('One-time password').waitFor();
  expect(await page.content()).not.toContain(password);

  const credentials = { email: 'grace@example.com', password };
  const answer = await ask(`${world.server.url}/api/auth/sign-in/email`, 'POST', credentials);
  expect(answer.json.user).toMatchObject({ name: 'Grace Hopper', mustChangePassword: true });
});

test('name, address and roles of a member are changed, and hold from the next request on', async () => {
  const { name } = await addMember(world, 'Mary Shelley');
  const page = await world.asAdministrator('/members');
  await page.getByRole('button', { name, exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Mary W. Shelley');
  await dialog.getByLabel('E-mail address').fill('mary@example.com');
  await dialog.getByText('single sign-on is linked anew').waitFor();
  await dialog.getByLabel('Shop').selectOption('Analyst');
  await dialog.getByRole('button', { name: 'Save member' }).click();
  await rowOf(page, 'Mary W. Shelley').getByText('Analyst of Shop').waitFor();
  expect(await memberNamed('Mary W. Shelley')).toMatchObject({ email: 'mary@example.com', roles: { shop: 'analyst' } });
});

test('what somebody else changes of a member while the form is open stays changed', async () => {
  const { id, name } = await addMember(world, 'Barbara Liskov');
  const page = await world.asAdministrator('/members');
  await page.getByRole('button', { name, exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Barbara J. Liskov');
  await world.server.api('PATCH', `/api/members/${id}`, { roles: { shop: 'editor' } });
  await dialog.getByRole('button', { name: 'Save member' }).click();
  await rowOf(page, 'Barbara J. Liskov').waitFor();
  expect(await memberNamed('Barbara J. Liskov')).toMatchObject({ roles: { shop: 'editor' } });
});

test('the last administrator can be neither removed nor made less, and the page says why', async () => {
  const page = await world.asAdministrator('/members');
  const { name } = (await world.server.api('GET', '/api/members')).json.items.find(
    (member: { email: string }) => member.email === adminEmail,
  );
  await page.getByRole('button', { name: `Remove ${name}`, exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Cancel' }).waitFor();
  expect(await dialog.getByRole('button', { name: 'Cancel' }).evaluate((it) => it === document.activeElement)).toBe(
    true,
  );
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Remove member' }).click();
  expect(await alertOf(page)).toContain('make another member an administrator first');
  await dialog.getByRole('button', { name: 'Cancel' }).click();

  await page.getByRole('button', { name, exact: true }).click();
  await dialog.getByLabel('Administrator').uncheck();
  await dialog.getByRole('button', { name: 'Save member' }).click();
  expect(await alertOf(page)).toContain('make another member an administrator first');
  expect(await memberNamed(name)).toMatchObject({ administrator: true });
});

test('a removed member is gone, with every session', async () => {
  const { page: theirs } = await signedIn('Linus Lindqvist', '/roles');
  await theirs.getByRole('heading', { name: 'Roles', level: 1 }).waitFor();
  const page = await world.asAdministrator('/members');
  await page.getByRole('button', { name: 'Remove Linus Lindqvist' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove member' }).click();
  await rowOf(page, 'Linus Lindqvist').waitFor({ state: 'detached' });
  await theirs.getByRole('link', { name: 'All Users' }).click();
  await theirs.getByLabel('E-mail address').waitFor();
});

test('a token is made, its secret shown once, and refused as soon as it is revoked', async () => {
  const page = await world.asAdministrator('/tokens');
  await page.getByRole('button', { name: 'New token' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('nightly import');
  await dialog.getByRole('button', { name: 'Make token' }).click();
  expect(await alertOf(page)).toContain('Choose a role.');
  await dialog.getByLabel('Shop').selectOption('Editor');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Make token' }).click();
  await dialog.getByText('How to use it').waitFor();
  await expectAccessible(page);
  const token = /key_\w+:[\w-]+/.exec(await dialog.innerText())?.[0] ?? '';
  const headers = { authorization: `Basic ${Buffer.from(token).toString('base64')}` };
  const me = () => ask(`${world.server.url}/api/me`, 'GET', undefined, headers);
  expect((await me()).json).toMatchObject({ kind: 'token', name: 'nightly import', roles: { shop: 'editor' } });
  await dialog.getByRole('button', { name: 'I have copied it' }).click();
  await rowOf(page, 'nightly import').getByText('Editor of Shop').waitFor();
  expect(await page.content()).not.toContain(token);

  await page.getByRole('button', { name: 'Revoke nightly import' }).click();
  await dialog.getByRole('button', { name: 'Revoke token' }).click();
  await rowOf(page, 'nightly import').waitFor({ state: 'detached' });
  expect((await me()).status).toBe(401);
});

test('an administrator’s token can end at some datasets', async () => {
  const page = await world.asAdministrator('/tokens');
  await page.getByRole('button', { name: 'New token' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('cleaning');
  await dialog.getByLabel('Do everything, as an Administrator').check();
  await dialog.getByRole('checkbox', { name: 'Only in these datasets' }).check();
  await dialog.getByRole('button', { name: 'Make token' }).click();
  expect(await alertOf(page)).toContain('Choose at least one dataset');
  await dialog.getByRole('checkbox', { name: 'Shop' }).check();
  await dialog.getByRole('button', { name: 'Make token' }).click();
  await dialog.getByRole('button', { name: 'I have copied it' }).click();
  await rowOf(page, 'cleaning').getByText('Everything in Shop').waitFor();
});

test('the table of roles is for everybody, who has them only for those who manage members', async () => {
  await addMember(world, 'Emmy Noether', 'campaignAuthor');
  const page = await world.asAdministrator('/roles');
  const bulk = page.getByRole('row', { name: /^Delete all users in a segment/ });
  await bulk.waitFor();
  const cells = await bulk.getByRole('cell').allInnerTexts();
  expect(cells.map((text) => text.includes('Yes'))).toEqual([true, false, false, false, false]);
  const counts = page.getByRole('table', { name: 'Members with each role in each dataset' });
  await counts.waitFor();
  const { json } = await world.server.api('GET', '/api/members?limit=1000');
  const having = (role: string) =>
    json.items.filter((member: { roles: Record<string, string> }) => member.roles.shop === role).length;
  const expected = ['editor', 'campaignAuthor', 'analyst', 'viewer'].map((role) => String(having(role)));
  expect(await counts.getByRole('row', { name: /^Shop/ }).getByRole('cell').allInnerTexts()).toEqual(expected);

  const viewer = await world.asMember('viewer', '/roles');
  await viewer.getByRole('row', { name: /^Delete all users in a segment/ }).waitFor();
  expect(await viewer.getByRole('table').count()).toBe(1);
});

test('a member changes their password, and their sessions elsewhere end', async () => {
  const { page, email } = await signedIn('Lise Meitner', '/account');
  const elsewhere = await world.asStranger('/account');
  await signInOnPage(elsewhere, email, ownPassword);
  await elsewhere.getByText('This one').waitFor();
  expect(await elsewhere.getByRole('table', { name: 'Sessions' }).getByRole('row').count()).toBe(3);

  await page.getByRole('button', { name: 'Change password' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Current password').fill(ownPassword);
  await expectAccessible(page);
  await setOwnPassword(page, 'another sentence of my own');
  await page.getByText('Your password is changed.').waitFor();
  await elsewhere.reload();
  await signInOnPage(elsewhere, email, 'another sentence of my own');
  await elsewhere.getByRole('heading', { name: 'Your account' }).waitFor();
});

test('a member ends one session and keeps this one', async () => {
  const { page, email } = await signedIn('Hedy Lamarr', '/account');
  const elsewhere = await world.asStranger('/account');
  await signInOnPage(elsewhere, email, ownPassword);
  await elsewhere.getByText('This one').waitFor();
  await elsewhere.getByRole('button', { name: /^End the session in Chrome/ }).click();
  await elsewhere.getByText('The session has ended.').waitFor();
  await elsewhere.getByRole('button', { name: 'End all others' }).waitFor({ state: 'detached' });
  await page.reload();
  await page.getByLabel('E-mail address').waitFor();
});

test('backup codes are made anew, and a second factor is turned off, with the password', async () => {
  const { page } = await signedIn('Rosalind Franklin', '/account');
  await page.getByRole('heading', { name: 'Your account' }).waitFor();
  const data = { password: ownPassword };
  const { totpURI } = await (await page.request.post('/api/auth/two-factor/enable', { data })).json();
  await page.request.post('/api/auth/two-factor/verify-totp', { data: { code: totpCode(totpURI) } });
  await page.reload();
  await page.getByRole('button', { name: 'New backup codes' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Password', { exact: true }).fill(ownPassword);
  await dialog.getByRole('button', { name: 'Make new codes' }).click();
  const codes = dialog.getByRole('list', { name: 'Backup codes' });
  await codes.waitFor();
  expect(await codes.getByRole('listitem').count()).toBe(10);
  const download = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Download as a file' }).click();
  expect((await download).suggestedFilename()).toBe('lethe-backup-codes.txt');
  await dialog.getByRole('button', { name: 'I have kept them' }).click();

  await page.getByRole('button', { name: 'Turn off' }).click();
  await dialog.getByLabel('Password', { exact: true }).fill(ownPassword);
  await dialog.getByRole('button', { name: 'Turn off second factor' }).click();
  await page.getByRole('button', { name: 'Set up second factor' }).waitFor();
  expect(await memberNamed('Rosalind Franklin')).toMatchObject({ secondFactor: false });
});

test('what needs an administrator is neither in the navigation nor behind its address', async () => {
  const page = await world.asMember('editor', '/roles');
  await page.getByRole('heading', { name: 'Roles', level: 1 }).waitFor();
  const refused: string[] = [];
  page.on('response', (answer) => answer.status() >= 400 && refused.push(answer.url()));
  const places = await page.getByRole('navigation', { name: 'Main' }).getByRole('link').allTextContents();
  for (const [name, path] of [
    ['Members', '/members'],
    ['API Tokens', '/tokens'],
    ['Audits', '/audits'],
  ] as const) {
    expect(places).not.toContain(name);
    await page.goto(path);
    await page.getByText('This needs the Administrator role').waitFor();
    expect(await page.getByRole('main').getByRole('button').count()).toBe(0);
  }
  expect(refused).toEqual([]);
});

test('every screen of access is accessible in both themes, and fits 320 px', async () => {
  const page = await world.asAdministrator('/account');
  for (const path of ['/account', '/members', '/roles', '/tokens']) {
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.goto(path);
    await page.getByRole('table').first().waitFor();
    await expectAccessibleInBothThemes(page);
    await page.setViewportSize({ width: 320, height: 700 });
    await expectToFit(page);
    await expectAccessibleInBothThemes(page);
  }
  expect(world.faults).toEqual([]);
}, 120_000);
