import { sql } from 'kysely';
import { type DatasetDb, type PartitionedTable, schemaOf } from '../database/handle.ts';
import { type Place, places } from '../profiles/places.ts';

/**
 * Whether the planner knows too little of this dataset's rows: some partition was never analysed, or more than 10 % of its rows
 * changed since. A deletion right after a large import would otherwise be planned on guesses.
 */
export async function needsStatistics(ds: DatasetDb): Promise<boolean> {
  const { rows } = await sql<{ stale: boolean }>`
    SELECT coalesce(bool_or(n_mod_since_analyze > 0.1 * n_live_tup + 1000), false) AS stale
    FROM pg_stat_all_tables WHERE schemaname = ${schemaOf(ds.dataset)}
      AND relname ~ ${`^(${places.map((place) => place.table).join('|')})(_[0-9]+)?$`}`.execute(ds.db);
  return rows[0]?.stale ?? false;
}

/**
 * Gives the room of a slice's deleted rows back to its partitions, so that what comes next does not scan them. Never waits: what
 * somebody else has locked is left to autovacuum.
 */
export async function vacuumSlice(ds: DatasetDb, slice: number): Promise<void> {
  for (const place of places as readonly Place[]) {
    if (!place.partitioned) continue;
    await sql`VACUUM (ANALYZE, SKIP_LOCKED) ${ds.partition(place.table as PartitionedTable, slice)}`.execute(ds.db);
  }
}

export async function vacuumIdentities(ds: DatasetDb): Promise<void> {
  await sql`VACUUM (ANALYZE, SKIP_LOCKED) ${ds.tables.identity}`.execute(ds.db);
}
