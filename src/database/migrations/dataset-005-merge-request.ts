import { sql } from 'kysely';
import type { Db } from '../postgres.ts';

/**
 * A profile that is too large to be merged at once says into which one it is going. Kept in its own row, so that the request goes
 * with it, and is locked and read with it.
 */
export async function up(db: Db, schema: string): Promise<void> {
  const profile = sql.id(schema, 'profile');
  await sql`ALTER TABLE ${profile} ADD COLUMN merging_into bigint`.execute(db);
  // Holds nothing most of the time, so that looking for requests costs nothing either.
  await sql`CREATE INDEX ON ${profile} (merging_into) WHERE merging_into IS NOT NULL`.execute(db);
}
