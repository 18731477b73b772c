import { sql } from 'kysely';
import type { Db } from '../postgres.ts';

/** When time alone may change who is in which segment. */
export async function up(db: Db, schema: string, partitions: number): Promise<void> {
  const t = (name: string) => sql.id(schema, name);

  // Partitioned by profile. At due_at, and not before, some rule may say something else of this profile although nothing happened.
  await sql`
    CREATE TABLE ${t('clock')} (profile_id bigint NOT NULL PRIMARY KEY, due_at timestamptz NOT NULL)
    PARTITION BY HASH (profile_id)`.execute(db);
  await sql`CREATE INDEX ON ${t('clock')} (due_at, profile_id)`.execute(db);
  for (let slice = 0; slice < partitions; slice++) {
    await sql`
      CREATE TABLE ${t(`clock_${slice}`)} PARTITION OF ${t('clock')}
      FOR VALUES WITH (MODULUS ${sql.lit(partitions)}, REMAINDER ${sql.lit(slice)}) WITH (vacuum_truncate = off)`.execute(
      db,
    );
  }

  // One row: the last time that somebody was due, and what came of it.
  await sql`
    CREATE TABLE ${t('clock_run')} (
      single boolean PRIMARY KEY DEFAULT true CHECK (single),
      at timestamptz NOT NULL,
      users bigint NOT NULL,
      joined bigint NOT NULL,
      "left" bigint NOT NULL
    )`.execute(db);

  await computeAnew(db, schema);
}

/**
 * Segments that have looked at the clock before there was one are computed anew, which puts their users on it. A text that only
 * looks like such a rule costs one computation too many.
 */
async function computeAnew(db: Db, schema: string): Promise<void> {
  const segment = sql.id(schema, 'segment');
  const looksAtClock = sql`
    kind = 'rule' AND enabled AND state <> 'deleting'
    AND rule::text ~ '"(days|today|lastAction)"'`;
  await sql`
    INSERT INTO ${sql.id(schema, 'discarded_set')} (set_no, discarded_at)
    SELECT next_set_no, now() FROM ${segment} WHERE state = 'computing' AND ${looksAtClock}`.execute(db);
  await sql`
    UPDATE ${segment}
    SET state = 'computing', generation = generation + 1, next_set_no = nextval(${`"${schema}".set_no`}::regclass)
    WHERE ${looksAtClock}`.execute(db);
  await sql`
    INSERT INTO ${sql.id(schema, 'segment_computation')} (segment_no, generation, set_no, slice, after_id, started_at)
    SELECT no, generation, next_set_no, 0, 0, now() FROM ${segment} WHERE state = 'computing' AND ${looksAtClock}
    ON CONFLICT (segment_no) DO UPDATE
    SET generation = excluded.generation, set_no = excluded.set_no, slice = 0, after_id = 0, started_at = excluded.started_at`.execute(
    db,
  );
}
