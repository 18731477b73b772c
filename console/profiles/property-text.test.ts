import { expect, test } from 'vitest';
import { jsonOf, lineOf, textOf } from './property-text.ts';

test('a value reads as what it is: text without quotes, lists with commas, what is nested as JSON', () => {
  expect(textOf('01067')).toBe('01067');
  expect(textOf(59.9)).toBe('59.9');
  expect(textOf(true)).toBe('true');
  expect(textOf(null)).toBe('null');
  expect(textOf(['red', 'blue', 3])).toBe('red, blue, 3');
  expect(textOf([{ sku: 'a' }])).toBe('[{"sku":"a"}]');
  expect(textOf({ brand: 'b' })).toBe('{"brand":"b"}');
});

test('properties stand in one line, and in many where they are opened', () => {
  expect(lineOf({ sku: '0042', revenue: 59.9 })).toBe('sku: 0042 · revenue: 59.9');
  expect(lineOf({})).toBe('');
  expect(lineOf(null)).toBe('');
  expect(jsonOf({ sku: '0042' })).toBe('{\n  "sku": "0042"\n}');
});
