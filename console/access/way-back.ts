/**
 * Where to go on after the sign-in: the path of this server that asked for it, or the start page. What an address says is anybody's
 * to write, so whatever a browser could take for another host leads to the start page.
 *
 * @param origin of this page
 */
export function wayBack(next: unknown, origin: string): string {
  if (typeof next !== 'string' || !next.startsWith('/')) return '/';
  const url = URL.canParse(next, origin) ? new URL(next, origin) : undefined;
  // A path such as /.//elsewhere.example is of this server until it is taken as an address again.
  if (!url || url.origin !== origin || url.pathname.startsWith('//')) return '/';
  if (url.pathname === '/sign-in' || url.pathname === '/new-password') return '/';
  return `${url.pathname}${url.search.replaceAll('\\', '%5C')}${url.hash}`;
}
