import { expect, test } from 'vitest';
import { about, amount, count, counted, countedRows, duration, inWords, listed, moment, share, table } from './text.ts';

test('numbers are exact and have their thousands separated', () => {
  expect(count(18_196)).toBe('18,196');
  expect(amount(1_448_621.4)).toBe('1,448,621.40');
  expect(counted(1, 'user')).toBe('1 user');
  expect(counted(0, 'user')).toBe('0 users');
});

test('a share that is not nothing never reads as nothing, one that is not everything never as everything', () => {
  expect(share(18_196 / 23_570)).toBe('77.2 %');
  expect(share(0)).toBe('0 %');
  expect(share(1)).toBe('100 %');
  expect(share(1 / 100_000)).toBe('less than 0.1 %');
  expect(share(99_999 / 100_000)).toBe('more than 99.9 %');
});

test('times are written the way people say them', () => {
  expect([0.62, 12.4, 185, 7_800].map(duration)).toEqual(['0.6 s', '12 s', '3 min 5 s', '2 h 10 min']);
  expect([0.3, 1, 12.4, 600, 7_200].map(about)).toEqual([
    'less than a second',
    'about 1 second',
    'about 12 seconds',
    'about 10 minutes',
    'about 2 hours',
  ]);
  expect(moment('2026-11-22T19:04:05.600Z')).toBe('22 Nov 2026, 19:04:05 UTC');
  expect(moment(null)).toBe('–');
});

test('a table aligns its columns, numbers at the right', () => {
  const users = { title: 'Users', align: 'right' } as const;
  expect(
    table(
      ['Segment', users, 'Id'],
      [
        ['Gone', '18,196', 'a1B2c'],
        ['Zoë', '3', 'x9Y8z'],
      ],
    ),
  ).toBe(['Segment   Users  Id', 'Gone     18,196  a1B2c', 'Zoë           3  x9Y8z'].join('\n'));
});

test('lists and names of places read as words', () => {
  expect(listed(['events', 'visits', 'identities'])).toBe('events, visits and identities');
  expect(inWords('actionCounts')).toBe('action counts');
  expect(countedRows(31_461, 'actionCounts')).toBe('31,461 action counts');
  expect(countedRows(1, 'identities')).toBe('1 identity');
});
