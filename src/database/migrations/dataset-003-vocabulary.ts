import { sql } from 'kysely';
import type { Db } from '../postgres.ts';

/** What members say about the attributes and identity types of a dataset. Holds no data of users. */
export async function up(db: Db, schema: string): Promise<void> {
  await sql`
    CREATE TABLE ${sql.id(schema, 'attribute')} (
      name text COLLATE "C" PRIMARY KEY,
      kind text NOT NULL CHECK (kind IN ('text', 'number', 'boolean', 'date', 'list')),
      description text
    )`.execute(db);
  await sql`
    CREATE TABLE ${sql.id(schema, 'identity_type')} (type text COLLATE "C" PRIMARY KEY, description text)`.execute(db);
}
