import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { buildConsole } from '../src/console.ts';
import { startEmbedded } from '../src/database/embedded.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string;
  }
}

/**
 * The console that tests open, and one real PostgreSQL for the whole run; each test file makes databases of its own in it
 * (test/database.ts).
 */
export default async function setup(project: TestProject) {
  // Only the tests in a browser need it, and they fail without it.
  await buildConsole().catch((error) => console.error(error));
  const dataDir = mkdtempSync(join(tmpdir(), 'lethe-test-'));
  // Commit times say in which order transactions came that some tests ran at the same time.
  const settings = { max_connections: '200', track_commit_timestamp: 'on' };
  const server = await startEmbedded({ dataDir, log: () => {}, settings });
  project.provide('postgresUrl', server.url);
  return async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
}
