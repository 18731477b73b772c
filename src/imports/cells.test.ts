import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCell } from './cells.ts';

test.each([
  ['0', 0],
  ['-1', -1],
  ['12.00', 12],
  ['1e3', 1000],
  ['2500315.63', 2500315.63],
  ['true', true],
  ['false', false],
])('a cell that is exactly a JSON number, true or false is that: %s', (cell, value) => {
  expect(readCell(cell)).toBe(value);
});

test.each(['01', '+1', '.5', '1.', '0x10', 'NaN', 'Infinity', 'TRUE', 'null', ' 1', '1 ', '1,5', '1_000', '[1]'])(
  'everything else is text as written: %s',
  (cell) => {
    expect(readCell(cell)).toBe(cell);
  },
);

test.each(['4000056655665556123', '12345678901234567.89', '1e999', '1e-400', '0.1234567890123456789'])(
  'a number that would be changed by being one stays text: %s',
  (cell) => {
    expect(readCell(cell)).toBe(cell);
  },
);

test('numbers of every size come through unchanged', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
      expect(readCell(JSON.stringify(number))).toBe(Object.is(number, -0) ? 0 : number);
    }),
  );
});
