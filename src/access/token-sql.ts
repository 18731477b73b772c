import { sql } from 'kysely';
import type { Db } from '../database/postgres.ts';
import { type RolesByDataset, rolesOf } from './roles-sql.ts';

/** The key of a program. Its secret is known to whoever made it; here is only its hash. */
export interface Token {
  no: number;
  keyId: string;
  name: string;
  administrator: boolean;
  roles: RolesByDataset;
  /** Where an administrator's token ends; null: nowhere. */
  datasets: string[] | null;
  createdAt: Date;
  createdBy: { kind: string; id: string; name: string };
}

const columns = sql`
  t.no, t.key_id AS "keyId", t.name, t.administrator, t.created_at AS "createdAt", t.created_by AS "createdBy",
  ${rolesOf('token', sql`t.key_id`)} AS roles,
  CASE WHEN t.limited THEN ARRAY(
    SELECT d.id FROM lethe.token_dataset r JOIN lethe.dataset d ON d.no = r.dataset_no
    WHERE r.key_id = t.key_id ORDER BY d.id) END AS datasets`;

export async function findToken(db: Db, keyId: string): Promise<(Token & { secretHash: Buffer }) | undefined> {
  const { rows } = await sql<Token & { secretHash: Buffer }>`
    SELECT ${columns}, t.secret_hash AS "secretHash" FROM lethe.token t WHERE t.key_id = ${keyId}`.execute(db);
  return rows[0];
}

/** Tokens in order of their making, after number `after` where given. */
export async function listTokens(db: Db, { limit, after }: { limit: number; after?: number | undefined }) {
  const { rows } = await sql<Token>`
    SELECT ${columns} FROM lethe.token t WHERE t.no > ${after ?? 0} ORDER BY t.no LIMIT ${limit}`.execute(db);
  return rows;
}

/** False when the key id is taken. */
export async function insertToken(
  db: Db,
  token: Pick<Token, 'keyId' | 'name' | 'administrator' | 'datasets' | 'createdAt' | 'createdBy'> & {
    secretHash: Buffer;
  },
): Promise<boolean> {
  const { rows } = await sql`
    INSERT INTO lethe.token (key_id, name, secret_hash, administrator, limited, created_at, created_by)
    VALUES (${token.keyId}, ${token.name}, ${token.secretHash}, ${token.administrator}, ${token.datasets !== null},
            ${token.createdAt}, ${JSON.stringify(token.createdBy)}::jsonb)
    ON CONFLICT (key_id) DO NOTHING
    RETURNING key_id`.execute(db);
  return rows.length === 1;
}

export async function insertTokenDatasets(db: Db, keyId: string, datasets: readonly string[]): Promise<void> {
  await sql`
    INSERT INTO lethe.token_dataset (key_id, dataset_no)
    SELECT ${keyId}, no FROM lethe.dataset WHERE id = ANY(${[...datasets]}::text[])`.execute(db);
}

export async function deleteTokenRow(db: Db, keyId: string): Promise<boolean> {
  const { rows } = await sql`DELETE FROM lethe.token WHERE key_id = ${keyId} RETURNING key_id`.execute(db);
  return rows.length === 1;
}
