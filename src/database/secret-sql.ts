import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from './postgres.ts';

/** A secret of this installation, of 32 random bytes; made when it is asked for the first time. All servers share it. */
export async function installationSecret(db: Db, name: 'messages' | 'sessions'): Promise<Buffer> {
  await sql`
    INSERT INTO lethe.secret (name, value) VALUES (${name}, ${randomBytes(32)})
    ON CONFLICT (name) DO NOTHING`.execute(db);
  const { rows } = await sql<{ value: Buffer }>`SELECT value FROM lethe.secret WHERE name = ${name}`.execute(db);
  return (rows[0] as { value: Buffer }).value;
}
