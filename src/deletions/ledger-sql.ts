import { sql } from 'kysely';
import type { DatasetDb } from '../database/handle.ts';
import type { Db } from '../database/postgres.ts';
import { erasureHash, erasureHashOfTwoRounds } from '../identities/erasure-sql.ts';

/** One entry of the ledger: identities whose users were deleted in one transaction. */
export interface LedgerEntry {
  no: number;
  id: string;
  at: Date;
  deletionId: string | null;
  identities: number;
  /** 16 bytes an identity. */
  hashes: Buffer;
}

/** What tells entries apart. Numbers alone do not: a fail-over that lost the last commits gives theirs again. */
export type LedgerKey = Pick<LedgerEntry, 'no' | 'id'>;

/** How large an entry is, without its hashes. */
export type LedgerEntryInShort = LedgerKey & Pick<LedgerEntry, 'identities'>;

/** Entries after a number, in order; a smaller one may be committed later. */
export async function listInShort(ds: DatasetDb, afterNo: number, limit: number): Promise<LedgerEntryInShort[]> {
  const { rows } = await sql<LedgerEntryInShort>`
    SELECT no, id, identities FROM ${ds.tables.erasure} WHERE no > ${afterNo} ORDER BY no LIMIT ${limit}`.execute(
    ds.db,
  );
  return rows;
}

/** Those of the entries that the database has. */
export async function keysOf(ds: DatasetDb, ids: readonly string[]): Promise<LedgerKey[]> {
  const { rows } = await sql<LedgerKey>`
    SELECT no, id FROM ${ds.tables.erasure} WHERE id = ANY(${ids}::uuid[])`.execute(ds.db);
  return rows;
}

export async function findEntries(ds: DatasetDb, numbers: readonly number[]): Promise<LedgerEntry[]> {
  const { rows } = await sql<LedgerEntry>`
    SELECT no, id, at, deletion_id AS "deletionId", identities, hashes
    FROM ${ds.tables.erasure} WHERE no = ANY(${numbers}::bigint[]) ORDER BY no`.execute(ds.db);
  return rows;
}

/** The part of the ledger that a bulk deletion has written. */
export async function ledgerOf(
  ds: DatasetDb,
  deletionId: string,
): Promise<{ entries: number; identities: number; firstNo: number | null; lastNo: number | null }> {
  const { rows } = await sql<{ entries: number; identities: number; firstNo: number | null; lastNo: number | null }>`
    SELECT count(*) AS entries, coalesce(sum(identities), 0)::bigint AS identities, min(no) AS "firstNo", max(no) AS "lastNo"
    FROM ${ds.tables.erasure} WHERE deletion_id = ${deletionId}`.execute(ds.db);
  return rows[0] as { entries: number; identities: number; firstNo: number | null; lastNo: number | null };
}

/** Those of the entries that the database does not have: they were written after the backup that it was restored from. */
export async function missingEntries(ds: DatasetDb, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    SELECT n.id FROM unnest(${ids}::uuid[]) AS n (id)
    WHERE NOT EXISTS (SELECT FROM ${ds.tables.erasure} e WHERE e.id = n.id)`.execute(ds.db);
  return new Set(rows.map((row) => row.id));
}

/** A list of hashes of one connection, filled by `addHashes` and looked up by `profilesNamedByList`. */
export async function createHashList(connection: Db): Promise<void> {
  await sql`CREATE TEMPORARY TABLE erased (hash bytea PRIMARY KEY)`.execute(connection);
}

export async function dropHashList(connection: Db): Promise<void> {
  await sql`DROP TABLE pg_temp.erased`.execute(connection);
}

export async function addHashes(connection: Db, hashes: readonly Buffer[]): Promise<void> {
  await sql`
    INSERT INTO pg_temp.erased SELECT hash FROM unnest(${hashes}::bytea[]) AS n (hash) ON CONFLICT DO NOTHING`.execute(
    connection,
  );
}

/** The profiles that have one of the identities on the list, in order. One pass over all identities of the dataset. */
export async function profilesNamedByList(ds: DatasetDb): Promise<number[]> {
  await sql`ANALYZE pg_temp.erased`.execute(ds.db);
  const { rows } = await sql<{ id: number }>`
    SELECT DISTINCT i.profile_id AS id
    FROM ${ds.tables.identity} i
    CROSS JOIN LATERAL (VALUES (${erasureHash(sql`i.type`, sql`i.value`)}), (${erasureHashOfTwoRounds(sql`i.type`, sql`i.value`)})) AS h (hash)
    JOIN pg_temp.erased e ON e.hash = h.hash
    ORDER BY id`.execute(ds.db);
  return rows.map((row) => row.id);
}

/** Enters what was done again, under the entries' own ids, so that it is not done a third time. */
export async function insertEntries(ds: DatasetDb, entries: readonly Omit<LedgerEntry, 'no'>[]): Promise<void> {
  const list = <K extends keyof Omit<LedgerEntry, 'no'>>(key: K) => entries.map((entry) => entry[key]);
  await sql`
    INSERT INTO ${ds.tables.erasure} (id, at, deletion_id, identities, hashes)
    SELECT * FROM unnest(${list('id')}::uuid[], ${list('at')}::timestamptz[], ${list('deletionId')}::text[],
                         ${list('identities')}::integer[], ${list('hashes')}::bytea[])
    ON CONFLICT (id) DO NOTHING`.execute(ds.db);
}
