import { sql } from 'kysely';
import { type Dataset, type DatasetDb, on } from './handle.ts';
import { isStaleStatement } from './named-statements.ts';
import { type Db, sqlState } from './postgres.ts';

/**
 * Runs several reading statements on one snapshot, so that their figures agree with each other while others write. Repeats them once
 * where a statement was planned before a migration.
 */
export async function withSnapshot<T>(dataset: Dataset, db: Db, work: (ds: DatasetDb) => Promise<T>): Promise<T> {
  try {
    return await onSnapshot(dataset, db, work);
  } catch (error) {
    if (!isStaleStatement(error)) throw error;
    return onSnapshot(dataset, db, work);
  }
}

function onSnapshot<T>(dataset: Dataset, db: Db, work: (ds: DatasetDb) => Promise<T>): Promise<T> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute((tx) => work(on(dataset, tx)));
}

/** Time that a statement which looks through a whole dataset may take; a request does not wait longer. */
export const scanMsMax = 15_000;

const queryCanceled = '57014';

/** Like `withSnapshot`, for scans: a statement that takes longer than `msMax` is cancelled, and `tooSlow` says what to throw. */
export async function withLimitedSnapshot<T>(
  { dataset, db }: DatasetDb,
  { msMax = scanMsMax, tooSlow }: { msMax?: number; tooSlow: (cause: unknown) => Error },
  work: (ds: DatasetDb) => Promise<T>,
): Promise<T> {
  try {
    return await withSnapshot(dataset, db, async (snapshot) => {
      await sql`SELECT set_config('statement_timeout', ${String(msMax)}, true)`.execute(snapshot.db);
      return work(snapshot);
    });
  } catch (error) {
    throw sqlState(error) === queryCanceled ? tooSlow(error) : error;
  }
}
