import type { Readable } from 'node:stream';
import { LetheError } from '../errors.ts';
import { identityTypePattern } from '../identities/identity.ts';
import { type Row, RowSplitter } from '../imports/rows.ts';
import type { LookUpType } from '../profiles/look-up.ts';

/** Most users that one list names, and its largest size in bytes. */
export const namesMax = 1_000_000;
export const listBytesMax = 67_108_864;

export interface NameList {
  /** The type of identity that all of them are; undefined for `name`, which is any. */
  type: LookUpType;
  names: { line: number; text: string }[];
}

/**
 * Reads a CSV list of users: the header is `name` or `identity:<type>`, further columns are left aside. All of it is read and
 * found good before anybody is deleted; memory holds the names and nothing else.
 *
 * Throws `privacy.header`, `privacy.row` (with the line) and `privacy.too_many`.
 */
export async function readNameList(file: Readable): Promise<NameList> {
  const list: NameList & { column?: number } = { type: undefined, names: [] };
  const splitter = new RowSplitter('csv', { byte: 0, line: 1 });
  const takeRows = () => {
    for (let row = splitter.next(); row; row = splitter.next()) takeRow(list, row);
  };
  for await (const chunk of file) {
    splitter.feed(chunk as Buffer);
    takeRows();
  }
  splitter.end();
  takeRows();
  if (list.column === undefined) throw wrongHeader();
  return { type: list.type, names: list.names };
}

function takeRow(list: NameList & { column?: number }, row: Row): void {
  if (row.problem) {
    const detail = `Line ${row.line} cannot be read as CSV in UTF-8. Nobody was deleted.`;
    throw new LetheError('unacceptable', 'privacy.row', detail, { members: { line: row.line } });
  }
  if (list.column === undefined) {
    Object.assign(list, readHeader(row.cells));
    return;
  }
  const text = row.cells[list.column]?.trim() ?? '';
  if (text === '') return;
  if (list.names.length === namesMax) {
    const detail = `The list names more than ${namesMax} users. Nobody was deleted; send it in parts.`;
    throw new LetheError('tooLarge', 'privacy.too_many', detail);
  }
  list.names.push({ line: row.line, text });
}

function readHeader(cells: readonly string[]): { column: number; type: LookUpType } {
  const names = cells.map((cell, index) => (index === 0 ? cell.replace(/^\uFEFF/, '') : cell).trim());
  const columns = names.flatMap((name, column) => {
    if (name === 'name') return { column, type: undefined };
    const type = name.startsWith('identity:') ? name.slice('identity:'.length) : '';
    return identityTypePattern.test(type) ? { column, type } : [];
  });
  const [only, another] = columns;
  if (!only || another) throw wrongHeader();
  return only;
}

function wrongHeader(): LetheError {
  const detail = 'The first line has exactly one column called "name" or "identity:<type>". Nobody was deleted.';
  return new LetheError('unacceptable', 'privacy.header', detail);
}
