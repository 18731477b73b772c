import { expect, test } from 'vitest';
import { serverSettings } from './configuration.ts';

const gb = 2 ** 30;
const machine = { memoryBytes: 8 * gb, diskBytes: 40 * gb, sharedMemoryBytes: 4 * gb };
const inMb = (settings: Record<string, string>, name: string) => Number(settings[name]?.replace(/MB$/, ''));

test('the log takes a twentieth of the disk, within bounds, and keeps it', () => {
  const log = (diskBytes: number) => {
    const settings = serverSettings({ ...machine, diskBytes });
    return [inMb(settings, 'max_wal_size'), inMb(settings, 'min_wal_size')];
  };
  expect(log(40 * gb)).toEqual([2_048, 2_048]);
  expect(log(gb)).toEqual([256, 256]);
  expect(log(10_000 * gb)).toEqual([3_072, 3_072]);
  // A file system that does not say how large it is.
  expect(log(Number.MAX_SAFE_INTEGER)).toEqual([3_072, 3_072]);
});

test('the memory of the server follows that of the machine, and is never more than it has', () => {
  for (const memoryBytes of [gb / 4, gb, 8 * gb, 1_000 * gb]) {
    const settings = serverSettings({ ...machine, memoryBytes });
    const fixed = inMb(settings, 'shared_buffers') + inMb(settings, 'wal_buffers');
    expect(fixed).toBeLessThan(memoryBytes / 2 ** 20 / 4);
    expect(inMb(settings, 'wal_buffers')).toBeGreaterThanOrEqual(4);
    expect(inMb(settings, 'wal_buffers')).toBeLessThanOrEqual(128);
  }
});
