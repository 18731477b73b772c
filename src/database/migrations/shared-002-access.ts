import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../postgres.ts';

/**
 * Who may come in and what was done: members with what sign-in needs (access/sign-in.ts maps better-auth's names to these
 * tables), tokens, write keys, the audit, and the answers kept under an Idempotency-Key.
 */
export async function up(db: Db): Promise<void> {
  const run = (statement: RawBuilder<unknown>) => statement.execute(db);
  for (const statement of [...memberTables, ...keyTables, ...recordTables]) await run(statement);
}

const memberTables = [
  sql`
    CREATE TABLE lethe.member (
      id text COLLATE "C" PRIMARY KEY,
      email text NOT NULL UNIQUE,
      email_verified boolean NOT NULL DEFAULT false,
      name text NOT NULL,
      image text,
      administrator boolean NOT NULL DEFAULT false,
      -- Has a one-time password and has to set one of their own before anything else.
      must_change_password boolean NOT NULL DEFAULT false,
      second_factor_enabled boolean DEFAULT false,
      created_at timestamptz NOT NULL,
      updated_at timestamptz NOT NULL
    )`,
  sql`
    CREATE TABLE lethe.member_role (
      member_id text COLLATE "C" NOT NULL REFERENCES lethe.member ON DELETE CASCADE,
      dataset_no integer NOT NULL REFERENCES lethe.dataset ON DELETE CASCADE,
      role text NOT NULL,
      PRIMARY KEY (member_id, dataset_no)
    )`,
  sql`CREATE INDEX ON lethe.member_role (dataset_no)`,
  sql`
    CREATE TABLE lethe.session (
      id text COLLATE "C" PRIMARY KEY,
      token text NOT NULL UNIQUE,
      member_id text COLLATE "C" NOT NULL REFERENCES lethe.member ON DELETE CASCADE,
      ip_address text,
      user_agent text,
      expires_at timestamptz NOT NULL,
      created_at timestamptz NOT NULL,
      updated_at timestamptz NOT NULL
    )`,
  sql`CREATE INDEX ON lethe.session (member_id)`,
  // How a member signs in: a row with provider 'credential' holds the hash of the password.
  sql`
    CREATE TABLE lethe.account (
      id text COLLATE "C" PRIMARY KEY,
      account_id text NOT NULL,
      provider_id text NOT NULL,
      member_id text COLLATE "C" NOT NULL REFERENCES lethe.member ON DELETE CASCADE,
      access_token text,
      refresh_token text,
      id_token text,
      access_token_expires_at timestamptz,
      refresh_token_expires_at timestamptz,
      scope text,
      password text,
      created_at timestamptz NOT NULL,
      updated_at timestamptz NOT NULL
    )`,
  sql`CREATE INDEX ON lethe.account (member_id)`,
  sql`
    CREATE TABLE lethe.verification (
      id text COLLATE "C" PRIMARY KEY,
      identifier text NOT NULL,
      value text NOT NULL,
      expires_at timestamptz NOT NULL,
      created_at timestamptz NOT NULL,
      updated_at timestamptz NOT NULL
    )`,
  sql`CREATE INDEX ON lethe.verification (identifier)`,
  sql`
    CREATE TABLE lethe.second_factor (
      id text COLLATE "C" PRIMARY KEY,
      member_id text COLLATE "C" NOT NULL REFERENCES lethe.member ON DELETE CASCADE,
      secret text NOT NULL,
      backup_codes text NOT NULL,
      verified boolean DEFAULT true,
      failed_verification_count integer DEFAULT 0,
      locked_until timestamptz
    )`,
  sql`CREATE INDEX ON lethe.second_factor (member_id)`,
  sql`CREATE INDEX ON lethe.second_factor (secret)`,
];

const keyTables = [
  sql`
    CREATE TABLE lethe.token (
      no integer GENERATED ALWAYS AS IDENTITY UNIQUE,
      key_id text COLLATE "C" PRIMARY KEY,
      name text NOT NULL,
      -- SHA-256: enough for a secret of 256 random bits, and cheap at every request.
      secret_hash bytea NOT NULL,
      administrator boolean NOT NULL,
      -- An administrator's token that reaches the datasets of token_dataset only, even when none of them is left.
      limited boolean NOT NULL,
      created_at timestamptz NOT NULL,
      created_by jsonb NOT NULL
    )`,
  sql`
    CREATE TABLE lethe.token_role (
      key_id text COLLATE "C" NOT NULL REFERENCES lethe.token ON DELETE CASCADE,
      dataset_no integer NOT NULL REFERENCES lethe.dataset ON DELETE CASCADE,
      role text NOT NULL,
      PRIMARY KEY (key_id, dataset_no)
    )`,
  sql`CREATE INDEX ON lethe.token_role (dataset_no)`,
  sql`
    CREATE TABLE lethe.token_dataset (
      key_id text COLLATE "C" NOT NULL REFERENCES lethe.token ON DELETE CASCADE,
      dataset_no integer NOT NULL REFERENCES lethe.dataset ON DELETE CASCADE,
      PRIMARY KEY (key_id, dataset_no)
    )`,
  sql`CREATE INDEX ON lethe.token_dataset (dataset_no)`,
  // Stands in web pages and apps for everybody to read, so it is no secret: it says where an event belongs.
  sql`
    CREATE TABLE lethe.write_key (
      no integer GENERATED ALWAYS AS IDENTITY UNIQUE,
      key text COLLATE "C" PRIMARY KEY,
      dataset_no integer NOT NULL REFERENCES lethe.dataset ON DELETE CASCADE,
      name text NOT NULL,
      created_at timestamptz NOT NULL,
      last_used_at timestamptz
    )`,
  sql`CREATE INDEX ON lethe.write_key (dataset_no)`,
];

const recordTables = [
  // Names a dataset by its id and no reference: what was done stays known after the dataset is gone.
  sql`
    CREATE TABLE lethe.audit (
      no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      at timestamptz NOT NULL,
      actor_kind text NOT NULL,
      actor_id text NOT NULL,
      actor_name text NOT NULL,
      action text COLLATE "C" NOT NULL,
      dataset text COLLATE "C",
      object_kind text NOT NULL,
      object_id text NOT NULL,
      before jsonb,
      after jsonb
    )`,
  sql`CREATE INDEX ON lethe.audit (dataset, no)`,
  sql`CREATE INDEX ON lethe.audit (at)`,
  // status is null while the first request is under way.
  sql`
    CREATE TABLE lethe.idempotent_answer (
      actor text NOT NULL,
      target text NOT NULL,
      key text NOT NULL,
      body_hash bytea NOT NULL,
      began_at timestamptz NOT NULL,
      status integer,
      location text,
      content_type text,
      body text,
      PRIMARY KEY (actor, target, key)
    )`,
  sql`CREATE INDEX ON lethe.idempotent_answer (began_at)`,
];
