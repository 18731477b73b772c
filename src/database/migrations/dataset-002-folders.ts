import { sql } from 'kysely';
import type { Db } from '../postgres.ts';

/** Segments lie in folders, and know who made and who changed them last as `{kind, id, name}`, the name as it was that day. */
export async function up(db: Db, schema: string): Promise<void> {
  const segment = sql.id(schema, 'segment');
  await sql`ALTER TABLE ${segment} ADD COLUMN folder text`.execute(db);
  for (const [column, actions] of [
    ['created_by', ['segment.created']],
    ['updated_by', ['segment.created', 'segment.changed']],
  ] as const) {
    // Until now an id without a name; the audit has kept who it was.
    await sql`ALTER TABLE ${segment} ALTER COLUMN ${sql.id(column)} TYPE jsonb USING NULL`.execute(db);
    await sql`
      UPDATE ${segment} s SET ${sql.id(column)} = (
        SELECT jsonb_build_object('kind', a.actor_kind, 'id', a.actor_id, 'name', a.actor_name)
        FROM lethe.audit a
        WHERE a.dataset = ${schema.slice('ds_'.length)} AND a.object_kind = 'segment' AND a.object_id = s.id
          AND a.action = ANY(${actions}::text[])
        ORDER BY a.no DESC LIMIT 1)`.execute(db);
  }
}
