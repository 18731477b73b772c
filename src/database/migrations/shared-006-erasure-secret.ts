import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '../postgres.ts';

/**
 * The secret of the ledger of deletions. It is made here, before anything can be deleted, so that every backup has it: with
 * another one the ledger would name nobody.
 */
export async function up(db: Db): Promise<void> {
  await sql`
    INSERT INTO lethe.secret (name, value) VALUES ('erasures', ${randomBytes(32)}) ON CONFLICT (name) DO NOTHING`.execute(
    db,
  );
}
