import { sql } from 'kysely';
import type { Dataset } from '../database/handle.ts';
import type { Db } from '../database/postgres.ts';

/** Names a dataset to the programs that send events into it. */
export interface WriteKey {
  no: number;
  key: string;
  name: string;
  createdAt: Date;
  lastUsedAt: Date | null;
}

const columns = sql`no, key, name, created_at AS "createdAt", last_used_at AS "lastUsedAt"`;

/** Write keys of a dataset in order of their making, after number `after` where given. */
export async function listWriteKeys(
  db: Db,
  dataset: Dataset,
  { limit, after }: { limit: number; after?: number | undefined },
): Promise<WriteKey[]> {
  const { rows } = await sql<WriteKey>`
    SELECT ${columns} FROM lethe.write_key
    WHERE dataset_no = ${dataset.no} AND no > ${after ?? 0} ORDER BY no LIMIT ${limit}`.execute(db);
  return rows;
}

/** Undefined when the key is taken, in whatever dataset. */
export async function insertWriteKey(
  db: Db,
  dataset: Dataset,
  { key, name, now }: { key: string; name: string; now: Date },
): Promise<WriteKey | undefined> {
  const { rows } = await sql<WriteKey>`
    INSERT INTO lethe.write_key (key, dataset_no, name, created_at) VALUES (${key}, ${dataset.no}, ${name}, ${now})
    ON CONFLICT (key) DO NOTHING
    RETURNING ${columns}`.execute(db);
  return rows[0];
}

export async function deleteWriteKeyRow(db: Db, dataset: Dataset, key: string): Promise<WriteKey | undefined> {
  const { rows } = await sql<WriteKey>`
    DELETE FROM lethe.write_key WHERE key = ${key} AND dataset_no = ${dataset.no} RETURNING ${columns}`.execute(db);
  return rows[0];
}

/** What a write key of some installation opens: the dataset that its events go to. */
export interface OpenedDataset {
  keyNo: number;
  keyName: string;
  dataset: Dataset;
}

export async function findDatasetOfWriteKey(db: Db, key: string): Promise<OpenedDataset | undefined> {
  const { rows } = await sql<Dataset & { keyNo: number; keyName: string }>`
    SELECT k.no AS "keyNo", k.name AS "keyName", d.no, d.id, d.name, d.type, d.partitions,
           d.event_api AS "eventApi", d.quiet_hours AS "quietHours", d.created_at AS "createdAt"
    FROM lethe.write_key k JOIN lethe.dataset d ON d.no = k.dataset_no
    WHERE k.key = ${key}`.execute(db);
  const [row] = rows;
  if (!row) return undefined;
  const { keyNo, keyName, ...dataset } = row;
  return { keyNo, keyName, dataset };
}

export async function noteUseOfWriteKey(db: Db, no: number, now: Date): Promise<void> {
  await sql`UPDATE lethe.write_key SET last_used_at = greatest(last_used_at, ${now}) WHERE no = ${no}`.execute(db);
}
