import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { anonymousIdOf, type Library, olderBrowserOf, times, traits, writeKey } from './library.ts';

const bundle = fileURLToPath(new URL('../../node_modules/@segment/analytics-next/dist/umd/index.js', import.meta.url));

/** What the bundle puts into its page, as far as it is used here. */
declare global {
  var AnalyticsNext: { AnalyticsBrowser: { load(settings: object): Segment } };
  var analytics: Segment;
}

interface Segment {
  page(name: string): Promise<unknown>;
  track(event: string, properties?: object): Promise<unknown>;
  identify(user: string, traits: object): Promise<unknown>;
  group(id: string, traits: object): Promise<unknown>;
  alias(to: string, from: string): Promise<unknown>;
  setAnonymousId(id: string): void;
}

/** `@segment/analytics-next` in a page of a site of its own, in a real Chromium. */
export async function analyticsNext(
  browser: Browser,
  cdnURL: string,
): Promise<Library & { hosts: Set<string>; errors: string[] }> {
  const site = createServer((request, answer) => {
    if (request.url === '/analytics.js') {
      answer.writeHead(200, { 'content-type': 'text/javascript' }).end(readFileSync(bundle));
    } else {
      const page =
        '<!doctype html><title>Shop</title><link rel="icon" href="data:,"><script src="/analytics.js"></script>';
      answer.writeHead(200, { 'content-type': 'text/html' }).end(page);
    }
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  const page = await browser.newPage();
  const hosts = new Set<string>();
  const errors: string[] = [];
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(
    `http://127.0.0.1:${(site.address() as AddressInfo).port}/?utm_source=newsletter&utm_campaign=spring`,
  );
  await page.evaluate(
    (settings) => {
      globalThis.analytics = AnalyticsNext.AnalyticsBrowser.load(settings);
    },
    { writeKey, cdnURL },
  );
  return {
    hosts,
    errors,
    introduce: (user) => introduce(page, user),
    trackMany: (_user, event) =>
      void page.evaluate(
        ([name, count]) => {
          for (let n = 0; n < count; n++) void analytics.track(name);
        },
        [event, times] as const,
      ),
    end: async () => {
      await browser.close();
      site.close();
    },
  };
}

async function introduce(page: Page, user: string): Promise<void> {
  const said = { user, traits, anonymousId: anonymousIdOf(user), olderBrowser: olderBrowserOf(user) };
  await page.evaluate(async ({ user, traits, anonymousId, olderBrowser }) => {
    await analytics.setAnonymousId(olderBrowser);
    await analytics.page('Home');
    await analytics.setAnonymousId(anonymousId);
    await analytics.page('Home');
    await analytics.track('View Item', { price: 9.5 });
    await analytics.identify(user, traits);
    await analytics.group('acme', { employees: 9 });
    await analytics.alias(user, olderBrowser);
  }, said);
}
