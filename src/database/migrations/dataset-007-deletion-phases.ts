import { sql } from 'kysely';
import type { Db } from '../postgres.ts';

/** When each slice of a bulk deletion was deleted and proven, so that a receipt can say how long its phases took. */
export async function up(db: Db, schema: string): Promise<void> {
  await sql`
    ALTER TABLE ${sql.id(schema, 'deletion_slice')} ADD COLUMN deleted_at timestamptz, ADD COLUMN proven_at timestamptz`.execute(
    db,
  );
}
