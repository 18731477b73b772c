import { sql } from 'kysely';
import type { DatasetDb } from '../database/handle.ts';
import type { Place } from './places.ts';

/**
 * Rows of a place that belong to no profile. The work list of a running bulk deletion, which names its users until the proof,
 * is left out.
 */
export async function countRowsWithoutProfile(ds: DatasetDb, { table, key }: Place): Promise<number> {
  const { profile, deletion } = ds.tables;
  const workList = sql`AND NOT EXISTS (SELECT FROM ${deletion} d WHERE d.set_no = r.set_no AND d.completed_at IS NULL)`;
  const { rows } = await sql<{ count: number }>`
    SELECT count(*) FROM ${ds.tables[table]} r
    WHERE NOT EXISTS (SELECT FROM ${profile} p WHERE p.id = r.${sql.id(key)}) ${table === 'membership' ? workList : sql``}
  `.execute(ds.db);
  return rows[0]?.count ?? 0;
}

/** Profiles that nothing can name. Doomed ones are left out: whoever of them came back has a fresh profile with the identity. */
export async function countProfilesWithoutIdentity(ds: DatasetDb): Promise<number> {
  const { profile, identity, doomed_profile } = ds.tables;
  const { rows } = await sql<{ count: number }>`
    SELECT count(*) FROM ${profile} p
    WHERE NOT EXISTS (SELECT FROM ${identity} i WHERE i.profile_id = p.id)
      AND NOT EXISTS (SELECT FROM ${doomed_profile} d WHERE d.profile_id = p.id)`.execute(ds.db);
  return rows[0]?.count ?? 0;
}

export interface WorkList {
  job: string;
  rows: number;
  rowsWithoutProfile: number;
}

/** What the running bulk deletion still has on its work list, and how many of those users are gone already. */
export async function countWorkList(ds: DatasetDb): Promise<WorkList | null> {
  const { deletion, membership, profile } = ds.tables;
  const { rows } = await sql<WorkList>`
    SELECT d.id AS job, count(m.profile_id) AS rows,
           count(m.profile_id) FILTER (WHERE p.id IS NULL) AS "rowsWithoutProfile"
    FROM ${deletion} d
      LEFT JOIN ${membership} m ON m.set_no = d.set_no
      LEFT JOIN ${profile} p ON p.id = m.profile_id
    WHERE d.completed_at IS NULL
    GROUP BY d.id`.execute(ds.db);
  return rows[0] ?? null;
}
