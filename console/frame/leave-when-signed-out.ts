import type { QueryCache } from '@tanstack/react-query';
import { Problem } from '../api/problem.ts';

/**
 * A session may end while a screen is open. What the server then answers leads to the sign-in, which leads back; the page is loaded
 * anew, so that nothing of what was seen stays in its memory.
 */
export function leaveWhenSignedOut(queries: QueryCache): void {
  queries.subscribe(({ type, query }) => {
    const { error } = query.state;
    if (type !== 'updated' || !(error instanceof Problem) || error.status !== 401) return;
    const { pathname, search } = window.location;
    // Who was never signed in on this page is led there by the route (signed-in-route.tsx), and has seen nothing yet.
    if (pathname.startsWith('/sign-in') || (query.queryKey[0] === 'me' && query.state.data === undefined)) return;
    window.location.assign(`/sign-in?next=${encodeURIComponent(pathname + search)}`);
  });
}
