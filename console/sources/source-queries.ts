import { queryOptions } from '@tanstack/react-query';
import type { WriteKeyItem } from '../../src/access/write-key-routes.ts';
import type { RecentMessageItem } from '../../src/events/recent-message-routes.ts';
import { followMs, liveMs } from '../api/query-client.ts';
import { inDataset, request, requestAll } from '../api/request.ts';

/** The write keys of a dataset, in the order in which they were made. */
export function writeKeysQuery(dataset: string) {
  return queryOptions({
    queryKey: ['write-keys', dataset],
    queryFn: ({ signal }) => requestAll<WriteKeyItem>(inDataset(dataset, 'write-keys'), signal),
    refetchInterval: liveMs,
  });
}

/** What was received last, the newest first. */
export function recentMessagesQuery(dataset: string, isFollowing: boolean) {
  return queryOptions({
    queryKey: ['recent-messages', dataset],
    queryFn: async ({ signal }) => {
      const path = inDataset(dataset, 'events', 'recent');
      return (await request<{ items: RecentMessageItem[] }>('GET', path, { signal })).items;
    },
    refetchInterval: isFollowing && followMs,
    refetchOnWindowFocus: isFollowing,
    refetchOnReconnect: isFollowing,
  });
}
