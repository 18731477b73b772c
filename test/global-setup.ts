import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { buildConsole } from '../src/console.ts';
import { startTestPostgres } from './test-postgres.ts';

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
  // Every test file is a process, and many start others: what one has compiled the others need not compile again.
  process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url));
  // Only the tests in a browser need it, and they fail without it.
  await buildConsole().catch((error) => console.error(error));
  const server = await startTestPostgres();
  project.provide('postgresUrl', server.url);
  return () => server.stop();
}
