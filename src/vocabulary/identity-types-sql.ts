import { sql } from 'kysely';
import type { GatedTx } from '../database/gate.ts';
import type { DatasetDb } from '../database/handle.ts';

export interface IdentityTypeRow {
  type: string;
  description: string | null;
  users: number;
  identities: number;
}

/** All described identity types, and of those in use the ones with most identities, by name. */
export async function readIdentityTypes(ds: DatasetDb, namesMax: number): Promise<IdentityTypeRow[]> {
  const { rows } = await sql<IdentityTypeRow>`
    SELECT coalesce(d.type, used.type) AS type, d.description, coalesce(used.users, 0) AS users,
           coalesce(used.identities, 0) AS identities
    FROM (
      SELECT i.type, count(DISTINCT i.profile_id) AS users, count(*) AS identities FROM ${ds.tables.identity} i
      GROUP BY i.type ORDER BY count(*) DESC, i.type LIMIT ${namesMax}) used
    FULL JOIN ${ds.tables.identity_type} d ON d.type = used.type
    ORDER BY coalesce(d.type, used.type)`.execute(ds.db);
  return rows;
}

/** Undefined when the type is not described; its description may be null. */
export async function findDescription(
  ds: DatasetDb,
  type: string,
): Promise<{ description: string | null } | undefined> {
  const { rows } = await sql<{ description: string | null }>`
    SELECT description FROM ${ds.tables.identity_type} WHERE type = ${type}`.execute(ds.db);
  return rows[0];
}

export async function countDescriptions(ds: DatasetDb): Promise<number> {
  const { rows } = await sql<{ count: number }>`SELECT count(*) FROM ${ds.tables.identity_type}`.execute(ds.db);
  return rows[0]?.count ?? 0;
}

export async function saveDescription(tx: GatedTx, type: string, description: string | null): Promise<void> {
  await sql`
    INSERT INTO ${tx.tables.identity_type} (type, description) VALUES (${type}, ${description})
    ON CONFLICT (type) DO UPDATE SET description = excluded.description`.execute(tx.db);
}

/** Answers what was there; undefined when nothing was. */
export async function deleteDescription(
  tx: GatedTx,
  type: string,
): Promise<{ description: string | null } | undefined> {
  const { rows } = await sql<{ description: string | null }>`
    DELETE FROM ${tx.tables.identity_type} WHERE type = ${type} RETURNING description`.execute(tx.db);
  return rows[0];
}
