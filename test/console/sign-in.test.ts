import { afterAll, beforeAll, expect, test } from 'vitest';
import { adminEmail, adminPassword } from '../server.ts';
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

test('whoever opens an address without being signed in signs in first and comes back to it', async () => {
  const page = await world.asStranger('/audits?action=member&from=2026-01-01');
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  expect(await page.getByLabel('E-mail address').evaluate((field) => field === document.activeElement)).toBe(true);
  await signInOnPage(page, adminEmail, adminPassword);
  await page.getByRole('heading', { name: 'Audits', level: 1 }).waitFor();
  const { pathname, searchParams } = new URL(page.url());
  expect([pathname, searchParams.get('action'), searchParams.get('from')]).toEqual(['/audits', 'member', '2026-01-01']);
});

test('password managers are told which field is which', async () => {
  const page = await world.asStranger('/sign-in');
  expect(await page.getByLabel('E-mail address').getAttribute('autocomplete')).toBe('username');
  expect(await page.getByLabel('Password', { exact: true }).getAttribute('autocomplete')).toBe('current-password');
});

test('a refusal says what to do, and the same whether the address is a member’s or not', async () => {
  const page = await world.asStranger('/sign-in');
  await signInOnPage(page, adminEmail, 'not her password');
  const ofMember = await alertOf(page);
  await page.reload();
  await signInOnPage(page, 'nobody@example.com', 'not her password');
  expect(await alertOf(page)).toBe(ofMember);
  expect(ofMember).toContain('Check both and try again.');
});

test('the sign-in leads to no other host, whatever its address says', async () => {
  const addresses = [
    'https://elsewhere.example/',
    '//elsewhere.example/',
    '/\\elsewhere.example/',
    '/.//elsewhere.example/',
  ];
  for (const next of addresses) {
    const page = await world.asStranger(`/sign-in?next=${encodeURIComponent(next)}`);
    await signInOnPage(page, adminEmail, adminPassword);
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    expect(new URL(page.url()).origin, next).toBe(world.server.url);
    expect(new URL(page.url()).pathname, next).toBe('/datasets/shop/segments');
    await page.close();
  }
});

test('a member with a one-time password sets their own before anything else, and the one-time password is void', async () => {
  const { email, oneTimePassword } = await addMember(world, 'Grace Hopper');
  const page = await world.asStranger('/roles');
  await signInOnPage(page, email, oneTimePassword);
  await page.getByRole('heading', { name: 'Set your own password' }).waitFor();
  await expectAccessible(page);

  const other = await page.context().newPage();
  await other.goto('/datasets/shop/users');
  await other.getByLabel('One-time password').waitFor();
  expect(new URL(other.url()).pathname).toBe('/new-password');
  await other.close();

  await setOwnPassword(page, 'too short');
  await page.getByText('This is shorter than 12 characters.').waitFor();
  await setOwnPassword(page, oneTimePassword);
  expect(await alertOf(page)).toContain('has to be another one');
  await page.getByLabel('New password', { exact: true }).fill(ownPassword);
  await page.getByLabel('New password again').fill(`${ownPassword}!`);
  await page.getByRole('button', { name: 'Set password' }).click();
  await page.getByText('This differs from the password above.').waitFor();
  await setOwnPassword(page, ownPassword);
  await page.getByRole('heading', { name: 'Roles', level: 1 }).waitFor();

  const again = await world.asStranger('/sign-in');
  await signInOnPage(again, email, oneTimePassword);
  expect(await alertOf(again)).toContain('not right');
  await signInOnPage(again, email, ownPassword);
  await again.getByRole('button', { name: 'Your account: Grace Hopper' }).waitFor();
});

test('a page that is reloaded half-way still asks for a password of one’s own', async () => {
  const { email, oneTimePassword } = await addMember(world, 'Mary Shelley');
  const page = await world.asStranger('/sign-in');
  await signInOnPage(page, email, oneTimePassword);
  await page.getByRole('heading', { name: 'Set your own password' }).waitFor();
  await page.goto('/');
  await page.getByLabel('One-time password').fill('not the one-time password');
  await setOwnPassword(page, ownPassword);
  await page.getByText('This is not the password that you have now.').waitFor();
  await page.getByLabel('One-time password').fill(oneTimePassword);
  await setOwnPassword(page, ownPassword);
  await page.getByRole('button', { name: 'Your account: Mary Shelley' }).waitFor();
});

test('with a second factor a code of the app is asked for, and a backup code signs in once', async () => {
  const { email, oneTimePassword } = await addMember(world, 'Katherine Johnson');
  const page = await world.asStranger('/account');
  await signInOnPage(page, email, oneTimePassword);
  await setOwnPassword(page, ownPassword);
  await page.getByRole('button', { name: 'Set up second factor' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Password', { exact: true }).fill('not my password');
  await dialog.getByRole('button', { name: 'Continue' }).click();
  await dialog.getByText('This is not the password that you have now.').waitFor();
  await dialog.getByLabel('Password', { exact: true }).fill(ownPassword);
  const begun = page.waitForResponse('**/two-factor/enable');
  await dialog.getByRole('button', { name: 'Continue' }).click();
  const { totpURI } = await (await begun).json();
  await dialog.getByRole('img', { name: /QR code/ }).waitFor();
  const secret = new URL(totpURI).searchParams.get('secret') ?? '';
  expect((await dialog.innerText()).replaceAll(' ', '')).toContain(secret);
  await expectAccessible(page);
  await dialog.getByLabel('Code', { exact: true }).fill('000000');
  await dialog.getByRole('button', { name: 'Turn on' }).click();
  expect(await dialog.getByRole('alert').innerText()).toContain('the one that your app shows now');
  await dialog.getByLabel('Code', { exact: true }).fill(totpCode(totpURI));
  await dialog.getByRole('button', { name: 'Turn on' }).click();
  const list = dialog.getByRole('list', { name: 'Backup codes' });
  await list.waitFor();
  const codes = await list.getByRole('listitem').allTextContents();
  expect(new Set(codes).size).toBe(10);
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'I have kept them' }).click();
  await page.getByText('In force', { exact: true }).waitFor();

  await page.getByRole('button', { name: /^Your account:/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await signInOnPage(page, email, ownPassword);
  await page.getByRole('heading', { name: 'Second factor' }).waitFor();
  await expectAccessible(page);
  await page.getByLabel('Code', { exact: true }).fill('000000');
  await page.getByRole('button', { name: 'Continue' }).click();
  expect(await alertOf(page)).toContain('the one that your app shows now');
  const code = totpCode(totpURI);
  await page.getByLabel('Code', { exact: true }).fill(`${code.slice(0, 3)} ${code.slice(3)}`);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();

  const other = await world.asStranger('/roles');
  await signInOnPage(other, email, ownPassword);
  await other.getByRole('button', { name: 'Use a backup code instead' }).click();
  await other.getByLabel('Backup code').fill(codes[0] ?? '');
  await other.getByRole('button', { name: 'Continue' }).click();
  await other.getByRole('heading', { name: 'Roles', level: 1 }).waitFor();
  const third = await world.asStranger('/sign-in');
  await signInOnPage(third, email, ownPassword);
  await third.getByRole('button', { name: 'Use a backup code instead' }).click();
  await third.getByLabel('Backup code').fill(codes[0] ?? '');
  await third.getByRole('button', { name: 'Continue' }).click();
  expect(await alertOf(third)).toContain('used before');
}, 120_000);

test('signing out leaves nothing behind: going back shows the sign-in', async () => {
  const page = await world.asMember('viewer', '/roles');
  await page.getByRole('button', { name: /^Your account:/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByLabel('E-mail address').waitFor();
  await page.goBack();
  await page.getByLabel('E-mail address').waitFor();
  expect(await page.getByRole('navigation', { name: 'Main' }).count()).toBe(0);
});

test('a session that is ended elsewhere leads to the sign-in, and from there back', async () => {
  const { email, oneTimePassword } = await addMember(world, 'Emmy Noether');
  const page = await world.asStranger('/roles');
  await signInOnPage(page, email, oneTimePassword);
  await setOwnPassword(page, ownPassword);
  await page.getByRole('heading', { name: 'Roles', level: 1 }).waitFor();

  const elsewhere = await world.asStranger('/account');
  await signInOnPage(elsewhere, email, ownPassword);
  await elsewhere.getByRole('button', { name: 'End all others' }).click();
  await elsewhere.getByRole('dialog').getByRole('button', { name: 'End all others' }).click();
  await elsewhere.getByText('All other sessions have ended.').waitFor();

  await page.getByRole('link', { name: 'All Users' }).click();
  await page.getByLabel('E-mail address').waitFor();
  expect(new URL(page.url()).searchParams.get('next')).toBe('/datasets/shop/users');
  await signInOnPage(page, email, ownPassword);
  await page.getByRole('heading', { name: 'All Users', level: 1 }).waitFor();
});

test('the sign-in page is accessible in both themes and on a small screen', async () => {
  const page = await world.asStranger('/sign-in?error=single_sign_on.denied', { width: 320 });
  expect(await alertOf(page)).toContain('did not let you in');
  await expectAccessibleInBothThemes(page);
  await expectToFit(page);
  expect(world.faults).toEqual([]);
});

test('what single sign-on was refused for is said in words, and an unknown word is never repeated', async () => {
  const said = async (error: string) => alertOf(await world.asStranger(`/sign-in?error=${error}`));
  expect(await said('single_sign_on.no_member')).toContain('Ask an administrator to add you.');
  const unknown = await said('Call+0800+now');
  expect(unknown).toContain("The server's log says why");
  expect(unknown).not.toContain('0800');
});

test('without an OpenID provider there is no button for one', async () => {
  const page = await world.asStranger('/sign-in');
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  await page.waitForLoadState('networkidle');
  expect(await page.getByRole('button', { name: /^Sign in/ }).count()).toBe(1);
});

test('too many attempts are refused with the time to wait, and the button waits as well', async () => {
  // The last of this server: it takes no more attempts for a minute.
  const page = await world.asStranger('/sign-in');
  for (let attempt = 0; attempt < 20; attempt++) {
    const data = { email: adminEmail, password: `guess number ${attempt}` };
    await page.request.post('/api/auth/sign-in/email', { data });
  }
  await signInOnPage(page, adminEmail, 'guess number 20');
  expect(await alertOf(page)).toMatch(/too many attempts.*Try again in (\d+ second|1 minute)/s);
  expect(await page.getByRole('button', { name: /^Wait / }).isDisabled()).toBe(true);
});
