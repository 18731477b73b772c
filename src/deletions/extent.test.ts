import { expect, test } from 'vitest';
import { firstStepUsers, outgrowsCheckpoint } from './extent.ts';

const mb = 1_048_576;
const ofTwenty = { rows: 2_000_000, profiles: 100_000 };

test('a job that writes more than half of what may be between two checkpoints outgrows them', () => {
  const bytesPerUser = 20 * 320;
  const users = Math.floor((512 * mb) / bytesPerUser);
  expect(outgrowsCheckpoint({ ...ofTwenty, users }, 1_024 * mb)).toBe(false);
  expect(outgrowsCheckpoint({ ...ofTwenty, users: users + 1 }, 1_024 * mb)).toBe(true);
  // Of users with five times the rows, a fifth of as many.
  expect(outgrowsCheckpoint({ rows: 10_000_000, profiles: 100_000, users: users / 4 }, 1_024 * mb)).toBe(true);
});

test('the first steps take fewer users where each has more rows', () => {
  expect(firstStepUsers(ofTwenty)).toBe(7_500);
  expect(firstStepUsers({ rows: 20_000_000, profiles: 100_000 })).toBe(750);
  expect(firstStepUsers({ rows: 100_000_000, profiles: 1_000 })).toBe(100);
  expect(firstStepUsers({ rows: 1_000, profiles: 1_000 })).toBe(20_000);
  // Of a dataset of which nothing is known yet.
  expect(firstStepUsers({ rows: 0, profiles: 0 })).toBe(7_500);
});
