import { sql } from 'kysely';
import type { GatedTx } from '../database/gate.ts';
import type { DatasetDb } from '../database/handle.ts';
import type { AttributeDefinition, AttributeItem } from './attributes.ts';

/** All defined attributes, and of those in use the ones that most users have, by name. */
export async function readAttributes(ds: DatasetDb, namesMax: number): Promise<AttributeItem[]> {
  const { rows } = await sql<AttributeItem>`
    SELECT coalesce(d.name, used.name) AS name, d.kind, d.description, coalesce(used.users, 0) AS users,
           json_build_object('text', coalesce(used.text, 0), 'number', coalesce(used.number, 0),
                             'boolean', coalesce(used.boolean, 0), 'list', coalesce(used.list, 0),
                             'other', coalesce(used.other, 0)) AS kinds
    FROM (
      SELECT a.name, count(*) AS users,
             count(*) FILTER (WHERE a.kind = 'string') AS text,
             count(*) FILTER (WHERE a.kind = 'number') AS number,
             count(*) FILTER (WHERE a.kind = 'boolean') AS boolean,
             count(*) FILTER (WHERE a.kind = 'array') AS list,
             count(*) FILTER (WHERE a.kind NOT IN ('string', 'number', 'boolean', 'array')) AS other
      FROM ${ds.tables.profile} p
      CROSS JOIN LATERAL (
        SELECT each.key AS name, jsonb_typeof(each.value -> 'value') AS kind FROM jsonb_each(p.attributes) each) a
      GROUP BY a.name
      ORDER BY count(*) DESC, a.name LIMIT ${namesMax}) used
    FULL JOIN ${ds.tables.attribute} d ON d.name = used.name
    ORDER BY coalesce(d.name, used.name) COLLATE "C"`.execute(ds.db);
  return rows;
}

export async function findDefinition(ds: DatasetDb, name: string): Promise<AttributeDefinition | undefined> {
  const { rows } = await sql<AttributeDefinition>`
    SELECT name, kind, description FROM ${ds.tables.attribute} WHERE name = ${name}`.execute(ds.db);
  return rows[0];
}

export async function countDefinitions(ds: DatasetDb): Promise<number> {
  const { rows } = await sql<{ count: number }>`SELECT count(*) FROM ${ds.tables.attribute}`.execute(ds.db);
  return rows[0]?.count ?? 0;
}

export async function saveDefinition(tx: GatedTx, { name, kind, description }: AttributeDefinition): Promise<void> {
  await sql`
    INSERT INTO ${tx.tables.attribute} (name, kind, description) VALUES (${name}, ${kind}, ${description})
    ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, description = excluded.description`.execute(tx.db);
}

/** Answers what was defined; undefined when nothing was. */
export async function deleteDefinition(tx: GatedTx, name: string): Promise<AttributeDefinition | undefined> {
  const { rows } = await sql<AttributeDefinition>`
    DELETE FROM ${tx.tables.attribute} WHERE name = ${name} RETURNING name, kind, description`.execute(tx.db);
  return rows[0];
}
