import { sql } from 'kysely';
import type { DatasetDb } from '../database/handle.ts';
import { type Place, places } from './places.ts';

/** ANALYZE of every place, the partitions with their parents; a table that somebody else is at is left as it is. */
export async function gatherStatistics(ds: DatasetDb): Promise<void> {
  for (const place of places as readonly Place[]) {
    await sql`ANALYZE (SKIP_LOCKED) ${ds.tables[place.table]}`.execute(ds.db);
  }
}
