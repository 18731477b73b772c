import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FileFormat, type Position, type Row, RowSplitter, rowBytesMax } from './rows.ts';

const beginning: Position = { byte: 0, line: 1 };

/** Splits bytes that arrive in chunks of a size. */
function split(bytes: Buffer | string, { chunk = 7, start = beginning, format = 'csv' as FileFormat } = {}): Row[] {
  const all = Buffer.from(bytes as string);
  const splitter = new RowSplitter(format, start);
  const rows: Row[] = [];
  const take = () => {
    for (let row = splitter.next(); row; row = splitter.next()) rows.push(row);
  };
  for (let at = start.byte; at < all.length; at += chunk) {
    splitter.feed(all.subarray(at, at + chunk));
    take();
  }
  splitter.end();
  take();
  return rows;
}

const cellsOf = (rows: Row[]) => rows.map(({ cells }) => cells);

describe('the rows of a CSV file', () => {
  test.each([
    ['LF', 'a,b\n1,2\n'],
    ['CRLF', 'a,b\r\n1,2\r\n'],
    ['a mixture', 'a,b\n1,2\r\n'],
    ['no line end after the last row', 'a,b\r\n1,2'],
    ['a carriage return alone at the end', 'a,b\n1,2\r'],
    ['empty lines in between', 'a,b\n\n\r\n1,2\n\n'],
  ])('end in %s', (_, text) => {
    expect(cellsOf(split(text))).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ]);
  });

  test('hold quoted commas, quotes, line breaks and text beyond ASCII', () => {
    const text = '"a,b","say ""hi""","two\r\nlines",Zoë,"日本\n"\nx,,"",y,z\n';
    expect(cellsOf(split(text))).toEqual([
      ['a,b', 'say "hi"', 'two\r\nlines', 'Zoë', '日本\n'],
      ['x', '', '', 'y', 'z'],
    ]);
  });

  test('carry the line of the file at which they begin, line breaks in cells counted', () => {
    const rows = split('h\n\n"one\ntwo\r\nthree"\nlast\n');
    expect(rows.map(({ line, next }) => [line, next.line])).toEqual([
      [1, 2],
      [3, 6],
      [6, 7],
    ]);
  });

  test.each([
    ['text after a quoted cell', 'x\n"a"b,c\nnext\n'],
    ['a quote within an unquoted cell', 'x\n5" pipe,c\nnext\n'],
    ['a quote that is never closed', 'x\n"a,c\nnext\n'],
  ])('that cannot be read for %s are one problem, and the next line is read', (_, text) => {
    expect(split(text)).toMatchObject([
      { line: 1, cells: ['x'] },
      { line: 2, problem: 'quote' },
      { line: 3, cells: ['next'] },
    ]);
  });

  test('with bytes that are not UTF-8, or NUL characters, are problems by themselves', () => {
    const bytes = Buffer.concat([
      Buffer.from('ok\n'),
      Buffer.from([0xff, 0x0a]),
      Buffer.from('a\0b\n"é\xc3'),
      Buffer.from('"\nok\n'),
    ]);
    expect(split(bytes)).toMatchObject([
      { cells: ['ok'] },
      { line: 2, problem: 'encoding' },
      { line: 3, problem: 'nul' },
      { cells: ['éÃ'] },
      { cells: ['ok'] },
    ]);
    expect(split(Buffer.from([0x22, 0xc3, 0x22, 0x0a]))).toMatchObject([{ problem: 'encoding' }]);
  });

  test('that are too long are given up without keeping them in memory', () => {
    const long = 'x'.repeat(rowBytesMax + 100_000);
    const rows = split(`a\n${long}\nb\n"${long}\nc\n${long}`, { chunk: 65_536 });
    expect(rows.map(({ line, problem }) => [line, problem])).toEqual([
      [1, undefined],
      [2, 'tooLarge'],
      [3, undefined],
      [4, 'tooLarge'],
      [5, undefined],
      [6, 'tooLarge'],
    ]);
  });

  test('are what csv-parse reads, however the bytes arrive and wherever reading is taken up again', () => {
    const cell = fc.oneof(
      fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r\n', 'é', '🙂', ' '), maxLength: 8 }),
      fc.constantFrom('', '1.50', '00042'),
    );
    const table = fc.integer({ min: 2, max: 5 }).chain((width) =>
      fc.array(fc.array(fc.tuple(cell, fc.boolean()), { minLength: width, maxLength: width }), {
        minLength: 1,
        maxLength: 12,
      }),
    );
    const property = fc.property(table, fc.integer({ min: 1, max: 40 }), fc.boolean(), (rows, chunk, crlf) => {
      const text = rows
        .map((row) =>
          row.map(([value, quote]) => (quote || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)),
        )
        .map((row) => row.join(',') + (crlf ? '\r\n' : '\n'))
        .join('');
      const found = split(text, { chunk });
      expect(cellsOf(found)).toEqual(parse(text, { skip_empty_lines: true, relax_column_count: true }));
      for (const [index, row] of found.entries()) {
        expect(cellsOf(split(text, { chunk, start: row.next }))).toEqual(cellsOf(found.slice(index + 1)));
      }
    });
    fc.assert(property, { numRuns: 300 });
  });
});

test('every line of an NDJSON file is a row of one cell, quotes and commas included', () => {
  expect(split('{"a":"b,c"}\r\n\n{"d":1}', { format: 'ndjson' })).toMatchObject([
    { line: 1, cells: ['{"a":"b,c"}'] },
    { line: 3, cells: ['{"d":1}'] },
  ]);
});
