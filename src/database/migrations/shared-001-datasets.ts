import { sql } from 'kysely';
import type { Db } from '../postgres.ts';

/** What all datasets share: which there are, and the secrets of this installation. */
export async function up(db: Db): Promise<void> {
  await sql`
    CREATE TABLE lethe.dataset (
      no integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      id text COLLATE "C" NOT NULL UNIQUE,
      name text NOT NULL,
      type text NOT NULL CHECK (type IN ('production', 'staging', 'qa', 'development')),
      partitions integer NOT NULL,
      created_at timestamptz NOT NULL
    )`.execute(db);
  // 'messages': key of the hashes of message ids. 'sessions': signs cookies. Made at the first start, never shown.
  await sql`CREATE TABLE lethe.secret (name text PRIMARY KEY, value bytea NOT NULL)`.execute(db);
  // Keys that sign receipts; the newest signs, all verify.
  await sql`
    CREATE TABLE lethe.signing_key (
      kid text PRIMARY KEY,
      private_jwk jsonb NOT NULL,
      public_jwk jsonb NOT NULL,
      created_at timestamptz NOT NULL
    )`.execute(db);
}
