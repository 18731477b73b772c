import { queryOptions } from '@tanstack/react-query';
import type { ImportItem } from '../../../src/imports/import-routes.ts';
import type { ActionItem } from '../../../src/vocabulary/actions.ts';
import type { AttributeItem } from '../../../src/vocabulary/attributes.ts';
import type { IdentityTypeItem } from '../../../src/vocabulary/identity-types.ts';
import { inDataset, type Page, queryOf, request } from '../../api/request.ts';

/** How long suggestions are good enough, in milliseconds: the scans behind them cost the server something. */
const suggestedMs = 60_000;
const importsSuggestedMax = 200;

/** What a dataset holds, as suggestions while one builds a rule; anything else can be typed. */
export const vocabulary = {
  attributes: (dataset: string) => listed<AttributeItem>(dataset, 'attributes'),
  actions: (dataset: string) => listed<ActionItem>(dataset, 'actions'),
  identityTypes: (dataset: string) => listed<IdentityTypeItem>(dataset, 'identity-types'),
  /** The newest. */
  imports: (dataset: string) =>
    queryOptions({
      queryKey: ['imports', dataset, 'suggested'],
      queryFn: async ({ signal }) => {
        const path = `${inDataset(dataset, 'imports')}${queryOf({ limit: importsSuggestedMax })}`;
        return (await request<Page<ImportItem>>('GET', path, { signal })).items;
      },
      staleTime: suggestedMs,
    }),
} as const;

function listed<Item>(dataset: string, name: 'attributes' | 'actions' | 'identity-types') {
  return queryOptions({
    queryKey: [name, dataset, 'suggested'],
    queryFn: async ({ signal }) =>
      (await request<{ items: Item[] }>('GET', inDataset(dataset, name), { signal })).items,
    staleTime: suggestedMs,
  });
}
