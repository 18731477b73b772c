import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { Job } from '../../src/deletions/job.ts';
import type { Preview } from '../../src/deletions/preview.ts';
import { liveMs } from '../api/query-client.ts';
import { inDataset, type Page, queryOf, request } from '../api/request.ts';

/** How often the number of users is asked for while somebody confirms it, in milliseconds. */
const confirmedNumberMs = 1_500;

/** The newest bulk deletion of the dataset. While one runs it is the newest, because there is one at a time. */
export function newestDeletionQuery(dataset: string) {
  return queryOptions({
    queryKey: ['deletions', dataset, 'newest'],
    queryFn: async ({ signal }) => {
      const { items } = await request<Page<Job>>('GET', `${inDataset(dataset, 'deletions')}?limit=1`, { signal });
      return items[0] ?? null;
    },
    refetchInterval: liveMs,
  });
}

/** The newest bulk deletion of a segment. */
export function newestDeletionOfSegmentQuery(dataset: string, segment: string) {
  return queryOptions({
    queryKey: ['deletions', dataset, 'of', segment, 'newest'],
    queryFn: async ({ signal }) => {
      const query = queryOf({ segment, limit: 1 });
      const { items } = await request<Page<Job>>('GET', `${inDataset(dataset, 'deletions')}${query}`, { signal });
      return items[0] ?? null;
    },
    refetchInterval: liveMs,
  });
}

/** The history of a segment's bulk deletions, newest first. */
export function deletionsOfSegmentQuery(dataset: string, segment: string) {
  return infiniteQueryOptions({
    queryKey: ['deletions', dataset, 'of', segment, 'history'],
    queryFn: ({ pageParam: cursor, signal }) =>
      request<Page<Job>>('GET', `${inDataset(dataset, 'deletions')}${queryOf({ segment, limit: 20, cursor })}`, {
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: liveMs,
  });
}

/** What a bulk deletion of the segment would delete; asked for anew whenever it is opened. */
export function previewQuery(dataset: string, segment: string) {
  return queryOptions({
    queryKey: ['deletion-preview', dataset, segment],
    queryFn: ({ signal }) =>
      request<Preview>('GET', inDataset(dataset, 'segments', segment, 'deletion-preview'), { signal }),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The exact number of users of a segment, while somebody is about to confirm it. */
export function usersNowQuery(dataset: string, segment: string) {
  return queryOptions({
    queryKey: ['users-now', dataset, segment],
    queryFn: async ({ signal }) => {
      const query = queryOf({ segment });
      return (await request<{ users: number }>('GET', `${inDataset(dataset, 'users', 'count')}${query}`, { signal }))
        .users;
    },
    gcTime: 0,
    refetchInterval: confirmedNumberMs,
  });
}

/** Address of a receipt, for a download. */
export function receiptUrl(dataset: string, job: string): string {
  return inDataset(dataset, 'deletions', job, 'receipt');
}
