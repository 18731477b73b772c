import { sql } from 'kysely';
import type { Db } from '../postgres.ts';

/**
 * The ledger of deletions: keyed hashes of the identities whose users were deleted, without any of these users. After a backup
 * was restored it says who has to be deleted again.
 */
export async function up(db: Db, schema: string): Promise<void> {
  const table = sql.id(schema, 'erasure');
  await sql`
    CREATE TABLE ${table} (
      no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      -- Names the entry in the ledger's files too, where numbers of a restored database would come twice.
      id uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
      at timestamptz NOT NULL,
      -- The bulk deletion it belongs to; null for users who were deleted one by one.
      deletion_id text COLLATE "C",
      identities integer NOT NULL,
      -- 16 bytes each.
      hashes bytea NOT NULL
    )`.execute(db);
  // Random bytes: trying to compress them is a waste.
  await sql`ALTER TABLE ${table} ALTER COLUMN hashes SET STORAGE EXTERNAL`.execute(db);
  await sql`CREATE INDEX ON ${table} (deletion_id)`.execute(db);
}
