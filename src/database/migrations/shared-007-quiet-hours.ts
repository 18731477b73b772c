import { sql } from 'kysely';
import type { Db } from '../postgres.ts';

/** Hours of the day in which bulk deletions of a dataset go gently: `{from, to, usersPerSecond}`; null for none. */
export async function up(db: Db): Promise<void> {
  await sql`ALTER TABLE lethe.dataset ADD COLUMN quiet_hours jsonb`.execute(db);
}
