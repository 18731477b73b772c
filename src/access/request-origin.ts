import type { FastifyRequest } from 'fastify';
import { LetheError } from '../errors.ts';

/**
 * A cookie is sent by the browser whoever wrote the page, so a request that changes something on the strength of a cookie must
 * come from our own page. Browsers say where it comes from in `Sec-Fetch-Site` and `Origin`; whoever sends neither is no
 * browser and has no cookie that somebody else could use. The cookie is same-site besides.
 *
 * Throws `access.cross_site`.
 */
export function refuseForeignPage({ method, headers, host }: FastifyRequest, publicUrl: string | undefined): void {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return;
  const site = headers['sec-fetch-site'];
  const { origin } = headers;
  if (site === 'same-origin') return;
  const isOwn = origin === undefined || hostOf(origin) === host || isOriginOf(origin, publicUrl);
  if (site === undefined && isOwn) return;
  const detail = 'A request with a session cookie must come from this server’s own page; programs use an API token.';
  throw new LetheError('forbidden', 'access.cross_site', detail);
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

function isOriginOf(origin: string, publicUrl: string | undefined): boolean {
  return publicUrl !== undefined && new URL(publicUrl).origin === origin;
}
