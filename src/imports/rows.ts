import { isUtf8 } from 'node:buffer';

/**
 * Splits the bytes of a file into rows. CSV: RFC 4180, UTF-8, lines ending in LF, CRLF or a mixture. NDJSON: every line is a row of
 * one cell. A row that cannot be read
 * (quotes out of place, never closed) is one problem at the line where it starts, and reading goes on at the next line of the
 * file, so that one stray quote does not swallow the rows after it. Written by hand because csv-parse, which the tests compare
 * it with, drops the rest of a chunk after a row that is too large and does not say at which line a row begins.
 */
export type FileFormat = 'csv' | 'ndjson';

/** `quote`: quotes out of place or never closed; `tooLarge`: beyond `rowBytesMax`; `encoding`: not UTF-8; `nul`: a NUL character. */
export type RowProblem = 'quote' | 'tooLarge' | 'encoding' | 'nul';

/** Where a row begins: the byte of the file and its line, counted from 1. */
export interface Position {
  byte: number;
  line: number;
}

export interface Row {
  line: number;
  bytes: number;
  /** Where the next row begins. */
  next: Position;
  cells: string[];
  problem?: RowProblem;
}

/** A row without an end after that many bytes is given up. */
export const rowBytesMax = 1_048_576;

export class RowSplitter {
  // One character a byte: positions in the text are positions in the file, and cells are decoded only where they need it.
  #text = '';
  #at = 0;
  #position: Position;
  readonly #format: FileFormat;
  #ended = false;
  /** The line, longer than a row may be, whose end is being looked for. */
  #tooLong: number | undefined;

  constructor(format: FileFormat, start: Position) {
    this.#format = format;
    this.#position = start;
  }

  feed(chunk: Buffer): void {
    this.#text = this.#text.slice(this.#at) + chunk.toString('latin1');
    this.#at = 0;
  }

  /** Says that no more bytes come. */
  end(): void {
    this.#ended = true;
  }

  /** The next row; undefined when more bytes are needed, or after the last one. Empty lines are no rows. */
  next(): Row | undefined {
    while (this.#at < this.#text.length || (this.#ended && this.#tooLong !== undefined)) {
      const newline = this.#text.indexOf('\n', this.#at);
      if (newline === -1 && !this.#ended) {
        this.#waitForLineEnd();
        return undefined;
      }
      const lineEnd = newline === -1 ? this.#text.length : newline + 1;
      if (this.#tooLong !== undefined) return this.#tooLongRow(lineEnd, this.#tooLong);
      const line = withoutLineEnd(this.#text.slice(this.#at, lineEnd));
      if (line === '') this.#advance(lineEnd);
      else if (this.#format === 'ndjson') return this.#row(lineEnd, [line], line);
      else if (!line.includes('"')) return this.#row(lineEnd, line.split(','), line);
      else return this.#quotedRow(lineEnd);
    }
    return undefined;
  }

  /** Keeps no more of a line in memory than a row may have. */
  #waitForLineEnd(): void {
    if (this.#text.length - this.#at <= rowBytesMax) return;
    this.#tooLong = this.#position.line;
    this.#advance(this.#text.length);
  }

  #tooLongRow(lineEnd: number, line: number): Row {
    this.#tooLong = undefined;
    this.#advance(lineEnd);
    return { line, bytes: rowBytesMax, next: this.#position, cells: [], problem: 'tooLarge' };
  }

  #quotedRow(lineEnd: number): Row | undefined {
    const parsed = quotedCells(this.#text, this.#at, this.#ended);
    if (parsed === 'incomplete' && !this.#ended && this.#text.length - this.#at <= rowBytesMax) return undefined;
    if (typeof parsed === 'string') return this.#row(lineEnd, [], '', 'quote');
    return this.#row(parsed.end, parsed.cells, this.#text.slice(this.#at, parsed.end));
  }

  #row(end: number, cells: string[], raw: string, problem?: RowProblem): Row {
    const { line, byte } = this.#position;
    this.#advance(end);
    const row: Row = { line, bytes: this.#position.byte - byte, next: this.#position, cells };
    const wrong = problem ?? (beyondAscii.test(raw) ? decode(cells) : undefined);
    if (wrong) row.problem = wrong;
    return row;
  }

  #advance(end: number): void {
    let { byte, line } = this.#position;
    for (let at = this.#text.indexOf('\n', this.#at); at !== -1 && at < end; at = this.#text.indexOf('\n', at + 1))
      line++;
    byte += end - this.#at;
    this.#position = { byte, line };
    this.#at = end;
  }
}

function withoutLineEnd(line: string): string {
  if (line.endsWith('\r\n')) return line.slice(0, -2);
  return line.endsWith('\n') || line.endsWith('\r') ? line.slice(0, -1) : line;
}

/** The cells of a row with quotes in it, and where the row ends; `incomplete` when the text is over before it. */
function quotedCells(
  text: string,
  start: number,
  ended: boolean,
): { cells: string[]; end: number } | 'incomplete' | 'bad' {
  const cells: string[] = [];
  for (let at = start; ; at++) {
    if (text[at] === '"') {
      const close = closingQuote(text, at + 1);
      if (close === -1 || (close + 1 === text.length && !ended)) return 'incomplete';
      cells.push(text.slice(at + 1, close).replaceAll('""', '"'));
      at = close + 1;
    } else {
      unquoted.lastIndex = at;
      const cell = unquoted.exec(text)?.[0] ?? '';
      cells.push(cell);
      at += cell.length;
    }
    if (text[at] === ',') continue;
    if (text[at] === '\r' && at + 1 === text.length && !ended) return 'incomplete';
    if (text[at] === '\r' && (at + 1 === text.length || text[at + 1] === '\n')) at++;
    if (at >= text.length) return ended ? { cells, end: text.length } : 'incomplete';
    return text[at] === '\n' ? { cells, end: at + 1 } : 'bad';
  }
}

const unquoted = /(?:[^",\r\n]|\r(?!\n|$))*/y;

function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 2)) if (text[at + 1] !== '"') return at;
  return -1;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: a NUL byte is what this looks for.
const beyondAscii = /[\x00\x80-\xff]/;

/** Turns cells of bytes into text, in place. */
function decode(cells: string[]): RowProblem | undefined {
  for (const [index, cell] of cells.entries()) {
    if (cell.includes('\0')) return 'nul';
    if (!beyondAscii.test(cell)) continue;
    const bytes = Buffer.from(cell, 'latin1');
    if (!isUtf8(bytes)) return 'encoding';
    cells[index] = bytes.toString('utf8');
  }
  return undefined;
}
