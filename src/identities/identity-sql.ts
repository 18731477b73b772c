import { type RawBuilder, sql } from 'kysely';
import type { GatedTx } from '../database/gate.ts';
import type { DatasetDb } from '../database/handle.ts';
import { sliceOf } from '../database/slice-sql.ts';
import type { Identity } from './identity.ts';

/** An identity with the profile that it names. */
export interface IdentityRow extends Identity {
  profileId: number;
}

/** An identity with the profile that it names, and the slice that this is in. */
export interface IdentityPlace extends IdentityRow {
  slice: number;
}

const columns = sql`i.type, i.value, i.profile_id AS "profileId"`;

/** The identities of whatever type that have one of these values. */
export async function findIdentitiesByValue(ds: DatasetDb, values: readonly string[]): Promise<IdentityPlace[]> {
  // Of a list that PostgreSQL does not see the length of, it takes one of ten for granted, and plans each look-up of one anew.
  const listed = values.length > 2 ? sql`${values}::text[]` : sql`ARRAY[${sql.join(values)}]::text[]`;
  // The key begins with the type, and a dataset has a handful of types: they are stepped through, then each value is one probe.
  const { rows } = await sql<IdentityPlace>`
    WITH RECURSIVE types (type) AS (
      SELECT min(i.type) FROM ${ds.tables.identity} i
      UNION ALL
      SELECT (SELECT min(i.type) FROM ${ds.tables.identity} i WHERE i.type > t.type) FROM types t WHERE t.type IS NOT NULL
    )
    SELECT ${columns}, ${sliceOf(ds.dataset, sql`i.profile_id`)} AS slice
    FROM types t CROSS JOIN unnest(${listed}) AS n (value)
    JOIN ${ds.tables.identity} i ON i.type = t.type AND i.value = n.value`.execute(ds.db);
  return rows;
}

/** All identities of these profiles, by profile, type and value. */
export async function listIdentitiesOf(ds: DatasetDb, profileIds: readonly number[]): Promise<IdentityRow[]> {
  const { rows } = await sql<IdentityRow>`
    SELECT ${columns} FROM ${ds.tables.identity} i WHERE i.profile_id = ANY(${profileIds}::bigint[])
    ORDER BY i.profile_id, i.type, i.value`.execute(ds.db);
  return rows;
}

/** Locks those of the identities that exist, and all identities of some profiles, in order of (type, value). */
export async function lockIdentities(
  tx: GatedTx,
  identities: readonly Identity[],
  profileIds: readonly number[],
): Promise<IdentityRow[]> {
  const named = sql`
    SELECT n.type, n.value
    FROM unnest(${identities.map((one) => one.type)}::text[], ${identities.map((one) => one.value)}::text[]) AS n (type, value)`;
  const ofProfiles = sql`
    UNION
    SELECT o.type, o.value FROM ${tx.tables.identity} o WHERE o.profile_id = ANY(${profileIds}::bigint[])`;
  const { rows } = await sql<IdentityRow>`
    SELECT ${columns}
    FROM (${named}${profileIds.length > 0 ? ofProfiles : sql``}) AS n (type, value)
    JOIN ${tx.tables.identity} i ON i.type = n.type AND i.value = n.value
    ORDER BY i.type, i.value
    FOR UPDATE OF i`.execute(tx.db);
  return rows;
}

/** Locks all identities of these profiles, in order of (type, value); without waiting, only those that nobody else has locked. */
export async function lockIdentitiesOf(
  tx: GatedTx,
  profileIds: readonly number[],
  { wait }: { wait: boolean } = { wait: true },
): Promise<IdentityRow[]> {
  const { rows } = await sql<IdentityRow>`
    SELECT ${columns} FROM ${tx.tables.identity} i
    WHERE i.profile_id = ANY(${profileIds}::bigint[])
    ORDER BY i.type, i.value
    FOR UPDATE OF i ${wait ? sql`` : sql`SKIP LOCKED`}`.execute(tx.db);
  return rows;
}

/**
 * Makes those of the identities that are new; answers them. One that somebody else made first is left alone, without waiting for who
 * holds it now: a lock on it would be out of order.
 */
export async function claimIdentities(tx: GatedTx, wanted: readonly IdentityRow[]): Promise<IdentityRow[]> {
  const { rows } = await sql<IdentityRow>`
    INSERT INTO ${tx.tables.identity} AS i (type, value, profile_id)
    SELECT n.type, n.value, n.profile_id
    FROM ${listed(wanted)}
    ORDER BY n.type COLLATE "C", n.value COLLATE "C"
    ON CONFLICT (type, value) DO NOTHING
    RETURNING ${columns}`.execute(tx.db);
  return rows;
}

/** Gives identities, which are locked, to other profiles. */
export async function giveIdentities(tx: GatedTx, given: readonly IdentityRow[]): Promise<void> {
  await sql`
    UPDATE ${tx.tables.identity} i SET profile_id = n.profile_id
    FROM ${listed(given)} WHERE i.type = n.type AND i.value = n.value`.execute(tx.db);
}

function listed(rows: readonly IdentityRow[]): RawBuilder<unknown> {
  return sql`
    unnest(${rows.map((one) => one.type)}::text[], ${rows.map((one) => one.value)}::text[],
           ${rows.map((one) => one.profileId)}::bigint[]) AS n (type, value, profile_id)`;
}

/** Gives all identities of the losers of merges to their survivors; both lists go side by side. */
export async function repointIdentities(
  tx: GatedTx,
  losers: readonly number[],
  survivors: readonly number[],
): Promise<void> {
  await sql`
    UPDATE ${tx.tables.identity} i SET profile_id = n.survivor
    FROM unnest(${losers}::bigint[], ${survivors}::bigint[]) AS n (loser, survivor)
    WHERE i.profile_id = n.loser`.execute(tx.db);
}
