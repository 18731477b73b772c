import { queryOptions } from '@tanstack/react-query';
import type { SegmentItem } from '../../src/segments/show.ts';
import { liveMs } from '../api/query-client.ts';
import { inDataset, queryOf, request, requestAll } from '../api/request.ts';

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
    refetchInterval: ({ state }) => (state.data?.state === 'computing' ? 500 : liveMs),
  });
}
