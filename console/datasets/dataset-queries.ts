import { queryOptions } from '@tanstack/react-query';
import type { DatasetItem } from '../../src/datasets/dataset-routes.ts';
import { requestAll } from '../api/request.ts';

/** The datasets in which the member has a role. */
export const datasetsQuery = queryOptions({
  queryKey: ['datasets'],
  queryFn: ({ signal }) => requestAll<DatasetItem>('/api/datasets', signal),
  staleTime: 30_000,
});
