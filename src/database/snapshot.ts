import { type Dataset, type DatasetDb, on } from './handle.ts';
import type { Db } from './postgres.ts';

/** Runs several reading statements on one snapshot, so that their figures agree with each other while others write. */
export function withSnapshot<T>(dataset: Dataset, db: Db, work: (ds: DatasetDb) => Promise<T>): Promise<T> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute((tx) => work(on(dataset, tx)));
}
