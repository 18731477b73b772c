import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { Summary } from '../../src/profiles/list-users.ts';
import type { EventItem, UserDetails } from '../../src/profiles/show-user.ts';
import type { UserItem } from '../../src/profiles/user-items.ts';
import { isPassing, isProblem } from '../api/problem.ts';
import { followed, followMs, liveAtItsBeginning } from '../api/query-client.ts';
import { inDataset, type Page, queryOf, request } from '../api/request.ts';

/** Every profile of the dataset is added up for it. */
const summaryMs = 5_000;
const usersPerPage = 200;
const eventsPerPage = 200;

/** What the dataset holds, exactly. */
export function summaryQuery(dataset: string) {
  return queryOptions({
    queryKey: ['summary', dataset],
    queryFn: ({ signal }) => request<Summary>('GET', inDataset(dataset, 'summary'), { signal }),
    refetchInterval: summaryMs,
  });
}

export interface WantedUsers {
  /** A part of an identity; empty for everybody. */
  search: string;
  sort: 'lastActivity' | undefined;
}

/** Users page by page. What is searched for goes in the body: it is most often somebody's address, which belongs into no log. */
export function usersQuery(dataset: string, { search, sort }: WantedUsers) {
  return infiniteQueryOptions({
    queryKey: ['users', dataset, { search, sort }],
    queryFn: ({ signal, pageParam }) => {
      const body = { limit: usersPerPage, ...(search ? { search } : {}), ...(sort ? { sort } : {}) };
      return request<Page<UserItem>>('POST', inDataset(dataset, 'users', 'search'), {
        body: { ...body, ...(pageParam ? { cursor: pageParam } : {}) },
        signal,
      });
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    ...liveAtItsBeginning,
    placeholderData: keepPreviousData,
    gcTime: 0,
    // A search that the server gave up takes as long the next time.
    retry: (failures, error) => isPassing(error) && !isProblem(error, 'users.search_too_slow') && failures < 3,
  });
}

/** All that is kept about one user, by Lethe's own id. */
export function userQuery(dataset: string, id: string) {
  return queryOptions({
    queryKey: ['user', dataset, id],
    queryFn: ({ signal }) =>
      request<UserDetails>('GET', `${inDataset(dataset, 'user', id)}${queryOf({ type: 'id' })}`, { signal }),
    refetchInterval: ({ state }) => (isProblem(state.error, 'user.unknown') ? false : followMs),
  });
}

/** A page of events and when it was read. */
export interface EventPage extends Page<EventItem> {
  readAt: string;
}

/** Events of a user, newest first; those of one action where it is named. */
export function eventsQuery(dataset: string, id: string, action: string | undefined) {
  return infiniteQueryOptions({
    queryKey: ['user', dataset, id, 'events', { action }],
    queryFn: async ({ signal, pageParam }): Promise<EventPage> => {
      const readAt = new Date().toISOString();
      const query = queryOf({ type: 'id', limit: eventsPerPage, action, cursor: pageParam });
      const path = `${inDataset(dataset, 'user', id, 'events')}${query}`;
      return { ...(await request<Page<EventItem>>('GET', path, { signal })), readAt };
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    ...followed(true),
  });
}
