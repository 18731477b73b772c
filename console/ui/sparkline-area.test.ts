import { expect, test } from 'vitest';
import { areaOf } from './sparkline-area.ts';

const box = { width: 60, height: 20 };

test('the largest value reaches the edge of its side, and nothing stays on the line in the middle', () => {
  expect(areaOf([0, 10, 5], 10, 'up', box)).toBe('0,10 0,10 30,0 60,5 60,10');
  expect(areaOf([0, 10, 5], 10, 'down', box)).toBe('0,10 0,10 30,20 60,15 60,10');
  expect(areaOf([0, 0], 0, 'up', box)).toBe('0,10 0,10 60,10 60,10');
});
