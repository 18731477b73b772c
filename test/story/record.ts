import { createHash } from 'node:crypto';
import { type RawBuilder, sql } from 'kysely';
import type { TestDatabase } from '../database.ts';

/**
 * What the database itself saw, written by triggers in the very transactions that did it: on which profile each numbered event was
 * put, and whom and what every start of a bulk deletion froze. The product does not know of it.
 */
export async function recordStory({ database, ds: { tables: t } }: TestDatabase): Promise<void> {
  const run = (statement: RawBuilder<unknown>) => statement.execute(database.starts);
  await run(sql`CREATE TABLE public.put (no bigint GENERATED ALWAYS AS IDENTITY, event_no int, profile_id bigint)`);
  await run(
    sql`CREATE TABLE public.frozen (deletion_id text, profile_id bigint, PRIMARY KEY (deletion_id, profile_id))`,
  );
  await run(sql`CREATE TABLE public.frozen_event (deletion_id text, event_no int)`);
  await run(sql`
    CREATE FUNCTION public.record_event() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
      INSERT INTO public.put (event_no, profile_id) VALUES ((NEW.properties ->> 'no')::int, NEW.profile_id);
      RETURN NULL;
    END $body$`);
  await run(sql`CREATE TRIGGER record AFTER INSERT ON ${t.event} FOR EACH ROW EXECUTE FUNCTION public.record_event()`);
  await run(sql`
    CREATE FUNCTION public.record_start() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
      INSERT INTO public.frozen SELECT NEW.id, profile_id FROM ${t.membership} WHERE set_no = NEW.set_no;
      INSERT INTO public.frozen_event SELECT NEW.id, (e.properties ->> 'no')::int
      FROM ${t.event} e JOIN public.frozen f ON f.deletion_id = NEW.id AND f.profile_id = e.profile_id;
      RETURN NULL;
    END $body$`);
  await run(
    sql`CREATE TRIGGER record AFTER INSERT ON ${t.deletion} FOR EACH ROW EXECUTE FUNCTION public.record_start()`,
  );
}

export interface Frozen {
  id: string;
  users: number;
  events: number;
  /** As the receipt has to have it. */
  digest: string;
}

/** What each bulk deletion froze. */
export async function readFrozen({ ds, dataset }: TestDatabase): Promise<Frozen[]> {
  const { rows } = await sql<{ id: string; events: number; ids: string[]; slices: number[] }>`
    SELECT d.id, (SELECT count(*) FROM public.frozen_event e WHERE e.deletion_id = d.id) AS events,
           array_agg(f.profile_id::text ORDER BY f.profile_id) AS ids,
           array_agg((SELECT k FROM generate_series(0, ${dataset.partitions}::int - 1) k
                      WHERE satisfies_hash_partition(${`ds_${dataset.id}.membership`}::regclass, ${dataset.partitions}::int, k, f.profile_id))
                     ORDER BY f.profile_id) AS slices
    FROM ${ds.tables.deletion} d JOIN public.frozen f ON f.deletion_id = d.id
    GROUP BY d.id, d.started_at ORDER BY d.started_at`.execute(ds.db);
  return rows.map(({ id, events, ids, slices }) => {
    const total = createHash('sha256');
    for (let slice = 0; slice < dataset.partitions; slice++) {
      const one = createHash('sha256');
      for (const [at, profile] of ids.entries()) {
        if (slices[at] !== slice) continue;
        const bytes = Buffer.alloc(8);
        bytes.writeBigInt64BE(BigInt(profile));
        one.update(bytes);
      }
      total.update(one.digest());
    }
    return { id, users: ids.length, events, digest: total.digest('hex') };
  });
}

/** A message that was accepted: the number of its event, and whom it named. */
export interface Accepted {
  no: number;
  identities: readonly { type: string; value: string }[];
}

/**
 * What became of accepted events against the promise: each is on one living profile, the one that all of its identities name; or
 * it is gone, and then it was frozen by a bulk deletion or was on a profile that was deleted by itself. Answers what breaks that.
 */
export async function findLostOrDoubled(
  { ds: { db, tables: t } }: TestDatabase,
  accepted: readonly Accepted[],
): Promise<unknown[]> {
  const named = accepted.flatMap(({ no, identities }) => identities.map((identity) => ({ no, ...identity })));
  const { rows } = await sql`
    WITH one_by_one AS MATERIALIZED (
      SELECT substring(object_id from '^usr_([0-9]+)$')::bigint AS id FROM lethe.audit WHERE action = 'user.deleted'
    ),
    accepted AS (SELECT * FROM unnest(${accepted.map(({ no }) => no)}::int[]) AS n (no)),
    named AS (
      SELECT n.no, i.profile_id
      FROM unnest(${named.map(({ no }) => no)}::int[], ${named.map(({ type }) => type)}::text[],
                  ${named.map(({ value }) => value)}::text[]) AS n (no, type, value)
      LEFT JOIN ${t.identity} i ON i.type = n.type COLLATE "C" AND i.value = n.value COLLATE "C"
    ),
    held AS (SELECT (properties ->> 'no')::int AS no, profile_id FROM ${t.event}),
    excused AS (
      SELECT event_no AS no FROM public.frozen_event
      UNION SELECT event_no FROM public.put WHERE profile_id IN (TABLE one_by_one)
    )
    SELECT 'doubled' AS fault, no, count(*)::text AS what FROM held GROUP BY no HAVING count(*) > 1
    UNION ALL
    SELECT 'lost', no, (SELECT json_agg(p)::text FROM public.put p WHERE p.event_no = no) FROM accepted
    WHERE no NOT IN (SELECT no FROM held) AND no NOT IN (SELECT no FROM excused)
    UNION ALL
    SELECT 'unreachable', h.no, h.profile_id::text || ' is not ' || coalesce(n.profile_id::text, 'known')
    FROM held h JOIN named n USING (no) WHERE h.profile_id IS DISTINCT FROM n.profile_id
    UNION ALL
    SELECT 'survived', h.no, h.profile_id::text FROM held h
    WHERE h.no IN (SELECT event_no FROM public.frozen_event) OR h.profile_id IN (SELECT profile_id FROM public.frozen)
       OR h.profile_id IN (TABLE one_by_one)
    UNION ALL
    SELECT 'profile survived', NULL, p.id::text FROM ${t.profile} p
    WHERE p.id IN (SELECT profile_id FROM public.frozen) OR p.id IN (TABLE one_by_one)
    UNION ALL
    SELECT 'name survived', NULL, i.profile_id::text FROM ${t.identity} i
    WHERE i.profile_id IN (SELECT profile_id FROM public.frozen)`.execute(db);
  return rows;
}

/** Segments whose history does not add up to the number of their users. */
export async function findWrongHistory({ ds: { db, tables: t } }: TestDatabase): Promise<unknown[]> {
  const { rows } = await sql`
    SELECT s.id, s.set_no, h.joined, h."left", h.deleted, c.users
    FROM ${t.segment} s
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(joined), 0) AS joined, coalesce(sum("left"), 0) AS "left", coalesce(sum(deleted), 0) AS deleted
      FROM ${t.segment_history} h WHERE h.segment_no = s.no) h
    CROSS JOIN LATERAL (SELECT coalesce(sum(users), 0) AS users FROM ${t.segment_count} c WHERE c.set_no = s.set_no) c
    WHERE h.joined - h."left" - h.deleted <> c.users
    UNION ALL
    SELECT 'no segment ' || segment_no, NULL, joined, "left", deleted, NULL FROM ${t.segment_history}
    WHERE segment_no NOT IN (SELECT no FROM ${t.segment})
    UNION ALL
    SELECT 'no set', set_no, NULL, NULL, NULL, users FROM ${t.segment_count}
    WHERE set_no NOT IN (SELECT set_no FROM ${t.segment} UNION SELECT next_set_no FROM ${t.segment} WHERE next_set_no IS NOT NULL)`.execute(
    db,
  );
  return rows;
}
