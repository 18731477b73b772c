import { QueryClient } from '@tanstack/react-query';
import { isPassing } from './problem.ts';

/**
 * What was asked is asked again when one comes back to the page, so nothing on a screen is old. What is refused is not asked again by
 * itself; what failed in passing is.
 */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) => isPassing(error) && failures < 3,
      retryDelay: (attempt) => Math.min(500 * 2 ** attempt, 4_000),
      // The browser's word for "online" is not asked: a server on this machine or network answers without the Internet.
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});

/** How often figures on a screen that change by themselves are asked for anew, in milliseconds, while the page is in view. */
export const liveMs = 3_000;

/** The same of what somebody watches as it happens, such as the events of one user. */
export const followMs = 2_000;

/** Pages of an endless list that are asked for anew by themselves. Whoever has read further would wait for all of them each time. */
const pagesFollowedMax = 3;

interface Pages {
  pages: readonly unknown[];
}

/** Whether an endless list is short enough to be followed. */
export function canFollow(data: Pages | undefined): boolean {
  return (data?.pages.length ?? 0) <= pagesFollowedMax;
}

/** For endless lists that somebody watches: read anew by themselves until somebody holds them still or has read far. */
export function followed(isFollowing: boolean) {
  const isRead = ({ state }: { state: { data: Pages | undefined } }) => isFollowing && canFollow(state.data);
  return {
    refetchInterval: (query: Parameters<typeof isRead>[0]) => isRead(query) && followMs,
    refetchOnWindowFocus: isRead,
    refetchOnReconnect: isRead,
  };
}

const isShort = ({ state }: { state: { data: { pages: readonly unknown[] } | undefined } }) =>
  (state.data?.pages.length ?? 0) <= 1;

/** For endless lists: one is read anew by itself as long as it is one page; of one that somebody is deep in, all pages would be. */
export const liveAtItsBeginning = {
  refetchInterval: (query: Parameters<typeof isShort>[0]) => (isShort(query) ? liveMs : (false as const)),
  refetchOnWindowFocus: isShort,
  refetchOnReconnect: isShort,
};
