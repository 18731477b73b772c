import { expect, test } from 'vitest';
import { targetOf } from './filling.ts';
import { asData, firstFixed, guessKind, suggestFillings } from './suggestion.ts';

const suggested = (kind: 'events' | 'users', header: string[]) =>
  suggestFillings(kind, header).map((filling) => (filling.choice === 'nothing' ? '' : targetOf(kind, filling)));

test('columns are suggested by what columns called like them mostly mean; the others are left aside', () => {
  expect(suggested('events', ['customer_id', 'date', 'cds', 'dollars'])).toEqual([
    'userId',
    'timestamp',
    '',
    'properties.revenue',
  ]);
  expect(suggested('events', ['User ID', 'E-Mail', 'Event Name', 'Order Date'])).toEqual([
    'userId',
    'identity:email',
    'event',
    'timestamp',
  ]);
  expect(suggested('users', ['email', 'date', 'country'])).toEqual(['identity:email', '', '']);
});

test('a column whose name is a target fills that, and nothing is suggested twice', () => {
  expect(suggested('events', ['customer', 'userId', 'amount', 'total', 'traits.zip!text'])).toEqual([
    '',
    'userId',
    'properties.revenue',
    '',
    'traits.zip!text',
  ]);
});

test('a file that says when or what is taken for events, another for users', () => {
  expect(guessKind(['customer_id', 'date'])).toBe('events');
  expect(guessKind(['email', 'country'])).toBe('users');
  expect(guessKind(['userId', 'attribute:date', 'date'])).toBe('users');
});

test('a row needs an action: where no column says it, it is asked for', () => {
  expect(firstFixed('events', suggestFillings('events', ['userId', 'date']))).toMatchObject([
    { filling: { choice: 'event' }, text: '' },
  ]);
  expect(firstFixed('events', suggestFillings('events', ['userId', 'event']))).toEqual([]);
  expect(firstFixed('users', suggestFillings('users', ['userId']))).toEqual([]);
});

test('the other columns can be taken as data under their own names', () => {
  expect(targetOf('events', asData('events', 'cds'))).toBe('properties.cds');
  expect(targetOf('events', asData('events', 'a..b'))).toBe('properties.a.b');
  expect(targetOf('users', asData('users', 'Ort.PLZ'))).toBe('attribute:Ort.PLZ');
  expect(asData('events', '.').choice).toBe('nothing');
});
