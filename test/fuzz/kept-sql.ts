import { sql } from 'kysely';
import type { DatasetDb } from '../../src/database/handle.ts';

export interface KeptUser {
  id: number;
  /** As `type:value`. */
  names: string[];
  /** JSON text, by name. */
  attributes: string;
}

export interface KeptEvent {
  profileId: number;
  action: string;
  /** JSON text. */
  properties: string | null;
  at: Date;
}

export async function readUsers({ tables, db }: DatasetDb): Promise<KeptUser[]> {
  const { rows } = await sql<KeptUser>`
    SELECT p.id, p.attributes::text AS attributes,
           ARRAY(SELECT i.type || ':' || i.value FROM ${tables.identity} i WHERE i.profile_id = p.id) AS names
    FROM ${tables.profile} p`.execute(db);
  return rows;
}

export async function readEvents({ tables, db }: DatasetDb): Promise<KeptEvent[]> {
  const { rows } = await sql<KeptEvent>`
    SELECT profile_id AS "profileId", action, properties::text AS properties, at FROM ${tables.event}`.execute(db);
  return rows;
}

/** How many there are of what calls of the API make. */
export async function countCreated({ tables, db }: DatasetDb): Promise<Record<string, number>> {
  const { rows } = await sql<Record<string, number>>`
    SELECT (SELECT count(*) FROM ${tables.segment}) AS segment, (SELECT count(*) FROM ${tables.import}) AS import,
           (SELECT count(*) FROM ${tables.attribute}) AS attribute,
           (SELECT count(*) FROM lethe.dataset) AS dataset, (SELECT count(*) FROM lethe.token) AS token,
           (SELECT count(*) FROM lethe.write_key) AS "writeKey", (SELECT count(*) FROM lethe.member) AS member`.execute(
    db,
  );
  return rows[0] as Record<string, number>;
}
