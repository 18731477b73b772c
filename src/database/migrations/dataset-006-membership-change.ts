import { sql } from 'kysely';
import type { Db } from '../postgres.ts';

/** Who joined and left the segments that other programs follow. */
export async function up(db: Db, schema: string, partitions: number): Promise<void> {
  const t = (name: string) => sql.id(schema, name);
  await sql`CREATE SEQUENCE ${t('change_seq')} AS bigint`.execute(db);

  // Partitioned by profile. Changes of one profile are numbered in their order; xid is the transaction that made one, by which a
  // reader knows whether he has seen it. merged_from: who left by becoming a part of this profile.
  await sql`
    CREATE TABLE ${t('membership_change')} (
      profile_id bigint NOT NULL,
      seq bigint NOT NULL,
      xid xid8 NOT NULL,
      at timestamptz NOT NULL,
      merged_from bigint,
      segment_no integer NOT NULL,
      joined boolean NOT NULL,
      PRIMARY KEY (profile_id, seq)
    ) PARTITION BY HASH (profile_id)`.execute(db);
  await sql`CREATE INDEX ON ${t('membership_change')} (segment_no, xid)`.execute(db);
  for (let slice = 0; slice < partitions; slice++) {
    await sql`
      CREATE TABLE ${t(`membership_change_${slice}`)} PARTITION OF ${t('membership_change')}
      FOR VALUES WITH (MODULUS ${sql.lit(partitions)}, REMAINDER ${sql.lit(slice)}) WITH (vacuum_truncate = off)`.execute(
      db,
    );
  }

  // A segment whose set was replaced as a whole; numbered among the changes above.
  await sql`
    CREATE TABLE ${t('segment_replacement')} (
      segment_no integer NOT NULL,
      seq bigint NOT NULL,
      xid xid8 NOT NULL,
      at timestamptz NOT NULL,
      users bigint NOT NULL,
      PRIMARY KEY (segment_no, seq)
    )`.execute(db);

  // The segments whose changes are kept. An id is made anew when a segment is followed again: what happened in between is not
  // known. cleared_upto: the last transaction of which changes have been cleared.
  await sql`
    CREATE TABLE ${t('segment_following')} (
      segment_no integer PRIMARY KEY,
      id text COLLATE "C" NOT NULL,
      read_at timestamptz NOT NULL,
      cleared_upto xid8 NOT NULL DEFAULT '0'
    )`.execute(db);
}
