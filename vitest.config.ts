import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longest-first.ts';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'console/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // As long as a busy machine needs; what holds is seen at once.
    expect: { poll: { timeout: 20_000 } },
    sequence: { sequencer: LongestFirst },
    // One more than two cores: tests in a browser and of killed servers wait half of their time.
    maxWorkers: 3,
  },
});
