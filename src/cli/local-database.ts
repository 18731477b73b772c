import { existsSync } from 'node:fs';
import { resetPassword } from '../access/reset-password.ts';
import { clusterFolder } from '../database/embedded/cluster.ts';
import { findEmbedded, startEmbedded } from '../database/embedded.ts';
import { migrate } from '../database/migrate.ts';
import { type Database, openDatabase } from '../database/postgres.ts';
import { LetheError } from '../errors.ts';
import type { Lethe } from '../lethe.ts';
import { readSettings, type Settings } from '../settings.ts';

/** The settings that say where the database is. */
type Where = Pick<Settings, 'databaseUrl' | 'dataDir'>;

/** As many as the pools have kinds of work: a command uses one at a time. */
const connectionsMax = 5;

/** Gives a member a one-time password, in the database of this machine's settings. */
export function resetPasswordHere(email: string): Promise<string> {
  return withLocalDatabase(readSettings(), async ({ starts }) => (await resetPassword(starts, email)).oneTimePassword);
}

/**
 * The database of this machine's settings, with or without a running server: an embedded one that does not run is started for
 * the moment. Throws `data_dir.empty` when there has never been one.
 */
async function withLocalDatabase<T>(settings: Settings, work: (database: Database) => Promise<T>): Promise<T> {
  return withLocalServer(settings, async (url) => {
    const database = openDatabase(url, connectionsMax);
    try {
      return await work(database);
    } finally {
      await database.close();
    }
  });
}

/** Like `withLocalDatabase`, for what a server's own jobs do: they are given an installation without routes. */
export function withLocalLethe<T>(settings: Settings, work: (lethe: Lethe) => Promise<T>): Promise<T> {
  return withLocalDatabase(settings, async (database) => {
    await migrate(database.starts);
    return work({ settings, database, announce: () => {}, now: () => new Date(), wakeJobs: () => {} });
  });
}

/** Like `withLocalDatabase`, for what needs no more than the server: `work` is given its address. */
export async function withLocalServer<T>(settings: Where, work: (url: string) => Promise<T>): Promise<T> {
  const { url, stop } = await reach(settings);
  try {
    return await work(url);
  } finally {
    await stop();
  }
}

async function reach({ databaseUrl, dataDir }: Where): Promise<{ url: string; stop(): Promise<void> }> {
  const url = databaseUrl ?? findEmbedded(dataDir);
  if (url) return { url, stop: async () => {} };
  if (!existsSync(clusterFolder(dataDir))) {
    throw new LetheError(
      'notFound',
      'data_dir.empty',
      `There is no database in ${dataDir}: set LETHE_DATA_DIR to the folder of the server, or LETHE_DATABASE_URL.`,
    );
  }
  const server = await startEmbedded({ dataDir, log: () => {} });
  return { url: server.url, stop: () => server.stop() };
}
