import { type RawBuilder, sql } from 'kysely';
import type { DatasetDb } from '../../src/database/handle.ts';

/** The few rules of the story, so simple that a second reading of them fits on this page. */
export type StoryRule =
  | { attribute: 'country'; is: 'equals'; value: string }
  | { action: 'View Item'; did: true; atLeast: number }
  | { orders: 'value'; is: 'atLeast'; value: number }
  | { identity: 'customerId'; present: boolean }
  | { segment: string; member: boolean }
  | { all: StoryRule[] }
  | { any: StoryRule[] };

/** Evaluated from scratch: from events and identities instead of figures, over all profiles `p`. */
function matches(ds: DatasetDb, rule: StoryRule, setNos: ReadonlyMap<string, number>): RawBuilder<boolean> {
  const { tables: t } = ds;
  if ('all' in rule)
    return sql`(${sql.join(
      rule.all.map((each) => matches(ds, each, setNos)),
      sql` AND `,
    )})`;
  if ('any' in rule)
    return sql`(${sql.join(
      rule.any.map((each) => matches(ds, each, setNos)),
      sql` OR `,
    )})`;
  if ('attribute' in rule) return sql`coalesce(p.attributes -> 'country' ->> 'value' = ${rule.value}::text, false)`;
  if ('action' in rule) {
    return sql`((SELECT count(*) FROM ${t.event} e WHERE e.profile_id = p.id AND e.action = ${rule.action}) >= ${rule.atLeast}::int)`;
  }
  if ('orders' in rule) {
    return sql`((SELECT coalesce(sum(e.order_value), 0) FROM ${t.event} e WHERE e.profile_id = p.id) >= ${rule.value}::int)`;
  }
  if ('identity' in rule) {
    return sql`(${rule.present}::boolean = EXISTS (SELECT FROM ${t.identity} i WHERE i.profile_id = p.id AND i.type = ${rule.identity}::text))`;
  }
  return sql`(${rule.member}::boolean = EXISTS (
    SELECT FROM ${t.membership} m WHERE m.profile_id = p.id AND m.set_no = ${setNos.get(rule.segment) ?? -1}::int))`;
}

/** Enabled rule-based segments whose users are not those who match, with who is missing and who is wrongly in. */
export async function findWrongSegments(ds: DatasetDb): Promise<unknown[]> {
  const { rows: segments } = await sql<{ id: string; rule: StoryRule | null; enabled: boolean; setNo: number }>`
    SELECT id, rule, enabled, set_no AS "setNo" FROM ${ds.tables.segment}`.execute(ds.db);
  const setNos = new Map(segments.map(({ id, setNo }) => [id, setNo]));
  const wrong: unknown[] = [];
  for (const { id, rule, enabled, setNo } of segments) {
    if (!rule || !enabled) continue;
    const { rows } = await sql`
      SELECT p.id, ${matches(ds, rule, setNos)} AS matches
      FROM ${ds.tables.profile} p LEFT JOIN ${ds.tables.membership} m ON m.profile_id = p.id AND m.set_no = ${setNo}
      WHERE (${matches(ds, rule, setNos)}) <> (m.profile_id IS NOT NULL) LIMIT 3`.execute(ds.db);
    if (rows.length > 0) wrong.push({ id, rule, rows });
  }
  return wrong;
}
