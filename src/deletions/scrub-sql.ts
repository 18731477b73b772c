import { type RawBuilder, sql } from 'kysely';
import type { DatasetDb, PartitionedTable } from '../database/handle.ts';
import { type Place, places } from '../profiles/places.ts';

/** How far the scrub of a job is; kept in its row. */
export interface ScrubState {
  startedAt: string;
  /** Tables that have been written anew, of all that hold profile data. */
  tables: number;
  of: number;
  /**
   * A transaction id from after the last deletion (then: from after the new statistics). What readers with an older snapshot may
   * still see is copied by a rewrite, so they are waited for.
   */
  afterXid: string;
  /** The planner's statistics were taken anew; their table was written anew. */
  statisticsTaken: boolean;
  statisticsRewritten: boolean;
  /** Whether the database's log holds nothing of before; null until it was tried. */
  logRenewed: boolean | null;
  endedAt: string | null;
}

/** How far the scrub of a running job is; null before it began, undefined when the job is no longer running. */
export async function readScrub(ds: DatasetDb, deletionId: string): Promise<ScrubState | null | undefined> {
  const { rows } = await sql<{ scrub: ScrubState | null }>`
    SELECT scrub FROM ${ds.tables.deletion} WHERE id = ${deletionId} AND completed_at IS NULL`.execute(ds.db);
  return rows[0]?.scrub;
}

export async function saveScrub(ds: DatasetDb, deletionId: string, state: ScrubState): Promise<void> {
  await sql`
    UPDATE ${ds.tables.deletion} SET scrub = ${JSON.stringify(state)}::jsonb WHERE id = ${deletionId}`.execute(ds.db);
}

export async function takeTransactionId(ds: DatasetDb): Promise<string> {
  const { rows } = await sql<{ xid: string }>`SELECT pg_current_xact_id()::text AS xid`.execute(ds.db);
  return (rows[0] as { xid: string }).xid;
}

/** First key of the advisory locks that only one worker scrubs a dataset under; the second is the dataset's number. */
const scrubClass = 0x1e7f;

/** Its server may be asleep: a connection that has said nothing for so long is ended by the database, and others go on. */
const silenceMax = '10s';

/** Held by the connection until `releaseScrub`, or until it breaks or has been silent for long. False when another worker has it. */
export async function takeScrub({ db, dataset }: DatasetDb): Promise<boolean> {
  const { rows } = await sql<{ taken: boolean }>`
    SELECT pg_try_advisory_lock(${scrubClass}, ${dataset.no}) AS taken`.execute(db);
  if (rows[0]?.taken !== true) return false;
  await sql`SELECT set_config('idle_session_timeout', ${silenceMax}, false)`.execute(db);
  return true;
}

export async function releaseScrub({ db, dataset }: DatasetDb): Promise<void> {
  await sql`
    SELECT pg_advisory_unlock(${scrubClass}, ${dataset.no}), set_config('idle_session_timeout', '0', false)`.execute(
    db,
  );
}

/** While something else than a statement takes long. */
export async function mayBeSilent({ db }: DatasetDb): Promise<void> {
  await sql`SELECT set_config('idle_session_timeout', '0', false)`.execute(db);
}

/**
 * Who may still see rows that were deleted before a transaction id: connections by their snapshots, prepared transactions, replicas
 * and subscribers by their slots.
 */
export async function findOlderReaders(
  { db }: DatasetDb,
  afterXid: string,
): Promise<{ who: string; seconds: number }[]> {
  const { rows } = await sql<{ who: string; seconds: number }>`
    WITH reader (who, xmin, since) AS (
      SELECT 'connection ' || pid || ' (' || coalesce(application_name, '') || ')', backend_xmin, xact_start
      FROM pg_stat_activity WHERE backend_xmin IS NOT NULL AND pid <> pg_backend_pid() AND (datid IS NULL OR datname = current_database())
      UNION ALL
      SELECT 'the prepared transaction ' || gid, transaction, prepared FROM pg_prepared_xacts WHERE database = current_database()
      UNION ALL
      SELECT 'the replication slot ' || slot_name, least(xmin::text::bigint, catalog_xmin::text::bigint)::text::xid, NULL
      FROM pg_replication_slots WHERE xmin IS NOT NULL OR catalog_xmin IS NOT NULL)
    SELECT who, coalesce(extract(epoch FROM clock_timestamp() - since), 0)::float8 AS seconds
    FROM reader WHERE age(xmin) > age(${afterXid}::xid8::xid)`.execute(db);
  return rows;
}

/** Every table that holds profile data, in the order in which they are written anew: slice by slice, then the identities. */
export function tablesToScrub(ds: DatasetDb): RawBuilder<unknown>[] {
  const tables: RawBuilder<unknown>[] = [];
  for (let slice = 0; slice < ds.dataset.partitions; slice++) {
    for (const place of places as readonly Place[]) {
      if (place.partitioned) tables.push(ds.partition(place.table as PartitionedTable, slice));
    }
  }
  for (const place of places as readonly Place[]) if (!place.partitioned) tables.push(ds.tables[place.table]);
  return tables;
}

/**
 * Writes a table and its indexes into new files that hold nothing but its living rows, and those that an older snapshot may see.
 * Its readers and writers wait as long as that takes. Gives up with 55P03 when others hold the table for `lockTimeoutMs`, since
 * everybody who comes later waits behind it.
 */
export async function rewriteTable(
  { db }: DatasetDb,
  table: RawBuilder<unknown>,
  lockTimeoutMs: number,
): Promise<void> {
  await sql`SELECT set_config('lock_timeout', ${`${lockTimeoutMs}ms`}, false)`.execute(db);
  try {
    await sql`VACUUM (FULL) ${table}`.execute(db);
  } finally {
    await sql`SELECT set_config('lock_timeout', '0', false)`.execute(db);
  }
}

/** The table of the planner's statistics, which hold frequent and bounding values of every column. */
export const statisticsTable: RawBuilder<unknown> = sql`pg_catalog.pg_statistic`;

/** Statistics of every place, taken of the rows that are there; waits for whoever has a table. */
export async function takeStatisticsAnew(ds: DatasetDb): Promise<void> {
  for (const place of places as readonly Place[]) await sql`ANALYZE ${ds.tables[place.table]}`.execute(ds.db);
}

/** Writes all changed pages to the files, and lets those of dropped tables go. */
export async function checkpoint({ db }: DatasetDb): Promise<void> {
  await sql`CHECKPOINT`.execute(db);
}
