import type { Readable } from 'node:stream';
import { LetheError } from '../errors.ts';
import { identityTypePattern } from '../identities/identity.ts';
import { type Row, RowSplitter } from '../imports/rows.ts';
import type { LookUpType } from '../profiles/look-up.ts';

/** Largest size of a list, in bytes. */
export const listBytesMax = 67_108_864;

export interface NameList {
  /** The type of identity that all of them are; undefined for `name`, which is any. */
  type: LookUpType;
  names: { line: number; text: string }[];
}

/** What a list is for: how many users it may name, and what a refusal says has not happened. */
export interface ListPurpose {
  namesMax: number;
  untouched: string;
}

/**
 * Reads a CSV list of users: the header is `name` or `identity:<type>`, further columns are left aside. All of it is read and
 * found good before anything is done; memory holds the names and nothing else.
 *
 * Throws `privacy.header`, `privacy.row` (with the line) and `privacy.too_many`.
 */
export async function readNameList(file: Readable, purpose: ListPurpose): Promise<NameList> {
  const list: NameList & { column?: number } = { type: undefined, names: [] };
  const splitter = new RowSplitter('csv', { byte: 0, line: 1 });
  const takeRows = () => {
    for (let row = splitter.next(); row; row = splitter.next()) takeRow(list, row, purpose);
  };
  for await (const chunk of file) {
    splitter.feed(chunk as Buffer);
    takeRows();
  }
  splitter.end();
  takeRows();
  if (list.column === undefined) throw wrongHeader(purpose);
  return { type: list.type, names: list.names };
}

function takeRow(list: NameList & { column?: number }, row: Row, purpose: ListPurpose): void {
  const { namesMax, untouched } = purpose;
  if (row.problem) {
    const detail = `Line ${row.line} cannot be read as CSV in UTF-8. ${untouched}`;
    throw new LetheError('unacceptable', 'privacy.row', detail, { members: { line: row.line } });
  }
  if (list.column === undefined) {
    Object.assign(list, readHeader(row.cells, purpose));
    return;
  }
  const text = row.cells[list.column]?.trim() ?? '';
  if (text === '') return;
  if (list.names.length === namesMax) {
    const detail = `The list names more than ${namesMax} users; send it in parts. ${untouched}`;
    throw new LetheError('tooLarge', 'privacy.too_many', detail);
  }
  list.names.push({ line: row.line, text });
}

function readHeader(cells: readonly string[], purpose: ListPurpose): { column: number; type: LookUpType } {
  const names = cells.map((cell, index) => (index === 0 ? cell.replace(/^\uFEFF/, '') : cell).trim());
  const columns = names.flatMap((name, column) => {
    if (name === 'name') return { column, type: undefined };
    const type = name.startsWith('identity:') ? name.slice('identity:'.length) : '';
    return identityTypePattern.test(type) ? { column, type } : [];
  });
  const [only, another] = columns;
  if (!only || another) throw wrongHeader(purpose);
  return only;
}

function wrongHeader({ untouched }: ListPurpose): LetheError {
  const detail = `The first line has exactly one column called "name" or "identity:<type>". ${untouched}`;
  return new LetheError('unacceptable', 'privacy.header', detail);
}
