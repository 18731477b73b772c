import { infiniteQueryOptions } from '@tanstack/react-query';
import type { UserItem } from '../../src/profiles/user-items.ts';
import { isPassing, isProblem } from '../api/problem.ts';
import { followed } from '../api/query-client.ts';
import { inDataset, type Page, request } from '../api/request.ts';

/** Users read at once: enough for a few windows, few enough to be there at once. */
const usersPerPage = 200;
/** What was read and is shown nowhere is kept for so long, in milliseconds. */
const keptMs = 30_000;

export interface WantedSegmentUsers {
  segment: string;
  /** A part of any identity, or Lethe's own id; empty for everybody. */
  search: string;
  /** In the order in which they came unless said otherwise. */
  sort: 'lastActivity' | undefined;
}

/** A page of users and when it was read. */
export interface UserPage extends Page<UserItem> {
  readAt: string;
}

/** The users of a segment, a page after the other. What is searched goes in the body: it is most often somebody's address. */
export function segmentUsersQuery(dataset: string, { segment, search, sort }: WantedSegmentUsers) {
  return infiniteQueryOptions({
    queryKey: ['users', dataset, 'of', segment, { search, sort }],
    queryFn: async ({ pageParam, signal }): Promise<UserPage> => {
      const readAt = new Date().toISOString();
      const body = {
        segment,
        limit: usersPerPage,
        ...(search === '' ? {} : { search }),
        ...(sort ? { sort } : {}),
        ...(pageParam === null ? {} : { cursor: pageParam }),
      };
      const page = await request<Page<UserItem>>('POST', inDataset(dataset, 'users', 'search'), { body, signal });
      return { ...page, readAt };
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    ...followed(true),
    gcTime: keptMs,
    // A search that the server gave up takes as long the next time.
    retry: (failures, error) => isPassing(error) && !isProblem(error, 'users.search_too_slow') && failures < 3,
  });
}
