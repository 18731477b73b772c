import { sql } from 'kysely';
import type { DatasetDb } from '../../src/database/handle.ts';
import type { Json } from '../../src/json.ts';
import type { Rule } from '../../src/segments/rule.ts';

/** Segments whose users may be deleted just now: some, and at most this share of everybody. */
export async function findStartable(
  { db, tables: t }: DatasetDb,
  shareMax: number,
): Promise<{ segment: string; users: number }[]> {
  const { rows } = await sql<{ segment: string; users: number }>`
    SELECT s.id AS segment, sum(c.users)::bigint AS users
    FROM ${t.segment} s JOIN ${t.segment_count} c ON c.set_no = s.set_no
    WHERE s.state = 'ready'
    GROUP BY s.id HAVING sum(c.users) BETWEEN 1 AND ${shareMax}::float8 * (SELECT count(*) FROM ${t.profile})`.execute(
    db,
  );
  return rows;
}

export interface StoredProfile {
  id: number;
  createdAt: Date;
  createdByImport: number | null;
  imports: number[];
  attributes: Record<string, { value: Json; trusted?: true }>;
  /** As `type:value`, in order. */
  names: string[];
  /** The numbers of its messages, in order. */
  marks: number[];
}

export async function readProfiles({ db, tables: t }: DatasetDb): Promise<StoredProfile[]> {
  const { rows } = await sql<StoredProfile>`
    SELECT p.id, p.created_at AS "createdAt", p.created_by_import AS "createdByImport", p.imports, p.attributes,
           ARRAY(SELECT i.type || ':' || i.value FROM ${t.identity} i WHERE i.profile_id = p.id) AS names,
           ARRAY(SELECT (e.properties ->> 'no')::int FROM ${t.event} e WHERE e.profile_id = p.id ORDER BY 1) AS marks
    FROM ${t.profile} p ORDER BY p.id`.execute(db);
  return rows.map((row) => ({ ...row, names: row.names.sort() }));
}

export interface StoredSegment {
  id: string;
  kind: 'rule' | 'manual' | 'subscriberList';
  rule: Rule | null;
  enabled: boolean;
  state: string;
  users: number[];
}

export async function readSegments({ db, tables: t }: DatasetDb): Promise<StoredSegment[]> {
  const { rows } = await sql<StoredSegment>`
    SELECT s.id, s.kind, s.rule, s.enabled, s.state,
           ARRAY(SELECT m.profile_id::int FROM ${t.membership} m WHERE m.set_no = s.set_no ORDER BY 1) AS users
    FROM ${t.segment} s ORDER BY s.no`.execute(db);
  return rows;
}

export async function readImportNumbers({ db, tables: t }: DatasetDb): Promise<Map<string, number>> {
  const { rows } = await sql<{ id: string; no: number }>`SELECT id, no FROM ${t.import}`.execute(db);
  return new Map(rows.map(({ id, no }) => [id, no]));
}

/** Bulk deletions that are not complete, or did not delete as many users as were confirmed. */
export async function findWrongDeletions({ db, tables: t }: DatasetDb): Promise<unknown[]> {
  const { rows } = await sql`
    SELECT d.id, d.users, d.completed_at, sum(s.profiles_deleted) AS deleted
    FROM ${t.deletion} d JOIN ${t.deletion_slice} s ON s.deletion_id = d.id
    GROUP BY d.id HAVING d.completed_at IS NULL OR sum(s.profiles_deleted) <> d.users`.execute(db);
  return rows;
}

/** Counters against the rows that they count, and the history of each segment against the number of its users. */
export async function findWrongCounters({ db, tables: t }: DatasetDb): Promise<unknown[]> {
  const { rows } = await sql`
    WITH counted AS (SELECT set_no, sum(users) AS users FROM ${t.segment_count} GROUP BY set_no),
    held AS (SELECT set_no, count(*) AS users FROM ${t.membership} GROUP BY set_no)
    SELECT 'counter' AS fault, s.id, coalesce(counted.users, 0) AS counted, coalesce(held.users, 0) AS held
    FROM ${t.segment} s LEFT JOIN counted USING (set_no) LEFT JOIN held USING (set_no)
    WHERE coalesce(counted.users, 0) <> coalesce(held.users, 0)
    UNION ALL
    SELECT 'history', s.id, sum(h.joined - h."left" - h.deleted), coalesce(max(held.users), 0)
    FROM ${t.segment} s LEFT JOIN ${t.segment_history} h ON h.segment_no = s.no LEFT JOIN held USING (set_no)
    GROUP BY s.id HAVING coalesce(sum(h.joined - h."left" - h.deleted), 0) <> coalesce(max(held.users), 0)
    UNION ALL
    SELECT 'day', s.id, sum(h.joined), sum(h.deleted) FROM ${t.segment} s JOIN ${t.segment_history} h ON h.segment_no = s.no
    GROUP BY s.id, h.day HAVING sum(h.joined) < 0 OR sum(h."left") < 0 OR sum(h.deleted) < 0
    UNION ALL
    SELECT 'set out of use', set_no::text, users, NULL FROM held
    WHERE set_no NOT IN (SELECT set_no FROM ${t.segment})`.execute(db);
  return rows;
}
