import { systemActor } from '../access/system-actor.ts';
import { recordAudit } from '../audit/record.ts';
import { exclusiveLockTimeoutMsMin, type GatedTx, withSharedGate } from '../database/gate.ts';
import { type Dataset, on } from '../database/handle.ts';
import { type Db, sqlState } from '../database/postgres.ts';
import { LetheError } from '../errors.ts';
import type { Message, Origin } from '../events/message.ts';
import { type WriteContext, writeMessagesIn } from '../events/write.ts';
import type { StepSize } from '../jobs/step-size.ts';
import { gatherStatistics } from '../profiles/statistics-sql.ts';
import type { ImportError, ImportRow } from './import.ts';
import { endImport, insertImportErrors, lockRunningImport, moveCursor } from './import-sql.ts';
import { planColumns } from './plan.ts';
import { type RowBatch, readRows } from './read.ts';
import { messageOfCsvRow, messageOfNdjsonRow } from './row-message.ts';
import type { Row } from './rows.ts';

export interface ImportContext extends WriteContext {
  /** The spool file. */
  path: string;
  eventBytesMax: number;
  /** Rows of a step: its transaction is to be a matter of some 50 ms, whatever the rows and the segments cost. */
  size: StepSize;
}

/** A start of a bulk deletion beside it need not ask for the gate again: steps aim at four fifths of what it waits at first. */
export const importStepLimits = { first: 500, min: 50, max: 2_000, msMax: exclusiveLockTimeoutMsMin };
/** Most bytes of the file that one step takes. */
const stepBytesMax = 1_048_576;
/** From so many new rows on, the statistics of the tables are gathered anew. */
const analyzeRows = 10_000;
/** A small import changes no plan. */
const analyzeRowsMin = 1_000;

/**
 * Takes the next rows of an import: reads them, then writes them and moves the import's cursor in one transaction, so that an
 * import that was interrupted goes on at the row where it was and doubles none.
 *
 * `elsewhere`: another server is at it, or it has ended.
 */
export async function advanceImport(
  dataset: Dataset,
  db: Db,
  row: ImportRow,
  context: ImportContext,
): Promise<'more' | 'elsewhere' | 'finished'> {
  const batch = await takeRows(dataset, db, row, context, context.size.current);
  if (batch === 'elsewhere') return 'elsewhere';
  const before = row.rows;
  const now = before + batch.rows.length;
  const ended = batch.ended;
  if ((before < analyzeRows && now >= analyzeRows) || (ended && now >= analyzeRowsMin))
    await gatherStatistics(on(dataset, db));
  if (!ended) return 'more';
  await finishImport(dataset, db, row, null, context.now);
  return 'finished';
}

/**
 * Writes at most `rowsMax` rows. A row with a value that the database refuses must not stop the others: it is found by halving,
 * and rejected.
 */
async function takeRows(
  dataset: Dataset,
  db: Db,
  row: ImportRow,
  context: ImportContext,
  rowsMax: number,
): Promise<RowBatch | 'elsewhere'> {
  const start = { byte: row.nextByte, line: row.nextLine };
  const batch = await readRows(context.path, row.format, start, { rowsMax, bytesMax: stepBytesMax });
  if (batch.rows.length === 0) return batch;
  const write = (reading: Reading) =>
    withSharedGate(dataset, db, (tx) => writeReading(tx, row, batch, reading, context));
  try {
    const reading = readMessages(row, batch.rows, context);
    const began = performance.now();
    if (!(await write(reading))) return 'elsewhere';
    context.size.learn(batch.rows.length, performance.now() - began);
    return batch;
  } catch (error) {
    if (!isAboutAValue(error)) throw error;
    const [first, second] = batch.rows;
    if (second) return takeRows(dataset, db, row, context, Math.ceil(batch.rows.length / 2));
    const refusal = {
      line: first?.line ?? start.line,
      code: 'row.refused',
      detail: 'The database refuses a value of the row.',
    };
    return (await write({ messages: [], errors: [refusal] })) ? batch : 'elsewhere';
  }
}

/** SQLSTATE classes 22 (data exception) and 54 (limit exceeded). */
function isAboutAValue(error: unknown): boolean {
  return /^(22|54)/.test(sqlState(error) ?? '');
}

/** What the rows of a batch are, before anything is written. */
interface Reading {
  messages: { line: number; message: Message }[];
  errors: ImportError[];
}

function readMessages(
  { kind, format, mapping, receivedAt, createdAt }: ImportRow,
  rows: readonly Row[],
  context: ImportContext,
): Reading {
  const plan = format === 'csv' ? planColumns(kind, mapping.header, mapping) : undefined;
  const rowContext = { receivedAt: receivedAt ?? createdAt, bytesMax: context.eventBytesMax };
  const reading: Reading = { messages: [], errors: [] };
  for (const row of rows) {
    try {
      const message = plan ? messageOfCsvRow(row, kind, plan, rowContext) : messageOfNdjsonRow(row, kind, rowContext);
      reading.messages.push({ line: row.line, message });
    } catch (error) {
      if (!(error instanceof LetheError)) throw error;
      reading.errors.push({ line: row.line, code: error.code, detail: error.message });
    }
  }
  return reading;
}

/** Writes what was read and moves the cursor; false when the import is not where `row` says it is. */
async function writeReading(
  tx: GatedTx,
  row: ImportRow,
  batch: RowBatch,
  { messages, errors }: Reading,
  context: ImportContext,
): Promise<boolean> {
  const held = await lockRunningImport(tx, row.no);
  if (held?.rows !== row.rows) return false;
  const origin: Origin = {
    trusted: true,
    from: 'import',
    importNo: row.no,
    receivedAt: row.receivedAt ?? row.createdAt,
  };
  const results = await writeMessagesIn(
    tx,
    messages.map(({ message }) => ({ message, origin })),
    context,
  );
  const refused = messages.flatMap(({ line }, index) => {
    const result = results[index];
    return result && !result.accepted ? [{ line, code: result.code, detail: result.detail }] : [];
  });
  const rejected = [...errors, ...refused];
  await insertImportErrors(tx, row.no, rejected);
  const accepted = batch.rows.length - rejected.length;
  await moveCursor(tx, row.no, {
    accepted,
    rejected: rejected.length,
    nextLine: batch.next.line,
    nextByte: batch.next.byte,
  });
  return true;
}

/** Ends an import and says so in the audit. */
export async function finishImport(
  dataset: Dataset,
  db: Db,
  { no }: ImportRow,
  failure: ImportRow['failure'],
  now: Date,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const ended = await endImport(on(dataset, tx), no, { failure, now });
    if (!ended) return;
    const { id, rows, accepted, rejected } = ended;
    await recordAudit(tx, {
      actor: systemActor,
      action: failure ? 'import.failed' : 'import.completed',
      dataset,
      object: { kind: 'import', id },
      after: { rows, accepted, rejected, ...(failure ? { failure } : {}) },
      at: now,
    });
  });
}
