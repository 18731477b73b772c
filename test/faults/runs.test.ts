import { expect, test } from 'vitest';
import { phases } from '../holds.ts';
import { runs } from './runs.ts';

/** Of kill-server.test.ts and kill-database.test.ts, which kill in every phase five times. */
const kills = 2 * 5 * phases.length;

test('the long form injects at least 200 faults, and the suite one of every kind', () => {
  const long = Object.values(runs).reduce((sum, [, inLongForm]) => sum + inLongForm, kills);
  expect(long).toBeGreaterThanOrEqual(200);
  expect(Object.values(runs).filter(([short]) => short < 1)).toEqual([]);
});
