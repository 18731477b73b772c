import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { APIRequestContext, Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { launchChromium } from '../../test/console/chromium.ts';
import { LetheProcess } from '../../test/lethe-process.ts';
import { withPalette } from './palette.ts';

const folder = fileURLToPath(new URL('../../docs/images', import.meta.url));
const administrator = { email: 'ada@example.com', password: 'correct horse battery 7!' };

/** As wide as a page of the documentation can show without its small print getting lost. */
const width = 1_080;
const height = 720;
/** What stands around a part that is shown by itself, in pixels. */
const margin = 16;

export interface Look {
  colorScheme?: 'light' | 'dark';
  width?: number;
  /** Who looks; Ada, the administrator, unless said otherwise. */
  cookies?: Cookies;
}

type Cookies = Awaited<ReturnType<BrowserContext['storageState']>>;

/** A server of its own, somebody who is signed in, and a camera. */
export class Studio {
  readonly lethe: LetheProcess;
  readonly browser: Browser;
  readonly #ada: BrowserContext;
  readonly #cookies: Cookies;
  readonly #wanted: ReadonlySet<string>;

  private constructor(
    lethe: LetheProcess,
    browser: Browser,
    signedIn: BrowserContext,
    cookies: Cookies,
    wanted: string[],
  ) {
    this.lethe = lethe;
    this.browser = browser;
    this.#ada = signedIn;
    this.#cookies = cookies;
    this.#wanted = new Set(wanted);
  }

  /** `wanted`: names of the pictures to be kept; all of them when there are none. */
  static async open(wanted: string[]): Promise<Studio> {
    mkdirSync(folder, { recursive: true });
    const browser = await launchChromium();
    const lethe = new LetheProcess({
      LETHE_ADMIN_EMAIL: administrator.email,
      LETHE_ADMIN_PASSWORD: administrator.password,
    });
    try {
      await lethe.start();
      const context = await browser.newContext({ baseURL: lethe.url });
      // Once: every sign-in is a session and an entry of the audit, and both are on pictures.
      await context.request.post('/api/auth/sign-in/email', { data: administrator });
      return new Studio(lethe, browser, context, await context.storageState(), wanted);
    } catch (error) {
      await browser.close();
      await lethe.remove();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.lethe.remove();
  }

  /** What Ada asks of the server: she made everything that is there. */
  async ask<Thing>(method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, data?: unknown): Promise<Thing> {
    const answer = await (this.#ada.request as APIRequestContext).fetch(path, {
      method,
      ...(data === undefined ? {} : { data }),
    });
    if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${await answer.text()}`);
    return answer.status() === 204 ? undefined : answer.json();
  }

  /** Signs somebody else in, with a one-time password or the own one. */
  async signIn(email: string, password: string, headers: Record<string, string> = {}): Promise<Cookies> {
    const context = await this.browser.newContext({ baseURL: this.lethe.url, extraHTTPHeaders: headers });
    const answer = await context.request.post('/api/auth/sign-in/email', { data: { email, password } });
    if (!answer.ok()) throw new Error(`${email}: ${answer.status()}`);
    const cookies = await context.storageState();
    await context.close();
    return cookies;
  }

  /** Ada signs in somewhere else as well. */
  async signInElsewhere(userAgent: string): Promise<void> {
    await this.signIn(administrator.email, administrator.password, { 'user-agent': userAgent });
  }

  /** The administrator's password, where a screen asks for it once more. */
  get password(): string {
    return administrator.password;
  }

  async open(path: string, look: Look = {}): Promise<Page> {
    const context = await this.browser.newContext({
      baseURL: this.lethe.url,
      viewport: { width: look.width ?? width, height },
      colorScheme: look.colorScheme ?? 'light',
      storageState: look.cookies ?? this.#cookies,
      locale: 'en-GB',
      timezoneId: 'Europe/Berlin',
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    await page.goto(path);
    await settled(page);
    return page;
  }

  /** A window of nobody. */
  openAsStranger(path: string, look: Look = {}): Promise<Page> {
    return this.open(path, { ...look, cookies: { cookies: [], origins: [] } });
  }

  /** The screen, as high as what is on it, or as high as said. */
  async take(page: Page, name: string, high?: number): Promise<void> {
    await fit(page, high);
    await this.#keep(name, (shot) => page.screenshot(shot));
  }

  /** Parts of a screen by themselves, with a little of what is around them. */
  async takePart(parts: [Locator, ...Locator[]], name: string, around = margin): Promise<void> {
    const page = parts[0].page();
    await fit(page, undefined);
    await this.takeBetween(parts, name, around);
  }

  /** The same of a window that is high enough already. */
  async takeBetween(parts: [Locator, ...Locator[]], name: string, around = margin): Promise<void> {
    const boxes = (await Promise.all(parts.map((part) => part.boundingBox()))).filter((box) => box !== null);
    const left = Math.min(...boxes.map(({ x }) => x)) - around;
    const top = Math.min(...boxes.map(({ y }) => y)) - around;
    const right = Math.max(...boxes.map((box) => box.x + box.width)) + around;
    const bottom = Math.max(...boxes.map((box) => box.y + box.height)) + around;
    const clip = { x: Math.max(0, left), y: Math.max(0, top), width: right - left, height: bottom - top };
    await this.#keep(name, (shot) => parts[0].page().screenshot({ ...shot, clip }));
  }

  /** The open dialog, high enough that nothing of it has to be scrolled to. */
  async takeDialog(page: Page, name: string): Promise<void> {
    await page.setViewportSize({ width: page.viewportSize()?.width ?? width, height: 1_100 });
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await page.mouse.move(0, 0);
    await settled(page);
    await this.#keep(name, (shot) => dialog.screenshot(shot));
  }

  async #keep(name: string, shoot: (shot: { animations: 'disabled' }) => Promise<Buffer>): Promise<void> {
    if (this.#wanted.size > 0 && !this.#wanted.has(name)) return;
    writeFileSync(join(folder, `${name}.png`), withPalette(await shoot({ animations: 'disabled' })));
    console.log(`docs/images/${name}.png`);
  }
}

/** Makes a window as high as what it shows, with nothing pointed at and nothing scrolled. */
async function fit(page: Page, high: number | undefined): Promise<void> {
  const wide = page.viewportSize()?.width ?? width;
  await page.mouse.move(0, 0);
  await page.setViewportSize({ width: wide, height: high ?? height });
  await page.evaluate('window.scrollTo(0, 0)');
  await settled(page);
  // What fills the rest of a window grows with it.
  for (let round = 0; round < 3 && high === undefined; round++) {
    await page.setViewportSize({ width: wide, height: await heightOf(page) });
    await settled(page);
  }
}

/** Waits until a screen shows what it has to show, and nothing is on its way. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole('heading').first().waitFor();
  await page.waitForLoadState('networkidle');
  await page.locator('[aria-busy="true"], .mantine-Skeleton-root').first().waitFor({ state: 'detached' });
}

/** How high a window has to be that shows all of a screen, its navigation included. */
async function heightOf(page: Page): Promise<number> {
  const parts = await page.locator('main > *, nav > *').all();
  const boxes = await Promise.all(parts.map((part) => part.boundingBox()));
  return Math.ceil(Math.max(...boxes.map((box) => (box ? box.y + box.height : 0)))) + 20;
}
