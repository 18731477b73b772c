import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readMoment } from './moment.ts';

test.each([
  ['1997-01-01', '1997-01-01T00:00:00.000Z'],
  ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ['2024-05-01T10:00:00Z', '2024-05-01T10:00:00.000Z'],
  ['2024-05-01t10:00:00.5z', '2024-05-01T10:00:00.500Z'],
  ['2024-05-01 10:00:00.123456+05:30', '2024-05-01T04:30:00.123Z'],
  ['2024-05-01T10:00:00-08:00', '2024-05-01T18:00:00.000Z'],
  ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
  ['0050-01-01', '0050-01-01T00:00:00.000Z'],
  ['1700000000000', '2023-11-14T22:13:20.000Z'],
  ['-1', '1969-12-31T23:59:59.999Z'],
  [1700000000000.7, '2023-11-14T22:13:20.000Z'],
])('a moment is RFC 3339, a day, or epoch milliseconds: %s', (value, moment) => {
  expect(readMoment(value)?.toISOString()).toBe(moment);
});

test.each([
  '',
  'yesterday',
  '2024-02-30',
  '2023-02-29',
  '2024-13-01',
  '2024-05-01T24:00:00Z',
  '2024-05-01T10:00Z',
  '2024-05-01T10:00:00',
  '01/05/2024',
  '0000-01-01',
  '10000-01-01',
  '0001-01-01T00:00:00+01:00',
  '9999-12-31T23:59:59-01:00',
  '999999999999999',
  Number.NaN,
  Number.POSITIVE_INFINITY,
  true,
  null,
  {},
])('anything else is no moment: %s', (value) => {
  expect(readMoment(value)).toBeUndefined();
});

test('every moment of the years 1 to 9999 is read as it is written', () => {
  const dates = fc.date({
    min: new Date('0001-01-02T00:00:00Z'),
    max: new Date('9999-12-30T00:00:00Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(dates, (date) => {
      expect(readMoment(date.toISOString())).toEqual(date);
    }),
  );
});
