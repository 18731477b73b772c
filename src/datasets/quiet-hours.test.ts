import { describe, expect, test } from 'vitest';
import { isQuiet } from './quiet-hours.ts';

const at = (time: string) => new Date(`2026-11-22T${time}Z`);

describe('quiet hours', () => {
  test.each([
    ['07:59:59', false],
    ['08:00:00', true],
    ['19:59:59', true],
    ['20:00:00', false],
  ])('from 08:00 to 20:00: at %s %s', (time, quiet) => {
    expect(isQuiet({ from: '08:00', to: '20:00', usersPerSecond: 1 }, at(time))).toBe(quiet);
  });

  test.each([
    ['21:59:59', false],
    ['22:00:00', true],
    ['00:00:00', true],
    ['05:59:59', true],
    ['06:00:00', false],
  ])('over midnight, from 22:00 to 06:00: at %s %s', (time, quiet) => {
    expect(isQuiet({ from: '22:00', to: '06:00', usersPerSecond: 1 }, at(time))).toBe(quiet);
  });
});
