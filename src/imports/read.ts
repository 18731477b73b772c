import { LetheError } from '../errors.ts';
import { type FileFormat, type Position, type Row, RowSplitter } from './rows.ts';
import { spoolChunks } from './spool.ts';

/** The rows at hand, and where the next ones begin; `ended` after the last row of the file. */
export interface RowBatch {
  rows: Row[];
  next: Position;
  ended: boolean;
}

/** Reads at most `rowsMax` rows of a spool file from a position on, and about `bytesMax` bytes, so that a batch stays small. */
export async function readRows(
  path: string,
  format: FileFormat,
  start: Position,
  { rowsMax, bytesMax }: { rowsMax: number; bytesMax: number },
): Promise<RowBatch> {
  const splitter = new RowSplitter(format, start);
  const batch: RowBatch = { rows: [], next: start, ended: false };
  const takeRows = (): boolean => {
    for (let row = splitter.next(); row; row = splitter.next()) {
      batch.rows.push(row);
      batch.next = row.next;
      if (batch.rows.length === rowsMax || row.next.byte - start.byte >= bytesMax) return true;
    }
    return false;
  };
  for await (const chunk of spoolChunks(path, start.byte)) {
    splitter.feed(chunk);
    if (takeRows()) return batch;
  }
  splitter.end();
  if (!takeRows()) batch.ended = true;
  return batch;
}

/**
 * The first row of a CSV file, which names its columns, and where the rows after it begin; no columns for NDJSON. A byte order
 * mark is passed over.
 *
 * Throws `import.encoding` for a file that is not UTF-8, `import.empty`, and `import.columns` for a header that cannot be read.
 */
export async function readHeader(path: string, format: FileFormat): Promise<{ columns: string[]; start: Position }> {
  const start = { byte: await markLength(path), line: 1 };
  const first = await readRows(path, format, start, { rowsMax: 1, bytesMax: Number.POSITIVE_INFINITY });
  const header = first.rows[0];
  if (!header)
    throw new LetheError('unacceptable', 'import.empty', 'The file is empty; send one with at least one line.');
  if (format === 'ndjson') return { columns: [], start };
  if (header.problem === 'encoding' || header.problem === 'nul') throw notUtf8();
  if (header.problem) {
    throw new LetheError(
      'unacceptable',
      'import.columns',
      'The first line, which names the columns, cannot be read as CSV (RFC 4180).',
    );
  }
  return { columns: header.cells, start: first.next };
}

async function markLength(path: string): Promise<number> {
  for await (const chunk of spoolChunks(path, 0)) {
    if (chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf) return 3;
    if ((chunk[0] === 0xff && chunk[1] === 0xfe) || (chunk[0] === 0xfe && chunk[1] === 0xff)) throw notUtf8();
    break;
  }
  return 0;
}

function notUtf8(): LetheError {
  return new LetheError(
    'unacceptable',
    'import.encoding',
    'The file is not UTF-8; save it as UTF-8 and send it again.',
  );
}
