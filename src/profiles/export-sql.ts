import { sql } from 'kysely';
import type { DatasetDb } from '../database/handle.ts';

export interface ExportedUser {
  id: number;
  userId: string | null;
  anonymous: boolean;
  firstActivity: Date | null;
  lastActivity: Date | null;
  /** The set; of all users of the dataset, the dataset. */
  joined: Date;
  /** JSON text: `[{"type": …, "value": …}]`. */
  identities: string;
  /** JSON text: value by name. */
  attributes: string;
}

/** The next users in order of id: of a set, or of the whole dataset. */
export async function readUsersToExport(
  ds: DatasetDb,
  { setNo, afterId, limit }: { setNo: number | undefined; afterId: number; limit: number },
): Promise<ExportedUser[]> {
  // Joined before the limit: of a segment that is being deleted, memberships outlive their profiles until the proof.
  const page =
    setNo === undefined
      ? sql`
        SELECT p.*, p.created_at AS joined FROM ${ds.tables.profile} p
        WHERE p.id > ${afterId} ORDER BY p.id LIMIT ${limit}`
      : sql`
        SELECT p.*, m.joined_at AS joined
        FROM ${ds.tables.membership} m JOIN ${ds.tables.profile} p ON p.id = m.profile_id
        WHERE m.set_no = ${setNo} AND m.profile_id > ${afterId} ORDER BY m.profile_id LIMIT ${limit}`;
  const { rows } = await sql<ExportedUser>`
    SELECT p.id, named."userId", NOT p.named AS anonymous, p.first_activity AS "firstActivity",
           p.last_activity AS "lastActivity", p.joined, named.identities,
           (SELECT coalesce(json_object_agg(a.key, a.value -> 'value' ORDER BY a.key), '{}')::text
            FROM jsonb_each(p.attributes) a) AS attributes
    FROM (${page}) p
    CROSS JOIN LATERAL (
      SELECT min(i.value) FILTER (WHERE i.type = 'userId') AS "userId",
             coalesce(json_agg(json_build_object('type', i.type, 'value', i.value) ORDER BY i.type, i.value), '[]')::text
               AS identities
      FROM ${ds.tables.identity} i WHERE i.profile_id = p.id) named
    ORDER BY p.id`.execute(ds.db);
  return rows;
}
