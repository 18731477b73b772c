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
  // Only the tests in a browser need it, and they fail without it.
  await buildConsole().catch((error) => console.error(error));
  const server = await startTestPostgres();
  project.provide('postgresUrl', server.url);
  return () => server.stop();
}
