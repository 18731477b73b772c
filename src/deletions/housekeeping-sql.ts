import { type RawBuilder, sql } from 'kysely';
import type { StepTx } from '../database/gate.ts';
import { type DatasetDb, type PartitionedTable, schemaOf } from '../database/handle.ts';
import { type Place, places } from '../profiles/places.ts';

/**
 * Whether the planner knows too little of this dataset's rows: some partition was never analysed, or half of its rows changed since. A
 * deletion right after a large import would otherwise be planned on guesses. How many rows a profile has on average changes slowly.
 */
export async function needsStatistics(ds: DatasetDb): Promise<boolean> {
  const { rows } = await sql<{ stale: boolean }>`
    SELECT coalesce(bool_or(n_mod_since_analyze > 0.5 * n_live_tup + 1000), false) AS stale
    FROM pg_stat_all_tables WHERE schemaname = ${schemaOf(ds.dataset)}
      AND relname ~ ${`^(${places.map((place) => place.table).join('|')})(_[0-9]+)?$`}`.execute(ds.db);
  return rows[0]?.stale ?? false;
}

/**
 * Tells the planner how the rows of each place are spread over profiles, as far as a step asks: the columns that it looks them up by,
 * from a tenth of the usual sample. A whole ANALYZE of a large dataset takes longer than many a deletion, and is left to autovacuum,
 * whose counters this does not touch.
 */
export async function gatherKeyStatistics(tx: StepTx): Promise<void> {
  await sql`SET LOCAL default_statistics_target = 10`.execute(tx.db);
  for (const { table, key, partitioned } of places as readonly Place[]) {
    const columns = table === 'membership' ? [key, 'set_no'] : [key];
    const list = sql.join(columns.map((column) => sql.id(column)));
    const slices = Array.from({ length: tx.dataset.partitions }, (_, slice) => slice);
    const tables = partitioned
      ? slices.map((slice) => tx.partition(table as PartitionedTable, slice))
      : [tx.tables[table]];
    for (const one of tables) await sql`ANALYZE (SKIP_LOCKED) ${one} (${list})`.execute(tx.db);
  }
}

/**
 * Gives the room of a slice's deleted rows back to its partitions, so that what comes next does not scan them. Never waits: what
 * somebody else has locked is left to autovacuum. `pauseMs`: after about ten pages that it has changed.
 */
export async function vacuumSlice(ds: DatasetDb, slice: number, pauseMs: number): Promise<void> {
  for (const place of places as readonly Place[]) {
    if (place.partitioned) await vacuumGently(ds, ds.partition(place.table as PartitionedTable, slice), pauseMs);
  }
}

export async function vacuumIdentities(ds: DatasetDb, pauseMs: number): Promise<void> {
  await vacuumGently(ds, ds.tables.identity, pauseMs);
}

async function vacuumGently({ db }: DatasetDb, table: RawBuilder<unknown>, pauseMs: number): Promise<void> {
  await db.connection().execute(async (connection) => {
    await sql`SET vacuum_cost_delay = ${sql.lit(`${pauseMs}ms`)}`.execute(connection);
    try {
      await sql`VACUUM (ANALYZE, SKIP_LOCKED) ${table}`.execute(connection);
    } finally {
      await sql`RESET vacuum_cost_delay`.execute(connection);
    }
  });
}
