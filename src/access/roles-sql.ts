import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../database/postgres.ts';
import { LetheError } from '../errors.ts';
import type { Role } from './permissions.ts';

/** Role by dataset id. */
export type RolesByDataset = Record<string, Role>;

/** Members and tokens have their roles in a table each; everything else about them is the same. */
const owners = {
  member: { table: sql`lethe.member_role`, key: sql`member_id` },
  token: { table: sql`lethe.token_role`, key: sql`key_id` },
};
type Owner = keyof typeof owners;

/** An expression for the roles of the owner whose id is `id`: `{"shop": "editor"}`. */
export function rolesOf(owner: Owner, id: RawBuilder<unknown>): RawBuilder<RolesByDataset> {
  const { table, key } = owners[owner];
  return sql<RolesByDataset>`(
    SELECT coalesce(json_object_agg(d.id, r.role ORDER BY d.id), '{}')
    FROM ${table} r JOIN lethe.dataset d ON d.no = r.dataset_no
    WHERE r.${key} = ${id})`;
}

export async function insertRoles(db: Db, owner: Owner, id: string, roles: RolesByDataset): Promise<void> {
  const { table, key } = owners[owner];
  await sql`
    INSERT INTO ${table} (${key}, dataset_no, role)
    SELECT ${id}, d.no, given.role
    FROM unnest(${Object.keys(roles)}::text[], ${Object.values(roles)}::text[]) AS given(dataset, role)
    JOIN lethe.dataset d ON d.id = given.dataset`.execute(db);
}

export async function deleteRoles(db: Db, owner: Owner, id: string): Promise<void> {
  const { table, key } = owners[owner];
  await sql`DELETE FROM ${table} WHERE ${key} = ${id}`.execute(db);
}

/** Refuses ids of datasets that do not exist, and keeps those that do until the end of the transaction. */
export async function requireDatasets(db: Db, ids: readonly string[], fieldOf: (id: string) => string): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM lethe.dataset WHERE id = ANY(${[...ids]}::text[]) ORDER BY no FOR KEY SHARE`.execute(db);
  const existing = new Set(rows.map((row) => row.id));
  const errors = ids
    .filter((id) => !existing.has(id))
    .map((id) => ({ field: fieldOf(id), code: 'unknown', detail: `There is no dataset "${id}".` }));
  if (errors.length === 0) return;
  throw new LetheError('unacceptable', 'dataset.unknown', errors.map((error) => error.detail).join(' '), { errors });
}
