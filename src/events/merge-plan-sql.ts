import { sql } from 'kysely';
import type { GatedTx } from '../database/gate.ts';

/** What decides about the merge of a profile. */
export interface MergeSize {
  id: number;
  lastActivity: Date | null;
  events: number;
  /** Counted up to the number that was asked for. */
  identities: number;
}

export async function readMergeSizes(
  tx: GatedTx,
  profileIds: readonly number[],
  identitiesMax: number,
): Promise<MergeSize[]> {
  const { rows } = await sql<MergeSize>`
    SELECT p.id, p.last_activity AS "lastActivity", p.events,
           (SELECT count(*) FROM (SELECT FROM ${tx.tables.identity} i WHERE i.profile_id = p.id LIMIT ${identitiesMax}) AS counted)
             AS identities
    FROM unnest(${profileIds}::bigint[]) AS n (id) JOIN ${tx.tables.profile} p ON p.id = n.id`.execute(tx.db);
  return rows;
}
