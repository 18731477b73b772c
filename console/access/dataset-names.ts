import { useSuspenseQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { datasetsQuery } from '../datasets/dataset-queries.ts';

/** The name of a dataset by its id; the id of one that is gone. */
export function useDatasetNames(): (dataset: string) => string {
  const { data } = useSuspenseQuery(datasetsQuery);
  return useCallback((dataset) => data.find(({ id }) => id === dataset)?.name ?? dataset, [data]);
}
