import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'console/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // As long as a busy machine needs; what holds is seen at once.
    expect: { poll: { timeout: 20_000 } },
    // Two cores: more workers than that only wait for each other's PostgreSQL.
    maxWorkers: 2,
  },
});
