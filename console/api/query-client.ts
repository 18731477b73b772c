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
