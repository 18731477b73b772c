import { queryOptions } from '@tanstack/react-query';
import type { DatasetItem } from '../../src/datasets/dataset-routes.ts';
import type { LimitItem } from '../../src/segments/show-limits.ts';
import { inDataset, request, requestAll } from '../api/request.ts';

/** The datasets in which the member has a role. */
export const datasetsQuery = queryOptions({
  queryKey: ['datasets'],
  queryFn: ({ signal }) => requestAll<DatasetItem>('/api/datasets', signal),
  staleTime: 30_000,
});

/** How much a dataset may hold, and how much of that it does. */
export function limitsQuery(dataset: string) {
  return queryOptions({
    queryKey: ['limits', dataset],
    queryFn: ({ signal }) => request<{ items: LimitItem[] }>('GET', inDataset(dataset, 'limits'), { signal }),
  });
}
