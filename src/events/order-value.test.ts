import { expect, test } from 'vitest';
import { orderValueOf } from './order-value.ts';

test('only purchases and completed orders are orders', () => {
  expect(orderValueOf('Purchase', { revenue: 1 })).toBe('1');
  expect(orderValueOf('Order Completed', {})).toBe('0');
  expect(orderValueOf('purchase', { revenue: 1 })).toBeNull();
  expect(orderValueOf('View Item', { revenue: 1 })).toBeNull();
});

test('the value is the first number of revenue, total and value, kept as decimal text', () => {
  expect(orderValueOf('Purchase', { revenue: 0.1, total: 2 })).toBe('0.1');
  expect(orderValueOf('Purchase', { revenue: ' 12.50 ' })).toBe('12.50');
  expect(orderValueOf('Purchase', { revenue: null, total: -3 })).toBe('-3');
  expect(orderValueOf('Purchase', { revenue: 'n/a', value: '.5' })).toBe('.5');
  expect(orderValueOf('Purchase', { revenue: 1e21 })).toBe('1e+21');
  expect(orderValueOf('Purchase', undefined)).toBe('0');
});

test('what no amount of money is, is not taken for one', () => {
  for (const revenue of [
    '',
    '1,50',
    '1 000',
    '0x10',
    'Infinity',
    'NaN',
    '1e999',
    '9'.repeat(31),
    true,
    [1],
    { value: 1 },
  ]) {
    expect(orderValueOf('Purchase', { revenue })).toBe('0');
  }
});
