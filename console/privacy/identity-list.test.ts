import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RowSplitter } from '../../src/imports/rows.ts';
import { type IdentityList, readIdentityList } from './identity-list.ts';

test('lines without a header get the one that was chosen, and every line keeps its number', () => {
  expect(readIdentityList('ada@example.com\r\n\r\n C-7 \n', 'name')).toEqual({
    csv: 'name\nada@example.com\n\n C-7 \n',
    column: 'name',
    hasOwnHeader: false,
    identities: ['ada@example.com', 'C-7'],
  });
});

test('a header of the list itself is kept, and further columns are left aside', () => {
  const csv = 'ticket,identity:email\n17,ada@example.com\n18,\n19,"grace@example.com"\n';
  expect(readIdentityList(`\uFEFF${csv}`, 'name')).toEqual({
    csv,
    column: 'identity:email',
    hasOwnHeader: true,
    identities: ['ada@example.com', 'grace@example.com'],
  });
});

test('a list that could mean two things is refused with what would be right', () => {
  expect(readIdentityList(' \n', 'name')).toEqual({ problem: 'empty' });
  expect(readIdentityList('name\n', 'name')).toEqual({ problem: 'empty' });
  expect(readIdentityList('email,city\nada@example.com,Berlin', 'name')).toEqual({ problem: 'columns' });
  expect(readIdentityList('name,identity:email\na,b', 'name')).toEqual({ problem: 'twoColumns' });
  expect(readIdentityList('name\n"never closed', 'name')).toEqual({ problem: 'csv' });
});

test('whatever characters identities have, the server reads the very same ones', () => {
  const identity = fc
    .string({ minLength: 1, unit: 'binary' })
    .filter((text) => text.trim() !== '' && !/[\r\n\0]/.test(text));
  fc.assert(
    fc.property(fc.array(identity, { minLength: 1, maxLength: 20 }), (identities) => {
      // The first line decides; what is tested is that no later one is read as something else.
      const read = readIdentityList(['first', ...identities].join('\n'), 'identity:customerId') as IdentityList;
      const splitter = new RowSplitter('csv', { byte: 0, line: 1 });
      splitter.feed(Buffer.from(read.csv));
      splitter.end();
      const cells: string[] = [];
      for (let row = splitter.next(); row; row = splitter.next()) cells.push(row.cells[0]?.trim() ?? '');
      expect(cells.filter(Boolean)).toEqual(['identity:customerId', ...read.identities]);
    }),
  );
});
