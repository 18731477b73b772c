import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Role } from '../../src/access/permissions.ts';
import { adminEmail, adminPassword, startTestServer, type TestServer } from '../server.ts';
import { launchChromium } from './chromium.ts';
import { openWindows, type Reader, type Session } from './windows.ts';

/** The real server with the console, and people who use it in a real Chromium. */
export interface ConsoleWorld {
  server: TestServer;
  browser: Browser;
  /** A window of the first administrator, Ada, at an address of the console. */
  asAdministrator(path: string, reader?: Reader): Promise<Page>;
  /** A window of a member who has this role in `shop` and nothing else. */
  asMember(role: Role, path: string, reader?: Reader): Promise<Page>;
  /** A window of somebody who has not signed in. */
  asStranger(path: string, reader?: Reader): Promise<Page>;
  /** What went wrong in any window: errors of the page, refusals by its policy, requests to another host. */
  faults: string[];
  close(): Promise<void>;
}

const memberPassword = 'a password of my own 4!';

/** Starts a server with an empty dataset `shop`, and a browser. */
export async function startConsole(env: Record<string, string> = {}): Promise<ConsoleWorld> {
  const server = await startTestServer(env);
  const browser = await launchChromium();
  const faults: string[] = [];
  const sessions = openSessions(browser, server);
  const windows = openWindows(browser, server.url, (page) => watch(page, server.url, faults));
  const show = async (path: string, reader?: Reader, session: Session = []): Promise<Page> => {
    const page = await windows.open(expect.getState().currentTestName, session, reader);
    await page.goto(path);
    return page;
  };

  return {
    server,
    browser,
    faults,
    asAdministrator: async (path, reader) => show(path, reader, await sessions.ofAdministrator()),
    asMember: async (role, path, reader) => show(path, reader, await sessions.ofMember(role)),
    asStranger: (path, reader) => show(path, reader),
    close: async () => {
      await browser.close();
      await server.close();
    },
  };
}

/** Everybody signs in once: hashing passwords is slow on purpose. */
function openSessions(browser: Browser, server: TestServer) {
  const open = new Map<string, Session>();
  const signedIn = async (who: string, signIn: (context: BrowserContext) => Promise<void>): Promise<Session> => {
    const known = open.get(who);
    if (known) return known;
    const context = await browser.newContext({ baseURL: server.url });
    await signIn(context);
    const session = await context.cookies();
    await context.close();
    open.set(who, session);
    return session;
  };
  const post = async (context: BrowserContext, path: string, data: object) =>
    expect((await context.request.post(path, { data })).status()).toBe(200);
  return {
    ofAdministrator: () =>
      signedIn('administrator', (context) =>
        post(context, '/api/auth/sign-in/email', { email: adminEmail, password: adminPassword }),
      ),
    ofMember: (role: Role) =>
      signedIn(role, async (context) => {
        const member = { email: `${role.toLowerCase()}@example.com`, name: `The ${role}`, roles: { shop: role } };
        const { oneTimePassword } = (await server.api('POST', '/api/members', member)).json;
        await post(context, '/api/auth/sign-in/email', { email: member.email, password: oneTimePassword });
        const change = { currentPassword: oneTimePassword, newPassword: memberPassword };
        await post(context, '/api/auth/change-password', change);
      }),
  };
}

function watch(page: Page, url: string, faults: string[]): void {
  page.on('pageerror', (error) => faults.push(`error of the page: ${error.message}`));
  page.on('console', (message) => {
    // Chromium reports every answer of 400 and above as an error; whether those are right is for the tests to say.
    const isAnswer = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !isAnswer) faults.push(`${page.url()}: ${message.text()}`);
  });
  page.on('request', (request) => {
    if (/^https?:/.test(request.url()) && !request.url().startsWith(url))
      faults.push(`asked another host: ${request.url()}`);
  });
}

/** Finds nothing against the rules of WCAG 2.2, levels A and AA, in what the page shows when nothing moves any more. */
export async function expectAccessible(page: Page): Promise<void> {
  // Twice, because what was just put on the page begins to move a frame later.
  for (let look = 0; look < 2; look++) {
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)));
    await expect.poll(() => page.evaluate(movements)).toBe(0);
  }
  // Only what is wrong is told, and asked in the page itself, which has no frames: a third of the work.
  const { violations } = await new AxeBuilder({ page })
    .options({ resultTypes: ['violations'] })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
    .setLegacyMode()
    .analyze();
  const found = violations.map(({ id, help, nodes }) => ({
    id,
    help,
    where: nodes.map(({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary}`),
  }));
  expect(found).toEqual([]);
}

/** In the dark theme and then in the light one, which stays: to change a page's theme is quicker than to open it anew. */
export async function expectAccessibleInBothThemes(page: Page): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    await expect.poll(() => page.evaluate(() => document.documentElement.dataset.mantineColorScheme)).toBe(colorScheme);
    await expectAccessible(page);
  }
}

/** Nothing has to be scrolled sideways, as soon as the page has taken in how wide its window is. */
export async function expectToFit(page: Page): Promise<void> {
  await expect
    .poll(() => page.evaluate(() => document.documentElement.scrollWidth - innerWidth))
    .toBeLessThanOrEqual(0);
}

/** Transitions and animations that are under way and come to an end: halfway through one, colours are in between. */
function movements(): number {
  const isUnderWay = (animation: Animation) =>
    animation.playState === 'running' && animation.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY;
  return document.getAnimations().filter(isUnderWay).length;
}
