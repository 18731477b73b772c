import { sql } from 'kysely';
import type { GatedTx } from '../database/gate.ts';
import type { DatasetDb } from '../database/handle.ts';

/** A profile that is to become part of another one, step by step: it is too large for that to be done at once. */
export interface MergeRequest {
  loser: number;
  survivor: number;
}

const columns = sql`p.id AS loser, p.merging_into AS survivor`;

/** The requests that have one of these profiles on either side, also those that came to nothing since. */
export async function listMergeRequestsOf(ds: DatasetDb, profileIds: readonly number[]): Promise<MergeRequest[]> {
  const { rows } = await sql<MergeRequest>`
    SELECT ${columns} FROM ${ds.tables.profile} p
    WHERE p.merging_into IS NOT NULL
      AND (p.id = ANY(${profileIds}::bigint[]) OR p.merging_into = ANY(${profileIds}::bigint[]))`.execute(ds.db);
  return rows;
}

export async function listMergeRequests(ds: DatasetDb): Promise<MergeRequest[]> {
  const { rows } = await sql<MergeRequest>`
    SELECT ${columns} FROM ${ds.tables.profile} p WHERE p.merging_into IS NOT NULL ORDER BY p.id`.execute(ds.db);
  return rows;
}

/** Records requests of losers that are locked; one that a loser has already is replaced. */
export async function requestMerges(tx: GatedTx, requests: readonly MergeRequest[]): Promise<void> {
  await sql`
    UPDATE ${tx.tables.profile} p SET merging_into = n.survivor
    FROM unnest(${requests.map((one) => one.loser)}::bigint[], ${requests.map((one) => one.survivor)}::bigint[])
      AS n (loser, survivor)
    WHERE p.id = n.loser`.execute(tx.db);
}

/** Takes back the request of a loser that is locked. */
export async function dropMergeRequest(tx: GatedTx, loser: number): Promise<void> {
  await sql`UPDATE ${tx.tables.profile} SET merging_into = NULL WHERE id = ${loser}`.execute(tx.db);
}
