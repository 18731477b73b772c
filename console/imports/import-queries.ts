import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { ImportDetails, ImportItem } from '../../src/imports/import-routes.ts';
import { liveMs } from '../api/query-client.ts';
import { inDataset, type Page, queryOf, request } from '../api/request.ts';

const pageItems = 100;
/** How often a running import is asked for, in milliseconds: it is over within seconds, mostly. */
const runningMs = 500;
/** With many errors to read each time. */
const runningWithErrorsMs = 2_000;

/** The imports of a dataset, newest first, page by page. */
export function importsQuery(dataset: string) {
  return infiniteQueryOptions({
    queryKey: ['imports', dataset],
    queryFn: ({ pageParam, signal }) =>
      request<Page<ImportItem>>(
        'GET',
        `${inDataset(dataset, 'imports')}${queryOf({ limit: pageItems, cursor: pageParam })}`,
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ items }) => items.some(isUnderWay)) ? runningMs : liveMs,
  });
}

/** One import with its first errors. */
export function importQuery(dataset: string, id: string) {
  return queryOptions({
    queryKey: ['import', dataset, id],
    queryFn: ({ signal }) => request<ImportDetails>('GET', inDataset(dataset, 'imports', id), { signal }),
    refetchInterval: ({ state: { data } }) => {
      if (data && !isUnderWay(data)) return false;
      return (data?.errors.length ?? 0) > 100 ? runningWithErrorsMs : runningMs;
    },
  });
}

export function isUnderWay({ state }: Pick<ImportItem, 'state'>): boolean {
  return state === 'receiving' || state === 'running';
}
