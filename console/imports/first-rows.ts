import { parse } from 'csv-parse/browser/esm/sync';
import { FileProblem, type FileStart } from './file-start.ts';

/** Rows that are shown of a file. */
const rowsShown = 8;

/** The first rows of a file. `header` is empty for NDJSON, whose rows have one cell: the line. */
export interface FirstRows {
  header: string[];
  rows: string[][];
}

/** A file that was chosen, with what is in its beginning. */
export interface ChosenFile {
  file: File;
  start: FileStart;
  first: FirstRows;
}

/** Throws FileProblem: `header` for a first line that names no columns, `separator` for one of another separator than the comma. */
export function readFirstRows({ format, text = '', whole }: FileStart): FirstRows {
  if (format === 'ndjson') {
    const lines = completeLines(text, whole).split(/\r?\n/);
    return {
      header: [],
      rows: lines
        .filter(Boolean)
        .slice(0, rowsShown)
        .map((line) => [line]),
    };
  }
  const [header, ...rows] = readCsv(completeLines(text, whole));
  if (!header) throw new FileProblem('header');
  const [only = ''] = header;
  if (header.length === 1 && /[;\t|]/.test(only)) throw new FileProblem('separator');
  return { header, rows };
}

/** Without the line that is cut off where the beginning of the file ends. */
function completeLines(text: string, whole: boolean): string {
  const end = text.lastIndexOf('\n');
  return whole || end === -1 ? text : text.slice(0, end + 1);
}

/** Header and first rows. Rows that cannot be read are passed over: the import reports them, each with its line. */
function readCsv(text: string): string[][] {
  const read: string[][] = [];
  const take = (row: string[]) => {
    read.push(row);
    return row;
  };
  try {
    parse(text, {
      on_record: take,
      to: rowsShown + 1,
      record_delimiter: ['\n', '\r\n'],
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
    });
  } catch {
    // Quotes that do not close in this part of the file: what came before them has been read.
  }
  return read;
}
