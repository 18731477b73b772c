import { queryOptions } from '@tanstack/react-query';
import type { AttributeItem } from '../../src/vocabulary/attributes.ts';
import type { IdentityTypeItem } from '../../src/vocabulary/identity-types.ts';
import { isPassing, isProblem } from '../api/problem.ts';
import { inDataset, request } from '../api/request.ts';

/** Going through everybody takes long in a large dataset, so what is known is good for a while. */
const staleMs = 30_000;

/** The attributes that are defined or in use, by name, with exact numbers. */
export function attributesQuery(dataset: string) {
  return queryOptions({
    queryKey: ['attributes', dataset],
    queryFn: ({ signal }) => request<{ items: AttributeItem[] }>('GET', inDataset(dataset, 'attributes'), { signal }),
    staleTime: staleMs,
    retry: retryUnlessSlow('attributes.too_slow'),
  });
}

/** The identity types that are built in, defined or in use. */
export function identityTypesQuery(dataset: string) {
  return queryOptions({
    queryKey: ['identity-types', dataset],
    queryFn: ({ signal }) =>
      request<{ items: IdentityTypeItem[] }>('GET', inDataset(dataset, 'identity-types'), { signal }),
    staleTime: staleMs,
    retry: retryUnlessSlow('identity_types.too_slow'),
  });
}

/** A count that the server gave up takes as long the next time. */
function retryUnlessSlow(code: string) {
  return (failures: number, error: Error) => isPassing(error) && !isProblem(error, code) && failures < 3;
}
