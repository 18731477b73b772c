import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { consolePolicy, noncePlaceholder } from './console-page.ts';

const yearSeconds = 365 * 24 * 60 * 60;

/** Whether an address may be one of the console's screens: a browser asks for a page, and it is none of the programs' addresses. */
export function isForConsole({ method, url, headers }: FastifyRequest): boolean {
  const isPage = method === 'GET' && (headers.accept ?? '').includes('text/html');
  return isPage && !/^\/(api|api2|v1|v2|health|metrics|assets|\.well-known)(\/|\?|$)/.test(url);
}

/**
 * Serves the built console of a folder. Its files have their content's hash in their names and are kept by browsers for good; the
 * page itself is asked for anew each time, with a nonce of its own.
 */
export async function serveConsole(app: FastifyInstance, folder: string): Promise<void> {
  app.get('/', { config: { may: 'public' }, schema: { hide: true } }, (_request, reply) => sendPage(reply, folder));
  if (!existsSync(folder)) return;
  await app.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, may: 'public' };
      route.schema = { ...route.schema, hide: true };
    });
    await scope.register(fastifyStatic, {
      root: folder,
      wildcard: false,
      index: false,
      globIgnore: ['index.html', '**/*.br', '**/*.gz'],
      preCompressed: true,
      cacheControl: false,
      setHeaders: (response, path) => {
        const forGood = path.startsWith(join(folder, 'assets'));
        response.header('cache-control', forGood ? `public, max-age=${yearSeconds}, immutable` : 'no-cache');
      },
    });
  });
}

/** The page, which is the same for every screen. */
export function sendPage(reply: FastifyReply, folder: string): FastifyReply {
  const path = join(folder, 'index.html');
  const nonce = randomBytes(16).toString('base64');
  const isBuilt = existsSync(path);
  const page = isBuilt ? readFileSync(path, 'utf8').replaceAll(noncePlaceholder, nonce) : notBuilt;
  return reply
    .code(isBuilt ? 200 : 503)
    .headers({
      'content-security-policy': consolePolicy(nonce),
      'x-frame-options': 'DENY',
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    })
    .type('text/html; charset=utf-8')
    .send(page);
}

const notBuilt = `<!doctype html>
<html lang="en">
<title>Lethe</title>
<h1>The console is not built</h1>
<p>Stop this server and start it with "npm start", which builds it. The HTTP API and the command line work without it.</p>
</html>
`;
