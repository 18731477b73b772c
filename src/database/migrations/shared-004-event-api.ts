import { sql } from 'kysely';
import type { Db } from '../postgres.ts';

/** Whether a dataset takes events at /api2/event, which anybody may send who knows its id. */
export async function up(db: Db): Promise<void> {
  await sql`ALTER TABLE lethe.dataset ADD COLUMN event_api boolean NOT NULL DEFAULT false`.execute(db);
}
