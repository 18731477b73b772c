import { sql } from 'kysely';
import type { DatasetDb } from '../database/handle.ts';
import type { ImportError, ImportRow, KeptMapping } from './import.ts';

const columns = sql`
  no, id, kind, format, mapping, state, rows, next_line AS "nextLine", next_byte AS "nextByte", accepted, rejected, bytes,
  ignored_columns AS "ignoredColumns", failure, requested_by AS "requestedBy", created_at AS "createdAt",
  received_at AS "receivedAt", completed_at AS "completedAt"`;

export async function insertImport(
  ds: DatasetDb,
  row: Pick<ImportRow, 'id' | 'kind' | 'format' | 'requestedBy' | 'createdAt'>,
): Promise<void> {
  await sql`
    INSERT INTO ${ds.tables.import} (id, kind, format, mapping, state, requested_by, created_at)
    VALUES (${row.id}, ${row.kind}, ${row.format}, '{}', 'receiving', ${JSON.stringify(row.requestedBy)}::jsonb, ${row.createdAt})`.execute(
    ds.db,
  );
}

export interface ReceivedFile {
  mapping: KeptMapping;
  ignoredColumns: readonly string[];
  bytes: number;
  nextLine: number;
  nextByte: number;
  receivedAt: Date;
}

/** The whole file is here: the import runs from now on. */
export async function markReceived(ds: DatasetDb, id: string, file: ReceivedFile): Promise<ImportRow> {
  const { rows } = await sql<ImportRow>`
    UPDATE ${ds.tables.import}
    SET state = 'running', mapping = ${JSON.stringify(file.mapping)}::jsonb,
        ignored_columns = ${JSON.stringify(file.ignoredColumns)}::jsonb, bytes = ${file.bytes},
        next_line = ${file.nextLine}, next_byte = ${file.nextByte}, received_at = ${file.receivedAt}
    WHERE id = ${id}
    RETURNING ${columns}`.execute(ds.db);
  return rows[0] as ImportRow;
}

/** Takes back an import whose file did not come, or was refused. */
export async function deleteReceiving(ds: DatasetDb, id: string): Promise<void> {
  await sql`DELETE FROM ${ds.tables.import} WHERE id = ${id} AND state = 'receiving'`.execute(ds.db);
}

export async function findImport(ds: DatasetDb, id: string): Promise<ImportRow | undefined> {
  const { rows } = await sql<ImportRow>`SELECT ${columns} FROM ${ds.tables.import} WHERE id = ${id}`.execute(ds.db);
  return rows[0];
}

/** Newest first, before number `before` where given. */
export async function listImports(
  ds: DatasetDb,
  { limit, before }: { limit: number; before: number | undefined },
): Promise<ImportRow[]> {
  const { rows } = await sql<ImportRow>`
    SELECT ${columns} FROM ${ds.tables.import}
    WHERE ${before ?? null}::int IS NULL OR no < ${before ?? null}
    ORDER BY no DESC LIMIT ${limit}`.execute(ds.db);
  return rows;
}

/** The imports that are running, among these where given. */
export async function findRunningImports(ds: DatasetDb, ids: readonly string[] | undefined): Promise<ImportRow[]> {
  const { rows } = await sql<ImportRow>`
    SELECT ${columns} FROM ${ds.tables.import}
    WHERE state = 'running' AND (${ids ?? null}::text[] IS NULL OR id = ANY(${ids ?? null}::text[]))
    ORDER BY no`.execute(ds.db);
  return rows;
}

/** Takes a running import for one step; undefined when another server has it, or it has ended. */
export async function lockRunningImport(tx: DatasetDb, no: number): Promise<{ rows: number } | undefined> {
  const { rows } = await sql<{ rows: number }>`
    SELECT rows FROM ${tx.tables.import} WHERE no = ${no} AND state = 'running' FOR UPDATE SKIP LOCKED`.execute(tx.db);
  return rows[0];
}

export interface Progress {
  accepted: number;
  rejected: number;
  nextLine: number;
  nextByte: number;
}

/** Moves the cursor, in the transaction that wrote the rows before it. */
export async function moveCursor(
  tx: DatasetDb,
  no: number,
  { accepted, rejected, nextLine, nextByte }: Progress,
): Promise<void> {
  await sql`
    UPDATE ${tx.tables.import}
    SET rows = rows + ${accepted + rejected}::bigint, accepted = accepted + ${accepted}::bigint,
        rejected = rejected + ${rejected}::bigint, next_line = ${nextLine}, next_byte = ${nextByte}
    WHERE no = ${no}`.execute(tx.db);
}

export async function insertImportErrors(tx: DatasetDb, no: number, errors: readonly ImportError[]): Promise<void> {
  if (errors.length === 0) return;
  await sql`
    INSERT INTO ${tx.tables.import_error} (import_no, line, code, detail)
    SELECT ${no}::int, line, code, detail
    FROM unnest(${errors.map((error) => error.line)}::bigint[], ${errors.map((error) => error.code)}::text[],
                ${errors.map((error) => error.detail)}::text[]) AS e (line, code, detail)`.execute(tx.db);
}

/** Ends a running import; undefined when it has ended already. */
export async function endImport(
  ds: DatasetDb,
  no: number,
  { failure, now }: { failure: ImportRow['failure']; now: Date },
): Promise<ImportRow | undefined> {
  const { rows } = await sql<ImportRow>`
    UPDATE ${ds.tables.import}
    SET state = ${failure ? 'failed' : 'completed'}, failure = ${failure && JSON.stringify(failure)}::jsonb, completed_at = ${now}
    WHERE no = ${no} AND state = 'running'
    RETURNING ${columns}`.execute(ds.db);
  return rows[0];
}

/** Errors by line, after line `after`. A row has one error at most, and a line one row. */
export async function listImportErrors(
  ds: DatasetDb,
  no: number,
  { limit, after = 0 }: { limit: number; after?: number },
): Promise<ImportError[]> {
  const { rows } = await sql<ImportError>`
    SELECT line, code, detail FROM ${ds.tables.import_error}
    WHERE import_no = ${no} AND line > ${after} ORDER BY line LIMIT ${limit}`.execute(ds.db);
  return rows;
}

/** The error reports of imports that ended before that moment go. */
export async function deleteImportErrors(ds: DatasetDb, endedBefore: Date): Promise<void> {
  await sql`
    DELETE FROM ${ds.tables.import_error} e USING ${ds.tables.import} i
    WHERE e.import_no = i.no AND i.completed_at < ${endedBefore}`.execute(ds.db);
}
