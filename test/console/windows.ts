import type { Browser, BrowserContext, Cookie, Page } from 'playwright-core';

/** How somebody's window looks. */
export interface Reader {
  /** A theme; light unless said otherwise. */
  colorScheme?: 'light' | 'dark';
  width?: number;
  reducedMotion?: 'reduce';
}

/** What the browser of somebody who has signed in keeps. */
export type Session = readonly Cookie[];

export interface Windows {
  /** Opens a blank window of whoever has this session. `test` names who asks: what others before it left open is closed first. */
  open(test: string | undefined, session: Session, reader?: Reader): Promise<Page>;
}

/**
 * Windows that share nothing while they are open. A profile of the browser whose windows are closed is used again, without its
 * cookies and what pages stored: a fresh one loads and compiles the whole console anew, which takes longer than many a test.
 */
export function openWindows(browser: Browser, baseURL: string, onPage: (page: Page) => void): Windows {
  const profiles: { context: BrowserContext; test: string | undefined }[] = [];

  const addProfile = async (test: string | undefined) => {
    const context = await browser.newContext({ baseURL, locale: 'en-GB', timezoneId: 'Europe/Berlin' });
    context.on('page', onPage);
    context.setDefaultTimeout(15_000);
    const profile = { context, test };
    profiles.push(profile);
    context.on('close', () => profiles.splice(profiles.indexOf(profile), 1));
    return profile;
  };

  const blankWindow = async (context: BrowserContext, session: Session): Promise<Page> => {
    await context.clearCookies();
    await context.addCookies(session);
    const page = await context.newPage();
    const devTools = await context.newCDPSession(page);
    await devTools.send('Storage.clearDataForOrigin', { origin: baseURL, storageTypes: 'local_storage' });
    await devTools.detach();
    return page;
  };

  return {
    async open(test, session, { colorScheme = 'light', width = 1280, reducedMotion } = {}) {
      // A window that is left open goes on asking the server; those of the tests before are not needed any more.
      const left = profiles.filter((each) => each.test !== undefined && each.test !== test);
      for (const page of left.flatMap(({ context }) => context.pages())) await page.close();
      const profile = profiles.find(({ context }) => context.pages().length === 0) ?? (await addProfile(test));
      profile.test = test;
      const page = await blankWindow(profile.context, session);
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme, reducedMotion: reducedMotion ?? null });
      return page;
    },
  };
}
