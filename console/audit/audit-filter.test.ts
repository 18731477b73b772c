import { expect, test } from 'vitest';
import { parametersOf, readFilter } from './audit-filter.ts';

test('an address says what the list is narrowed to; what cannot be read is left out', () => {
  expect(readFilter({ dataset: 'shop', actor: 'a1', action: 'segment', from: '2026-11-01', to: '2026-11-02' })).toEqual(
    { dataset: 'shop', actor: 'a1', action: 'segment', from: '2026-11-01', to: '2026-11-02' },
  );
  const unreadable = { dataset: '', actor: 7, from: 'yesterday', to: '2026-99-99', search: 'ada@example.com' };
  expect(readFilter(unreadable)).toEqual({});
});

test('both days are whole days of the reader, the last one included', () => {
  const { from = '', to = '', dataset } = parametersOf({ dataset: 'shop', from: '2026-10-24', to: '2026-10-25' });
  expect(dataset).toBe('shop');
  expect(new Date(from)).toEqual(new Date(2026, 9, 24));
  // Also where that day has 25 hours.
  expect(new Date(to)).toEqual(new Date(2026, 9, 26));
  expect(parametersOf({})).toEqual({});
});
