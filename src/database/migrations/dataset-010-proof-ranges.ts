import { sql } from 'kysely';
import type { Db } from '../postgres.ts';

/** Slices are proven in ranges: one that waits for its proof, and was left at its end, begins at its beginning. */
export async function up(db: Db, schema: string): Promise<void> {
  await sql`UPDATE ${sql.id(schema, 'deletion_slice')} SET after_id = 0 WHERE phase = 'verifying'`.execute(db);
}
