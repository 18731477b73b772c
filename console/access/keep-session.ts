import { useQuery } from '@tanstack/react-query';
import { currentSession } from './auth-calls.ts';

const everyMs = 60 * 60 * 1_000;

/** The session of somebody who uses the console goes on: the server prolongs it, for seven days, when the page asks who is signed in. */
export function useKeptSession(): void {
  useQuery({
    queryKey: ['own-session'],
    queryFn: ({ signal }) => currentSession(signal),
    staleTime: everyMs,
    refetchInterval: everyMs,
  });
}
