import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runImport } from '../imports.ts';
import { ask } from '../server.ts';
import { type ConsoleWorld, startConsole } from './world.ts';

let world: ConsoleWorld;
/** Somebody else's page, on another site: to a browser `localhost` is another than `127.0.0.1`. */
let foreign: Server;
let foreignUrl: string;
beforeAll(async () => {
  world = await startConsole();
  foreign = createServer((request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(request.url === '/frame' ? `<iframe src="${world.server.url}/"></iframe>` : '<p>Another site</p>');
  });
  await new Promise<void>((resolve) => foreign.listen(0, resolve));
  foreignUrl = `http://localhost:${(foreign.address() as AddressInfo).port}`;
});
afterAll(async () => {
  foreign.close();
  await world.close();
});

const page = (path: string) => ask(world.server.url + path, 'GET', undefined, { accept: 'text/html' });

describe('the page', () => {
  test('is answered to a browser at every address of a screen, and to nobody at those of programs', async () => {
    for (const path of ['/', '/sign-in', '/datasets/shop/segments/a1B2c/users', '/members']) {
      const { status, headers } = await page(path);
      expect([path, status, headers.get('content-type')]).toEqual([path, 200, 'text/html; charset=utf-8']);
    }
    for (const path of [
      '/api/nowhere',
      '/v1/nowhere',
      '/api2/nowhere',
      '/health/nowhere',
      '/assets/none.js',
      '/.well-known/none',
    ]) {
      expect([path, (await page(path)).status]).toEqual([path, 404]);
    }
    expect((await ask(`${world.server.url}/sign-in`, 'GET')).status).toBe(404);
  });

  test('allows scripts from files of this server only, and styles only with the nonce of this answer', async () => {
    const first = await page('/');
    const policy = first.headers.get('content-security-policy') ?? '';
    const [, nonce = ''] = /'nonce-([^']+)'/.exec(policy) ?? [];
    expect(nonce).toMatch(/^[A-Za-z0-9+/]{22}==$/);
    expect(
      Object.fromEntries(policy.split('; ').map((line) => [line.split(' ')[0], line.split(' ').slice(1).join(' ')])),
    ).toEqual({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': `'self' 'nonce-${nonce}'`,
      'img-src': "'self' data:",
      'font-src': "'self'",
      'connect-src': "'self'",
      'form-action': "'self'",
      'base-uri': "'none'",
      'frame-ancestors': "'none'",
    });
    expect((await page('/')).headers.get('content-security-policy')).not.toBe(policy);
  });

  test('has pictures that may do nothing, also where somebody opens one by itself', async () => {
    const { status, headers } = await ask(`${world.server.url}/favicon.svg`, 'GET');
    expect([status, headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('has no inline script and no handler in its markup', async () => {
    const { text } = await page('/');
    const scripts = [...text.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g)];
    expect(scripts.length).toBeGreaterThan(0);
    for (const [, attributes = '', content] of scripts) {
      expect(attributes).toMatch(/src="\/[^/]/);
      expect(content).toBe('');
    }
    expect(text).not.toMatch(/\son[a-z]+=|javascript:/i);
  });

  test('cannot run an inline script or eval, whoever brings it in', async () => {
    const window = await world.asStranger('/sign-in');
    await window.getByRole('heading', { level: 1 }).waitFor();
    const ran = await window.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.ranInline = true';
      document.body.append(script);
      return 'ranInline' in window;
    });
    expect(ran).toBe(false);
    // Playwright's own way into a page is not bound by its policy; a timer with text is.
    const evaluated = await window.evaluate(
      () =>
        new Promise((resolve) => {
          document.addEventListener('securitypolicyviolation', ({ blockedURI }) => resolve(blockedURI), { once: true });
          setTimeout('window.ranEval = true' as unknown as () => void, 0);
        }),
    );
    expect(evaluated).toBe('eval');
    expect(world.faults.splice(0).every((fault) => /Content Security Policy/.test(fault))).toBe(true);
    await window.close();
  });

  test('is shown in no frame of another site', async () => {
    const window = await world.asStranger('/sign-in');
    await window.goto(`${foreignUrl}/frame`);
    const frame = window.frames().find((each) => each !== window.mainFrame());
    await expect.poll(() => frame?.url()).toMatch(/^chrome-error:/);
    expect((await page('/')).headers.get('x-frame-options')).toBe('DENY');
    world.faults.splice(0);
    await window.close();
  });
});

describe('the session', () => {
  test('is a cookie that no script can read and no other site can use', async () => {
    const window = await world.asAdministrator('/');
    const cookies = await window.context().cookies();
    const session = cookies.find(({ name }) => name === 'lethe.session_token');
    expect(session).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/' });
    expect(await window.evaluate(() => document.cookie)).not.toContain('session');
    await window.close();
  });

  test('changes nothing for a page of another site, whether it sends a form or a request', async () => {
    const window = await world.asAdministrator('/');
    const before = (await world.server.api('GET', '/api/dataset/shop/segments')).json.items.length;
    await window.goto(foreignUrl);
    const address = `${world.server.url}/api/dataset/shop/segments`;
    await window.evaluate(async (url) => {
      const body = JSON.stringify({ name: 'Forged', kind: 'manual' });
      for (const contentType of ['text/plain', 'application/json']) {
        await fetch(url, {
          method: 'POST',
          credentials: 'include',
          body,
          headers: { 'content-type': contentType },
        }).catch(() => {});
      }
      const form = document.createElement('form');
      Object.assign(form, { method: 'post', action: url, target: 'elsewhere', enctype: 'text/plain' });
      document.body.append(form);
      form.submit();
    }, address);
    // What a browser does not hold back, such as a cookie that a proxy made lax, the server refuses.
    const cookies = await window.context().cookies(world.server.url);
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
    const forged = await ask(
      address,
      'POST',
      { name: 'Forged', kind: 'manual' },
      { cookie, origin: foreignUrl, 'sec-fetch-site': 'cross-site' },
    );
    expect([forged.status, forged.json.code]).toEqual([403, 'access.cross_site']);
    expect((await world.server.api('GET', '/api/dataset/shop/segments')).json.items).toHaveLength(before);
    world.faults.splice(0);
    await window.close();
  });
});

describe('personal data', () => {
  const email = 'grace.hopper@example.com';

  test('stands in no address and in no storage of the browser, also while one searches and looks at a user', async () => {
    await runImport(
      world.server,
      `userId,traits.email,identity:email,type,event,timestamp\ngrace-1,${email},${email},track,Visit,2024-05-01\n`,
    );
    const window = await world.asAdministrator('/datasets/shop/users');
    const addresses: string[] = [];
    window.on('request', (request) => addresses.push(request.url()));
    await window
      .getByRole('searchbox')
      .or(window.getByPlaceholder(/search/i))
      .first()
      .fill(email);
    const user = window.getByRole('table').getByRole('link').first();
    await expect.poll(() => addresses.filter((address) => address.endsWith('/users/search')).length).toBeGreaterThan(1);
    await user.click();
    await window.getByText(email).first().waitFor();
    addresses.push(window.url());
    expect(addresses.filter((address) => /grace|hopper|%40example/i.test(address))).toEqual([]);
    expect(await storedBy(window)).not.toMatch(/grace|hopper|@example/i);
    await window.close();
  });
});

test('nothing else went wrong in any window', () => {
  expect(world.faults).toEqual([]);
});

/** All that the page keeps in the browser. */
function storedBy(window: Page): Promise<string> {
  return window.evaluate(async () => {
    const databases = await indexedDB.databases();
    const caches = await window.caches?.keys();
    return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, databases, caches ?? []]);
  });
}
