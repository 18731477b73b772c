import { parse } from 'csv-parse/browser/esm/sync';

/** A list of people as it is sent: CSV whose header is `name` or `identity:<type>`. */
export interface IdentityList {
  csv: string;
  /** The header that was read or given. */
  column: string;
  /** Whether the list came with a header of its own; if not, the server's line 2 is the reader's line 1. */
  hasOwnHeader: boolean;
  /** What each line says, in order, without lines that say nothing. */
  identities: string[];
}

export type ListProblem = 'empty' | 'columns' | 'twoColumns' | 'csv';

const columnPattern = /^(name|identity:[A-Za-z][A-Za-z0-9_-]{0,39})$/;

/**
 * Reads what somebody pasted or chose. A first line that names its column is kept, with all its other columns; anything else is an
 * identity a line, whatever characters it has, and gets `column` as its header.
 */
export function readIdentityList(text: string, column: string): IdentityList | { problem: ListProblem } {
  if (text.trim() === '') return { problem: 'empty' };
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  const header = cellsOf(lines.find((line) => line !== '') ?? '');
  const named = header.filter((cell) => columnPattern.test(cell));
  const [own] = named;
  if (named.length > 1) return { problem: 'twoColumns' };
  if (own !== undefined) return readCsv(lines, { own, index: header.indexOf(own) });
  if (header.length > 1) return { problem: 'columns' };
  return {
    csv: [column, ...lines.map(cellOf)].join('\n'),
    column,
    hasOwnHeader: false,
    identities: lines.map((line) => line.trim()).filter(Boolean),
  };
}

function readCsv(
  lines: string[],
  { own, index }: { own: string; index: number },
): IdentityList | { problem: ListProblem } {
  const csv = lines.join('\n');
  try {
    const rows: string[][] = parse(csv, { relax_column_count: true, skip_empty_lines: true, from: 2 });
    const identities = rows.map((cells) => cells[index]?.trim() ?? '').filter(Boolean);
    return identities.length === 0 ? { problem: 'empty' } : { csv, column: own, hasOwnHeader: true, identities };
  } catch {
    return { problem: 'csv' };
  }
}

function cellsOf(line: string): string[] {
  try {
    const [cells = [line]]: string[][] = parse(line, { relax_column_count: true });
    return cells.map((cell) => cell.trim());
  } catch {
    // A quotation mark out of place: an identity may have one.
    return [line];
  }
}

/** A cell of CSV (RFC 4180). */
export function cellOf(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
