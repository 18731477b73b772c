import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../postgres.ts';

/**
 * The tables of one dataset. "P" marks those that are partitioned by profile: partition k of each holds the same profiles.
 * Places that hold profile data are listed in profiles/places.ts; a test fails when one is missing there. No foreign keys:
 * every one of them would cost a look-up per row in a bulk deletion, and the writer's protocol keeps what they would check.
 */
export async function up(db: Db, schema: string, partitions: number): Promise<void> {
  const t = (name: string) => sql.id(schema, name);
  const run = (statement: RawBuilder<unknown>) => statement.execute(db);

  for (const sequence of ['profile_id', 'event_id', 'set_no']) await run(sql`CREATE SEQUENCE ${t(sequence)} AS bigint`);

  // P. One row a user. Figures are kept so that a preview adds up rows instead of reading events.
  await run(sql`
    CREATE TABLE ${t('profile')} (
      id bigint NOT NULL PRIMARY KEY,
      created_at timestamptz NOT NULL,
      updated_at timestamptz NOT NULL,
      first_activity timestamptz,
      last_activity timestamptz,
      first_order_at timestamptz,
      last_order_at timestamptz,
      events integer NOT NULL DEFAULT 0,
      orders integer NOT NULL DEFAULT 0,
      visits integer NOT NULL DEFAULT 0,
      -- The import that created it, and every import that wrote to it.
      created_by_import integer,
      imports integer[] NOT NULL DEFAULT '{}',
      -- Has an identity other than anonymousId.
      named boolean NOT NULL,
      revenue numeric NOT NULL DEFAULT 0,
      -- {"country": {"value": "DE", "at": 1700000000000, "from": "import"}}; at: epoch milliseconds.
      attributes jsonb NOT NULL DEFAULT '{}'
    ) PARTITION BY HASH (id)`);

  // One table, because (type, value) is unique in the whole dataset.
  await run(sql`
    CREATE TABLE ${t('identity')} (
      profile_id bigint NOT NULL,
      type text COLLATE "C" NOT NULL,
      value text COLLATE "C" NOT NULL,
      PRIMARY KEY (type, value)
    )`);
  await run(sql`CREATE INDEX ON ${t('identity')} (profile_id)`);

  // P. order_value is null for an event that is no order.
  await run(sql`
    CREATE TABLE ${t('event')} (
      profile_id bigint NOT NULL,
      id bigint NOT NULL,
      at timestamptz NOT NULL,
      received_at timestamptz NOT NULL,
      action text NOT NULL,
      order_value numeric,
      properties jsonb
    ) PARTITION BY HASH (profile_id)`);
  await run(sql`CREATE INDEX ON ${t('event')} (profile_id, at, id)`);

  // P. A run of a profile's events with gaps of at most 30 minutes.
  await run(sql`
    CREATE TABLE ${t('visit')} (
      profile_id bigint NOT NULL,
      started_at timestamptz NOT NULL,
      last_event_at timestamptz NOT NULL,
      events integer NOT NULL,
      PRIMARY KEY (profile_id, started_at)
    ) PARTITION BY HASH (profile_id)`);

  // P. Per profile and action, so that most rules read no events.
  await run(sql`
    CREATE TABLE ${t('action_count')} (
      profile_id bigint NOT NULL,
      first_at timestamptz NOT NULL,
      last_at timestamptz NOT NULL,
      count integer NOT NULL,
      action text NOT NULL,
      PRIMARY KEY (profile_id, action)
    ) PARTITION BY HASH (profile_id)`);

  // P. set_no names a set of users, not a segment: a segment that is computed anew fills another set and then swaps.
  await run(sql`
    CREATE TABLE ${t('membership')} (
      profile_id bigint NOT NULL,
      joined_at timestamptz NOT NULL,
      set_no integer NOT NULL,
      PRIMARY KEY (profile_id, set_no)
    ) PARTITION BY HASH (profile_id)`);
  await run(sql`CREATE INDEX ON ${t('membership')} (set_no, profile_id)`);

  for (const table of ['profile', 'event', 'visit', 'action_count', 'membership']) {
    for (let slice = 0; slice < partitions; slice++) {
      // Autovacuum's truncation of an emptied tail would lock the partition exclusively.
      await run(sql`
        CREATE TABLE ${t(`${table}_${slice}`)} PARTITION OF ${t(table)}
        FOR VALUES WITH (MODULUS ${sql.lit(partitions)}, REMAINDER ${sql.lit(slice)}) WITH (vacuum_truncate = off)`);
    }
  }

  await run(sql`
    CREATE TABLE ${t('segment')} (
      no integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      id text COLLATE "C" NOT NULL UNIQUE,
      name text NOT NULL,
      kind text NOT NULL CHECK (kind IN ('rule', 'manual', 'subscriberList')),
      -- json, not jsonb: it is answered as it was sent.
      rule json,
      enabled boolean NOT NULL DEFAULT true,
      state text NOT NULL CHECK (state IN ('computing', 'ready', 'deleting')),
      -- Rises with every change of the rule or of enabled; a computation carries it and stops when it has changed.
      generation integer NOT NULL DEFAULT 1,
      -- The set in force, and the one being computed.
      set_no integer NOT NULL,
      next_set_no integer,
      disabled_because text CHECK (disabled_because IN ('byHand', 'deletion')),
      created_at timestamptz NOT NULL,
      created_by text,
      updated_at timestamptz NOT NULL,
      updated_by text,
      CHECK ((kind = 'rule') = (rule IS NOT NULL)),
      CHECK ((state = 'computing') = (next_set_no IS NOT NULL))
    )`);

  // Users of a set: the sum over its stripes. A writer counts in one stripe picked at random, a step in that of its slice, so
  // that they do not wait for each other; a single stripe may be negative, the sum is exact.
  await run(sql`
    CREATE TABLE ${t('segment_count')} (
      set_no integer NOT NULL,
      stripe integer NOT NULL,
      users bigint NOT NULL,
      PRIMARY KEY (set_no, stripe)
    ) WITH (fillfactor = 70, vacuum_truncate = off)`);
  await run(sql`
    CREATE TABLE ${t('segment_history')} (
      segment_no integer NOT NULL,
      day date NOT NULL,
      stripe integer NOT NULL,
      joined bigint NOT NULL DEFAULT 0,
      "left" bigint NOT NULL DEFAULT 0,
      deleted bigint NOT NULL DEFAULT 0,
      PRIMARY KEY (segment_no, day, stripe)
    ) WITH (fillfactor = 70, vacuum_truncate = off)`);

  // The cursor of a running computation: the last profile done of the slice at hand.
  await run(sql`
    CREATE TABLE ${t('segment_computation')} (
      segment_no integer PRIMARY KEY,
      generation integer NOT NULL,
      set_no integer NOT NULL,
      slice integer NOT NULL DEFAULT 0,
      after_id bigint NOT NULL DEFAULT 0,
      started_at timestamptz NOT NULL
    )`);
  // Sets that are in force nowhere any more; their rows are cleared in steps.
  await run(sql`CREATE TABLE ${t('discarded_set')} (set_no integer PRIMARY KEY, discarded_at timestamptz NOT NULL)`);

  // The history of bulk deletions: rows stay for ever and hold no personal data.
  await run(sql`
    CREATE TABLE ${t('deletion')} (
      id text COLLATE "C" PRIMARY KEY,
      segment_no integer NOT NULL,
      segment_id text NOT NULL,
      segment_name text NOT NULL,
      segment_kind text NOT NULL,
      rule json,
      rule_digest text NOT NULL,
      set_no integer NOT NULL,
      users bigint NOT NULL,
      requested_by jsonb NOT NULL,
      started_at timestamptz NOT NULL,
      completed_at timestamptz,
      leftovers jsonb,
      verified_at timestamptz,
      frozen_set_digest text,
      receipt text,
      CHECK ((completed_at IS NULL) = (receipt IS NULL))
    )`);
  // One bulk deletion a dataset, held by the database and not by the program.
  await run(sql`CREATE UNIQUE INDEX deletion_one_running ON ${t('deletion')} ((true)) WHERE completed_at IS NULL`);

  // Work and counts per slice. Slice -1 counts what single and privacy deletions took from the frozen set meanwhile.
  await run(sql`
    CREATE TABLE ${t('deletion_slice')} (
      deletion_id text COLLATE "C" NOT NULL,
      slice integer NOT NULL,
      phase text NOT NULL CHECK (phase IN ('deleting', 'verifying', 'done')),
      after_id bigint NOT NULL DEFAULT 0,
      rows_deleted jsonb NOT NULL DEFAULT '{}',
      profiles_deleted bigint NOT NULL DEFAULT 0,
      users_listed bigint,
      leftovers jsonb,
      digest bytea,
      work_ms bigint NOT NULL DEFAULT 0,
      steps integer NOT NULL DEFAULT 0,
      PRIMARY KEY (deletion_id, slice)
    ) WITH (fillfactor = 50, vacuum_truncate = off)`);
  // Written on a connection of its own, so that no step makes it wait.
  await run(sql`
    CREATE TABLE ${t('deletion_heartbeat')} (
      deletion_id text COLLATE "C" PRIMARY KEY,
      at timestamptz NOT NULL,
      held_back_by text,
      failure jsonb
    )`);

  // A message is taken once: a keyed hash and a moment, without a profile.
  await run(
    sql`CREATE TABLE ${t('seen_message')} (key uuid PRIMARY KEY, seen_at timestamptz NOT NULL) WITH (vacuum_truncate = off)`,
  );
  await run(sql`CREATE INDEX ON ${t('seen_message')} (seen_at)`);

  await run(sql`
    CREATE TABLE ${t('import')} (
      no integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      id text COLLATE "C" NOT NULL UNIQUE,
      kind text NOT NULL CHECK (kind IN ('events', 'users')),
      format text NOT NULL CHECK (format IN ('csv', 'ndjson')),
      mapping jsonb NOT NULL,
      state text NOT NULL CHECK (state IN ('receiving', 'running', 'completed', 'failed')),
      -- Rows taken so far, and the line and byte of the file where the next one begins: where a resumed import goes on.
      rows bigint NOT NULL DEFAULT 0,
      next_line bigint NOT NULL DEFAULT 1,
      next_byte bigint NOT NULL DEFAULT 0,
      accepted bigint NOT NULL DEFAULT 0,
      rejected bigint NOT NULL DEFAULT 0,
      bytes bigint NOT NULL DEFAULT 0,
      ignored_columns jsonb NOT NULL DEFAULT '[]',
      failure jsonb,
      requested_by jsonb NOT NULL,
      created_at timestamptz NOT NULL,
      -- When all of it was safely received: the moment of rows that name none.
      received_at timestamptz,
      completed_at timestamptz
    )`);
  // Quotes no identity values; goes after LETHE_IMPORT_ERROR_DAYS.
  await run(sql`
    CREATE TABLE ${t('import_error')} (
      import_no integer NOT NULL,
      line bigint NOT NULL,
      code text NOT NULL,
      detail text NOT NULL
    )`);
  await run(sql`CREATE INDEX ON ${t('import_error')} (import_no, line)`);

  // The one definition of "doomed": the users of the segment whose bulk deletion is running. Writers treat them as not there.
  await run(sql`
    CREATE VIEW ${t('doomed_profile')} AS
      SELECT m.profile_id, d.id AS deletion_id
      FROM ${t('deletion')} d JOIN ${t('membership')} m ON m.set_no = d.set_no
      WHERE d.completed_at IS NULL`);
}
