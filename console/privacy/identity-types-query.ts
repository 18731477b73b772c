import { queryOptions } from '@tanstack/react-query';
import type { IdentityTypeItem } from '../../src/vocabulary/identity-types.ts';
import { inDataset, request } from '../api/request.ts';

/** Names of the types of identity that a dataset has: those that every dataset has first, then its own. */
export function identityTypesQuery(dataset: string) {
  return queryOptions({
    queryKey: ['identity-types', dataset],
    queryFn: ({ signal }) =>
      request<{ items: IdentityTypeItem[] }>('GET', inDataset(dataset, 'identity-types'), { signal }),
    select: ({ items }) => items.map(({ type }) => type),
    staleTime: 60_000,
  });
}
