import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { readPassword } from '../../src/database/embedded/cluster.ts';
import { superuserUrl } from '../../src/database/embedded/first-database.ts';
import { startEmbedded } from '../../src/database/embedded.ts';

/** A PostgreSQL that Lethe did not start, for faults that hit all who use it. Whatever ends it, it comes up again on the same port. */
export interface OwnPostgres {
  url: string;
  /** As a superuser, in the database that Lethe uses. */
  administer(statement: string, parameters?: unknown[]): Promise<Record<string, unknown>[]>;
  /** Ends it by a signal: SIGINT is its fast shutdown, SIGQUIT and SIGKILL make it recover. Resolves when it answers again. */
  restart(signal: NodeJS.Signals): Promise<void>;
  stop(): Promise<void>;
}

export async function startOwnPostgres(): Promise<OwnPostgres> {
  const dataDir = mkdtempSync(join(tmpdir(), 'lethe-own-'));
  const server = await startEmbedded({ dataDir, log: () => {} });
  const { port, pathname } = new URL(server.url);
  const address = Object.assign(new URL(superuserUrl(Number(port), readPassword(dataDir) ?? '')), { pathname }).href;
  return {
    url: server.url,
    administer: (statement, parameters) => ask(address, statement, parameters),
    async restart(signal) {
      const restarted = new Promise<void>((resolve) => server.onRestart(resolve));
      process.kill(server.pid, signal);
      await restarted;
    },
    async stop() {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** One statement on a connection of its own. */
export async function ask(
  url: string,
  statement: string,
  parameters: unknown[] = [],
): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(statement, parameters)).rows;
  } finally {
    await client.end().catch(() => {});
  }
}
