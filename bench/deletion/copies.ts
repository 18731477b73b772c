import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { startEmbedded } from '../../src/database/embedded.ts';
import { on } from '../../src/database/handle.ts';
import { migrate } from '../../src/database/migrate.ts';
import { openDatabase } from '../../src/database/postgres.ts';
import { createDataset } from '../../src/datasets/create.ts';
import { ensureSigningKey } from '../../src/deletions/receipt.ts';
import { readSettings } from '../../src/settings.ts';
import { administer } from '../../test/administer.ts';
import { fillDataset } from '../../test/fill-dataset.ts';
import { serverSettings } from '../machine.ts';

export interface Filling {
  profiles: number;
  eventsPerProfile: number;
  /** Share of the profiles that is deleted, 0 to 1. */
  share: number;
}

/** The databases that copies are made of: as the product keeps the rows, as a simple one does, and that with foreign keys. */
export type Original = 'product' | 'plain' | 'cascading';

/** A server with the same rows in each original. */
export interface Copies {
  /** Users who are to be deleted. */
  users: number;
  settings: Record<string, string>;
  /** Runs something on a fresh copy, after a checkpoint, so that nobody pays for the writes of another. */
  onCopy<T>(original: Original, work: (url: string) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export async function makeCopies(filling: Filling, originals: readonly Original[]): Promise<Copies> {
  const dataDir = mkdtempSync(join(tmpdir(), 'lethe-bench-'));
  const server = await startEmbedded({ dataDir, log: () => {} });
  const close = async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const { users, settings } = await makeProduct(server.url, filling);
    if (originals.includes('plain') || originals.includes('cascading'))
      await makeOther(server.url, 'plain', 'product', 'others-schema.sql');
    if (originals.includes('cascading')) await makeOther(server.url, 'cascading', 'plain', 'foreign-keys.sql');
    return {
      users,
      settings,
      close,
      async onCopy(original, work) {
        await administer(server.url, `CREATE DATABASE copy OWNER lethe TEMPLATE ${original}`);
        await administer(server.url, 'CHECKPOINT');
        try {
          return await work(databaseUrl(server.url, 'copy'));
        } finally {
          await administer(server.url, 'DROP DATABASE copy WITH (FORCE)');
        }
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function makeProduct(url: string, filling: Filling) {
  await administer(url, 'CREATE DATABASE product OWNER lethe');
  const database = openDatabase(databaseUrl(url, 'product'), 10);
  try {
    await migrate(database.starts);
    await ensureSigningKey(database.starts, new Date());
    const dataset = await createDataset(
      database.starts,
      { id: 'shop', name: 'Shop', type: 'development' },
      { partitions: readSettings({}).partitions, datasetsMax: 20, now: new Date() },
    );
    const users = await fillDataset(on(dataset, database.writes), filling);
    await sql`VACUUM (ANALYZE)`.execute(database.writes);
    return { users, settings: await serverSettings(database.reads) };
  } finally {
    await database.close();
  }
}

async function makeOther(url: string, name: Original, template: Original, script: string): Promise<void> {
  await administer(url, `CREATE DATABASE ${name} OWNER lethe TEMPLATE ${template}`);
  const client = new pg.Client({ connectionString: databaseUrl(url, name) });
  await client.connect();
  try {
    await client.query(readScript(script));
    await client.query('VACUUM (ANALYZE)');
  } finally {
    await client.end();
  }
}

/** A file of SQL beside this one, without its comments. */
export function readScript(name: string): string {
  return readFileSync(new URL(name, import.meta.url), 'utf8').replace(/^--.*$/gm, '');
}

function databaseUrl(url: string, name: string): string {
  return Object.assign(new URL(url), { pathname: `/${name}` }).href;
}
