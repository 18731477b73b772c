import { sql } from 'kysely';
import type { ExclusiveTx } from '../database/gate.ts';
import { type DatasetDb, schemaOf } from '../database/handle.ts';
import type { ChangedBy, Segment, SegmentKind, SegmentState } from './segment.ts';

/** A segment without what only screens show; `rule` is the JSON text as it was sent. */
export interface SegmentRow extends Omit<Segment, 'rule'> {
  rule: string | null;
}

const columns = sql`
  s.no, s.id, s.name, s.folder, s.kind, s.rule::text AS rule, s.enabled, s.state, s.generation, s.set_no AS "setNo",
  s.next_set_no AS "nextSetNo", s.disabled_because AS "disabledBecause", s.created_at AS "createdAt",
  s.created_by AS "createdBy", s.updated_at AS "updatedAt", s.updated_by AS "updatedBy"`;

export async function findSegment(ds: DatasetDb, id: string): Promise<SegmentRow | undefined> {
  const { rows } = await sql<SegmentRow>`
    SELECT ${columns} FROM ${ds.tables.segment} s WHERE s.id = ${id}`.execute(ds.db);
  return rows[0];
}

/**
 * Waits for the steps of a bulk deletion that are counting users out of this segment, and makes later ones wait: they hold no
 * gate. Whoever replaces its set reads its number of users afterwards.
 */
export async function lockSegment(tx: ExclusiveTx, id: string): Promise<void> {
  await sql`SELECT FROM ${tx.tables.segment} WHERE id = ${id} FOR NO KEY UPDATE`.execute(tx.db);
}

/** Every rule-based segment, the disabled ones included: what can nest another segment. */
export async function listRuleSegments(ds: DatasetDb): Promise<SegmentRow[]> {
  const { rows } = await sql<SegmentRow>`
    SELECT ${columns} FROM ${ds.tables.segment} s WHERE s.kind = 'rule' ORDER BY s.no`.execute(ds.db);
  return rows;
}

/**
 * A text that is another one whenever something has changed by which users are evaluated: which segments there are, their rules,
 * states and sets.
 */
export async function digestSegments(ds: DatasetDb): Promise<string> {
  const { rows } = await sql<{ digest: string }>`
    SELECT md5(coalesce(string_agg(
      concat_ws(' ', s.no, s.id, s.kind, s.enabled, s.state, s.set_no, s.next_set_no, s.created_at, s.rule),
      E'\n' ORDER BY s.no), '')) AS digest
    FROM ${ds.tables.segment} s`.execute(ds.db);
  return rows[0]?.digest ?? '';
}

export interface SegmentInForce {
  id: string;
  setNo: number;
  state: SegmentState;
}

/** The sets in force of the segments with these ids; an unknown id has no row. */
export async function findSegmentsInForce(ds: DatasetDb, ids: readonly string[]): Promise<SegmentInForce[]> {
  const { rows } = await sql<SegmentInForce>`
    SELECT id, set_no AS "setNo", state FROM ${ds.tables.segment} WHERE id = ANY(${ids}::text[])`.execute(ds.db);
  return rows;
}

export async function findImportNumbers(ds: DatasetDb, ids: readonly string[]): Promise<{ id: string; no: number }[]> {
  const { rows } = await sql<{ id: string; no: number }>`
    SELECT id, no FROM ${ds.tables.import} WHERE id = ANY(${ids}::text[])`.execute(ds.db);
  return rows;
}

export interface SegmentWithUsers extends SegmentRow {
  users: number;
}

/** Users of the set in force: the sum of its counters, exact at this moment. */
const users = (ds: DatasetDb) =>
  sql`(SELECT coalesce(sum(c.users), 0)::bigint FROM ${ds.tables.segment_count} c WHERE c.set_no = s.set_no) AS users`;

export async function findSegmentWithUsers(ds: DatasetDb, id: string): Promise<SegmentWithUsers | undefined> {
  const { rows } = await sql<SegmentWithUsers>`
    SELECT ${columns}, ${users(ds)} FROM ${ds.tables.segment} s WHERE s.id = ${id}`.execute(ds.db);
  return rows[0];
}

export interface SegmentPage {
  showDisabled: boolean;
  limit: number;
  /** Name and id of the last segment of the page before. */
  after: { name: string; id: string } | undefined;
}

/** A page of the segments in order of name, then id. */
export async function listSegments(
  ds: DatasetDb,
  { showDisabled, limit, after }: SegmentPage,
): Promise<SegmentWithUsers[]> {
  const { rows } = await sql<SegmentWithUsers>`
    SELECT ${columns}, ${users(ds)}
    FROM ${ds.tables.segment} s
    WHERE (s.enabled OR ${showDisabled})
      AND ${after ? sql`(s.name, s.id) > (${after.name}, ${after.id})` : sql`true`}
    ORDER BY s.name, s.id
    LIMIT ${limit}`.execute(ds.db);
  return rows;
}

/** Enabled rule-based segments, and lists in whatever state: what the limits are about. */
export async function countSegments(ds: DatasetDb): Promise<{ enabledRules: number; lists: number }> {
  const { rows } = await sql<{ enabledRules: number; lists: number }>`
    SELECT count(*) FILTER (WHERE kind = 'rule' AND enabled) AS "enabledRules",
           count(*) FILTER (WHERE kind <> 'rule') AS lists
    FROM ${ds.tables.segment}`.execute(ds.db);
  return rows[0] ?? { enabledRules: 0, lists: 0 };
}

/** The sequence that numbers sets of users. */
export const nextSetNo = (ds: DatasetDb) => sql`nextval(${`"${schemaOf(ds.dataset)}".set_no`}::regclass)`;

export interface NewSegment {
  id: string;
  name: string;
  folder: string | null;
  kind: SegmentKind;
  rule: string | null;
  by: ChangedBy;
  now: Date;
}

/** A new segment, ready and empty. Undefined when the id is taken. */
export async function insertSegment(
  tx: ExclusiveTx,
  { id, name, folder, kind, rule, by, now }: NewSegment,
): Promise<SegmentRow | undefined> {
  const { rows } = await sql<SegmentRow>`
    INSERT INTO ${tx.tables.segment} AS s
      (id, name, folder, kind, rule, state, set_no, created_at, created_by, updated_at, updated_by)
    VALUES (${id}, ${name}, ${folder}, ${kind}, ${rule}::json, 'ready', ${nextSetNo(tx)},
            ${now}, ${JSON.stringify(by)}::jsonb, ${now}, ${JSON.stringify(by)}::jsonb)
    ON CONFLICT (id) DO NOTHING
    RETURNING ${columns}`.execute(tx.db);
  return rows[0];
}

/** What somebody changed by hand; what is computed follows in statements of its own. */
export async function updateSegment(
  tx: ExclusiveTx,
  no: number,
  changed: Pick<SegmentRow, 'name' | 'folder' | 'rule' | 'enabled'> & {
    newGeneration: boolean;
    by: ChangedBy;
    now: Date;
  },
): Promise<void> {
  await sql`
    UPDATE ${tx.tables.segment}
    SET name = ${changed.name}, folder = ${changed.folder}, rule = ${changed.rule}::json,
        disabled_because = CASE WHEN ${changed.enabled} THEN NULL WHEN enabled THEN 'byHand' ELSE disabled_because END,
        enabled = ${changed.enabled}, generation = generation + ${changed.newGeneration ? 1 : 0},
        updated_at = ${changed.now}, updated_by = ${JSON.stringify(changed.by)}::jsonb
    WHERE no = ${no}`.execute(tx.db);
}

export async function deleteSegmentRows(tx: ExclusiveTx, no: number): Promise<void> {
  // The segment first: a step of a bulk deletion that holds it is still writing its history.
  await sql`DELETE FROM ${tx.tables.segment} WHERE no = ${no}`.execute(tx.db);
  await sql`DELETE FROM ${tx.tables.segment_computation} WHERE segment_no = ${no}`.execute(tx.db);
  await sql`DELETE FROM ${tx.tables.segment_history} WHERE segment_no = ${no}`.execute(tx.db);
  await sql`DELETE FROM ${tx.tables.segment_following} WHERE segment_no = ${no}`.execute(tx.db);
}
