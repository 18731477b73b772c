import { type Dataset, type DatasetDb, on } from '../database/handle.ts';
import type { JobKind } from '../jobs/jobs.ts';
import type { Lethe } from '../lethe.ts';
import { listDatasets } from './dataset-sql.ts';

const hourMs = 3_600_000;

/** Work that every dataset needs about once an hour, such as forgetting what has expired: one step after the other while there is more. */
export function everyHour(
  { database, now }: Lethe,
  name: string,
  work: (ds: DatasetDb) => Promise<'more' | 'finished'>,
): JobKind<Dataset> {
  let lookedAt = Number.NEGATIVE_INFINITY;
  return {
    name,
    workers: 1,
    open: async () => {
      if (now().getTime() - lookedAt < hourMs) return [];
      const datasets = await listDatasets(database.reads);
      lookedAt = now().getTime();
      return datasets;
    },
    keyOf: ({ id }) => id,
    step: (dataset) => work(on(dataset, database.steps)),
  };
}
