import { sql } from 'kysely';
import type { Db } from '../postgres.ts';

/**
 * One way to sign in names one member: of two first single sign-ons at the same instant one makes the link. Of links that were made
 * twice the first stays; they say the same.
 */
export async function up(db: Db): Promise<void> {
  await sql`
    DELETE FROM lethe.account a USING lethe.account first
    WHERE first.provider_id = a.provider_id AND first.account_id = a.account_id
      AND (first.created_at, first.id) < (a.created_at, a.id)`.execute(db);
  await sql`CREATE UNIQUE INDEX account_once ON lethe.account (provider_id, account_id)`.execute(db);
}
