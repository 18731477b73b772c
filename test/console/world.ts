import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Role } from '../../src/access/permissions.ts';
import { adminEmail, adminPassword, startTestServer, type TestServer } from '../server.ts';
import { launchChromium } from './chromium.ts';

export interface Reader {
  /** A theme; light unless said otherwise. */
  colorScheme?: 'light' | 'dark';
  width?: number;
  reducedMotion?: 'reduce';
}

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
  let members = 0;

  const open = async (reader: Reader = {}): Promise<BrowserContext> => {
    const { colorScheme = 'light', width = 1280, reducedMotion = null } = reader;
    const viewport = { width, height: 900 };
    const locale = { locale: 'en-GB', timezoneId: 'Europe/Berlin' };
    const context = await browser.newContext({ baseURL: server.url, colorScheme, viewport, reducedMotion, ...locale });
    context.on('page', (page) => watch(page, server.url, faults));
    context.setDefaultTimeout(15_000);
    return context;
  };
  const signIn = async (context: BrowserContext, email: string, password: string) => {
    const answer = await context.request.post('/api/auth/sign-in/email', { data: { email, password } });
    expect(answer.status()).toBe(200);
  };
  const show = async (context: BrowserContext, path: string) => {
    const page = await context.newPage();
    await page.goto(path);
    return page;
  };

  return {
    server,
    browser,
    faults,
    asAdministrator: async (path, reader) => {
      const context = await open(reader);
      await signIn(context, adminEmail, adminPassword);
      return show(context, path);
    },
    asMember: async (role, path, reader) => {
      const email = `member-${++members}@example.com`;
      const member = { email, name: `Member ${members}`, roles: { shop: role } };
      const { json } = await server.api('POST', '/api/members', member);
      const context = await open(reader);
      await signIn(context, email, json.oneTimePassword);
      const change = { currentPassword: json.oneTimePassword, newPassword: memberPassword };
      expect((await context.request.post('/api/auth/change-password', { data: change })).status()).toBe(200);
      return show(context, path);
    },
    asStranger: async (path, reader) => show(await open(reader), path),
    close: async () => {
      await browser.close();
      await server.close();
    },
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
  await expect.poll(() => page.evaluate(movements)).toBe(0);
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
    .analyze();
  const found = violations.map(({ id, help, nodes }) => ({
    id,
    help,
    where: nodes.map(({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary}`),
  }));
  expect(found).toEqual([]);
}

/** Transitions and animations that are under way and come to an end: halfway through one, colours are in between. */
function movements(): number {
  const isUnderWay = (animation: Animation) =>
    animation.playState === 'running' && animation.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY;
  return document.getAnimations().filter(isUnderWay).length;
}
