import { sql } from 'kysely';
import { type Dataset, type DatasetDb, schemaOf } from '../database/handle.ts';
import type { Db } from '../database/postgres.ts';

const columns = sql`
  no, id, name, type, partitions, event_api AS "eventApi", quiet_hours AS "quietHours", created_at AS "createdAt"`;

export async function findDataset(db: Db, id: string): Promise<Dataset | undefined> {
  const { rows } = await sql<Dataset>`SELECT ${columns} FROM lethe.dataset WHERE id = ${id}`.execute(db);
  return rows[0];
}

export async function listDatasets(db: Db): Promise<Dataset[]> {
  const { rows } = await sql<Dataset>`SELECT ${columns} FROM lethe.dataset ORDER BY id`.execute(db);
  return rows;
}

export async function countDatasets(db: Db): Promise<number> {
  const { rows } = await sql<{ count: number }>`SELECT count(*) FROM lethe.dataset`.execute(db);
  return rows[0]?.count ?? 0;
}

export async function insertDataset(
  db: Db,
  { id, name, type, partitions, createdAt }: Omit<Dataset, 'no' | 'eventApi' | 'quietHours'>,
): Promise<Dataset> {
  const { rows } = await sql<Dataset>`
    INSERT INTO lethe.dataset (id, name, type, partitions, created_at)
    VALUES (${id}, ${name}, ${type}, ${partitions}, ${createdAt})
    RETURNING ${columns}`.execute(db);
  return rows[0] as Dataset;
}

/** Keeps others from changing the row until the end of the transaction; undefined when it is gone. */
export async function lockDataset(tx: Db, no: number): Promise<Dataset | undefined> {
  const { rows } = await sql<Dataset>`SELECT ${columns} FROM lethe.dataset WHERE no = ${no} FOR NO KEY UPDATE`.execute(
    tx,
  );
  return rows[0];
}

export async function updateDataset(
  tx: Db,
  no: number,
  { eventApi, quietHours }: Pick<Dataset, 'eventApi' | 'quietHours'>,
): Promise<Dataset> {
  const { rows } = await sql<Dataset>`
    UPDATE lethe.dataset SET event_api = ${eventApi}, quiet_hours = ${quietHours && JSON.stringify(quietHours)}::jsonb
    WHERE no = ${no} RETURNING ${columns}`.execute(tx);
  return rows[0] as Dataset;
}

/** The bulk deletion that is running in a dataset. */
export async function findRunningDeletion(ds: DatasetDb): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM ${ds.tables.deletion} WHERE completed_at IS NULL`.execute(ds.db);
  return rows[0]?.id;
}

/** The row with everything that hangs from it: roles, write keys. */
export async function deleteDatasetRow(db: Db, dataset: Dataset): Promise<boolean> {
  const { rows } = await sql`DELETE FROM lethe.dataset WHERE no = ${dataset.no} RETURNING no`.execute(db);
  return rows.length === 1;
}

export async function dropSchema(db: Db, dataset: Dataset): Promise<void> {
  await sql`DROP SCHEMA ${sql.id(schemaOf(dataset))} CASCADE`.execute(db);
}

/** Keeps other creations of datasets waiting, on any server, until this connection unlocks or ends. */
export async function lockCreation(connection: Db): Promise<void> {
  await sql`SELECT pg_advisory_lock(hashtext('lethe.dataset'))`.execute(connection);
}

export async function unlockCreation(connection: Db): Promise<void> {
  await sql`SELECT pg_advisory_unlock(hashtext('lethe.dataset'))`.execute(connection);
}
