import type { Dataset } from '../database/handle.ts';
import { type DatasetDb, on } from '../database/handle.ts';
import { type Db, sqlState } from '../database/postgres.ts';
import { LetheError } from '../errors.ts';
import {
  checkpoint,
  findOlderReaders,
  mayBeSilent,
  readScrub,
  releaseScrub,
  rewriteTable,
  type ScrubState,
  saveScrub,
  statisticsTable,
  tablesToScrub,
  takeScrub,
  takeStatisticsAnew,
  takeTransactionId,
} from './scrub-sql.ts';

/** Others wait behind a rewrite that waits for its table, so it does not wait long; the next poll tries again. */
const lockTimeoutMs = 300;

/** Lets the embedded database go on with a log that holds no byte of before; absent for a database of somebody else's. */
export type RenewLog = (() => Promise<void>) | undefined;

/**
 * One step of the scrub of a bulk deletion whose proof is done: a database marks deleted rows as free and overwrites them some day;
 * a scrub sees to it that no byte of them is left in its files. Every table that held them is written anew, then the planner's
 * statistics, then a checkpoint lets the old files go, then the log is renewed. Each step can be repeated, so a crash costs one.
 *
 * `idle` when another worker is at it or has completed the job. Throws `deletion.waits` while somebody may still see the deleted rows, and 55P03 when others
 * hold a table.
 */
export function scrubNext(
  dataset: Dataset,
  db: Db,
  deletionId: string,
  { renewLog, now }: { renewLog: RenewLog; now: Date },
): Promise<'more' | 'idle' | 'done'> {
  return db.connection().execute(async (connection) => {
    const ds = on(dataset, connection);
    if (!(await takeScrub(ds))) return 'idle';
    try {
      const known = await readScrub(ds, deletionId);
      // Another worker has completed the job since this one found all of it proven.
      if (known === undefined) return 'idle';
      const state = known ?? (await begin(ds, now));
      if (state.endedAt) return 'done';
      await saveScrub(ds, deletionId, await next(ds, state, { renewLog, now }));
      return 'more';
    } finally {
      await releaseScrub(ds);
    }
  });
}

async function begin(ds: DatasetDb, now: Date): Promise<ScrubState> {
  return {
    startedAt: now.toISOString(),
    tables: 0,
    of: tablesToScrub(ds).length,
    afterXid: await takeTransactionId(ds),
    statisticsTaken: false,
    statisticsRewritten: false,
    logRenewed: null,
    endedAt: null,
  };
}

async function next(
  ds: DatasetDb,
  state: ScrubState,
  { renewLog, now }: { renewLog: RenewLog; now: Date },
): Promise<ScrubState> {
  const began = performance.now();
  const table = tablesToScrub(ds)[state.tables];
  if (table) {
    await refuseOlderReaders(ds, state);
    await rewriteTable(ds, table, lockTimeoutMs);
    return { ...state, tables: state.tables + 1 };
  }
  if (!state.statisticsTaken) {
    await takeStatisticsAnew(ds);
    return { ...state, statisticsTaken: true, afterXid: await takeTransactionId(ds) };
  }
  if (!state.statisticsRewritten) {
    await refuseOlderReaders(ds, state);
    await rewriteTable(ds, statisticsTable, lockTimeoutMs);
    return { ...state, statisticsRewritten: true };
  }
  const logRenewed = await renew(ds, renewLog);
  return { ...state, logRenewed, endedAt: new Date(now.getTime() + performance.now() - began).toISOString() };
}

async function refuseOlderReaders(ds: DatasetDb, { afterXid }: ScrubState): Promise<void> {
  const [reader, ...others] = await findOlderReaders(ds, afterXid);
  if (!reader) return;
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  throw new LetheError(
    'busy',
    'deletion.waits',
    `waits for ${reader.who}${more}, which may still see the deleted rows, for ${Math.round(reader.seconds)} s`,
  );
}

/** A role of somebody else's database may not be allowed a checkpoint; the next one is the database's own affair then. */
async function renew(ds: DatasetDb, renewLog: RenewLog): Promise<boolean> {
  const insufficientPrivilege = '42501';
  await checkpoint(ds).catch((error) => {
    if (renewLog || sqlState(error) !== insufficientPrivilege) throw error;
  });
  if (!renewLog) return false;
  await mayBeSilent(ds);
  await renewLog();
  return true;
}
