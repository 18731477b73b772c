import type { JWK } from 'jose';
import { sql } from 'kysely';
import type { Db } from '../database/postgres.ts';

export async function newestSigningKey(db: Db): Promise<{ kid: string; privateJwk: JWK } | undefined> {
  const { rows } = await sql<{ kid: string; privateJwk: JWK }>`
    SELECT kid, private_jwk AS "privateJwk" FROM lethe.signing_key ORDER BY created_at DESC LIMIT 1`.execute(db);
  return rows[0];
}

export async function insertSigningKey(
  db: Db,
  key: { kid: string; privateJwk: JWK; publicJwk: JWK; createdAt: Date },
): Promise<void> {
  await sql`
    INSERT INTO lethe.signing_key (kid, private_jwk, public_jwk, created_at)
    VALUES (${key.kid}, ${JSON.stringify(key.privateJwk)}::jsonb, ${JSON.stringify(key.publicJwk)}::jsonb, ${key.createdAt})`.execute(
    db,
  );
}

export async function readPublicKeys(db: Db): Promise<JWK[]> {
  const { rows } = await sql<{ jwk: JWK }>`SELECT public_jwk AS jwk FROM lethe.signing_key ORDER BY created_at`.execute(
    db,
  );
  return rows.map((row) => row.jwk);
}
