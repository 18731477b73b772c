import { sql } from 'kysely';
import type { Db } from '../postgres.ts';

/** How thoroughly a bulk deletion erases, and how far its scrub is. */
export async function up(db: Db, schema: string): Promise<void> {
  await sql`
    ALTER TABLE ${sql.id(schema, 'deletion')}
      ADD COLUMN erasure text NOT NULL DEFAULT 'standard' CHECK (erasure IN ('standard', 'scrub')),
      ADD COLUMN scrub jsonb`.execute(db);
}
