import { queryOptions } from '@tanstack/react-query';
import type { Job } from '../../src/deletions/job.ts';
import type { SegmentComparison } from '../../src/segments/compare.ts';
import type { RecentChanges, SegmentDay } from '../../src/segments/history.ts';
import type { SegmentItem } from '../../src/segments/show.ts';
import type { ClockItem } from '../../src/segments/show-clock.ts';
import { followMs, liveMs } from '../api/query-client.ts';
import { inDataset, type Page, queryOf, request, requestAll } from '../api/request.ts';

/** All segments by name; those that are disabled only on request. */
export function segmentsQuery(dataset: string, showDisabled: boolean) {
  return queryOptions({
    queryKey: ['segments', dataset, { showDisabled }],
    queryFn: ({ signal }) =>
      requestAll<SegmentItem>(`${inDataset(dataset, 'segments')}${queryOf({ showDisabled })}`, signal),
    refetchInterval: liveMs,
  });
}

/** One segment as it stands. */
export function segmentQuery(dataset: string, id: string) {
  return queryOptions({
    queryKey: ['segment', dataset, id],
    queryFn: ({ signal }) => request<SegmentItem>('GET', inDataset(dataset, 'segments', id), { signal }),
    refetchInterval: ({ state }) => (state.data === undefined || state.data.state === 'ready' ? followMs : 500),
  });
}

/** Days of the small lines in the list, today included. */
const recentDays = 7;

/** How the users of every segment came and went in the last days. */
export function recentChangesQuery(dataset: string) {
  return queryOptions({
    queryKey: ['segments', dataset, 'recent-changes'],
    queryFn: ({ signal }) =>
      request<RecentChanges>('GET', `${inDataset(dataset, 'segments', 'history')}${queryOf({ days: recentDays })}`, {
        signal,
      }),
    refetchInterval: liveMs,
  });
}

const dayMs = 86_400_000;

/** The same of one segment, for so many UTC days, today included. */
export function segmentHistoryQuery(dataset: string, id: string, days: number, isFollowing: boolean) {
  return queryOptions({
    queryKey: ['segment', dataset, id, 'history', days],
    queryFn: async ({ signal }) => {
      const from = new Date(Date.now() - (days - 1) * dayMs).toISOString().slice(0, 10);
      const path = `${inDataset(dataset, 'segments', id, 'history')}${queryOf({ from })}`;
      return (await request<{ items: SegmentDay[] }>('GET', path, { signal })).items;
    },
    refetchInterval: isFollowing && followMs,
    refetchOnWindowFocus: isFollowing,
    refetchOnReconnect: isFollowing,
  });
}

/** How far the clock of a dataset is, which lets people in and out as time passes. */
export function clockQuery(dataset: string) {
  return queryOptions({
    queryKey: ['clock', dataset],
    queryFn: ({ signal }) => request<ClockItem>('GET', inDataset(dataset, 'clock'), { signal }),
    // Only a restart with another setting changes how often it looks.
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function comparisonQuery(dataset: string, id: string, other: string) {
  return queryOptions({
    queryKey: ['segment', dataset, id, 'comparison', other],
    queryFn: ({ signal }) =>
      request<SegmentComparison>('GET', `${inDataset(dataset, 'segments', id, 'compare')}${queryOf({ with: other })}`, {
        signal,
      }),
    refetchInterval: liveMs,
  });
}

/** The newest bulk deletions of the dataset, or all of one segment; newest first. */
export function deletionsQuery(dataset: string, segment?: string) {
  return queryOptions({
    queryKey: ['deletions', dataset, segment === undefined ? 'newest-of-all' : 'of', segment, 'all'],
    queryFn: async ({ signal }) => {
      const path = inDataset(dataset, 'deletions');
      if (segment !== undefined) return requestAll<Job>(`${path}${queryOf({ segment })}`, signal);
      return (await request<Page<Job>>('GET', `${path}${queryOf({ limit: 1_000 })}`, { signal })).items;
    },
    refetchInterval: liveMs,
  });
}
