import { type RawBuilder, sql } from 'kysely';
import type { DatasetDb } from '../../src/database/handle.ts';
import type { TestDatabase } from '../database.ts';

/**
 * Lets the database write down, in the transaction of each start of a bulk deletion, whom it freezes: every name that they have at
 * that moment. The product knows nothing of it.
 */
export async function recordFrozenSets({ database, ds: { tables: t } }: TestDatabase): Promise<void> {
  const run = (statement: RawBuilder<unknown>) => statement.execute(database.starts);
  await run(sql`CREATE TABLE public.frozen (deletion_id text, profile_id bigint, type text, value text)`);
  await run(sql`
    CREATE FUNCTION public.record_start() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
      INSERT INTO public.frozen
      SELECT NEW.id, m.profile_id, i.type, i.value
      FROM ${t.membership} m LEFT JOIN ${t.identity} i ON i.profile_id = m.profile_id
      WHERE m.set_no = NEW.set_no;
      RETURN NULL;
    END $body$`);
  await run(
    sql`CREATE TRIGGER record AFTER INSERT ON ${t.deletion} FOR EACH ROW EXECUTE FUNCTION public.record_start()`,
  );
}

export interface FrozenName {
  deletion: string;
  profileId: number;
  /** Null for a profile that had no name: there must be none. */
  type: string | null;
  value: string | null;
}

export async function readFrozenNames({ db }: DatasetDb): Promise<FrozenName[]> {
  const { rows } = await sql<FrozenName>`
    SELECT deletion_id AS deletion, profile_id AS "profileId", type, value FROM public.frozen`.execute(db);
  return rows;
}

/** Epoch microseconds at which a transaction committed. Of two that waited for each other, the second has the later one. */
const committedAt = (xid: RawBuilder<unknown>) =>
  sql`(extract(epoch FROM pg_xact_commit_timestamp(${xid})) * 1000000)::bigint`;

/** When each audited transaction committed, by the id of its actor. */
export async function readAuditedCommits({ db }: DatasetDb): Promise<Map<string, number>> {
  const { rows } = await sql<{ by: string; at: number }>`
    SELECT actor_id AS by, ${committedAt(sql`xmin`)} AS at FROM lethe.audit`.execute(db);
  return new Map(rows.map(({ by, at }) => [by, at]));
}

/** When each message was written, by the hash of its id. */
export async function readMessageCommits({ db, tables }: DatasetDb): Promise<Map<string, number>> {
  const { rows } = await sql<{ key: string; at: number }>`
    SELECT key::text AS key, ${committedAt(sql`xmin`)} AS at FROM ${tables.seen_message}`.execute(db);
  return new Map(rows.map(({ key, at }) => [key, at]));
}
