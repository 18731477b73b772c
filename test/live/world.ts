import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Actor } from '../../src/access/permissions.ts';
import { type DatasetDb, on, schemaOf } from '../../src/database/handle.ts';
import { type Database, type Db, openDatabase } from '../../src/database/postgres.ts';
import { installationSecret } from '../../src/database/secret-sql.ts';
import { ensureSigningKey } from '../../src/deletions/receipt.ts';
import { type Intake, openIntake } from '../../src/events/intake.ts';
import type { Lethe } from '../../src/lethe.ts';
import { readSettings } from '../../src/settings.ts';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import type { Random } from '../story/random.ts';
import { recordFrozenSets } from './order-sql.ts';

export interface LiveServer extends Lethe {
  intake: Intake;
}

/** One dataset, two servers with pools of their own, and a clock that a run moves. */
export interface LiveWorld extends TestDatabase {
  servers: readonly [LiveServer, LiveServer];
  clock: { now: Date };
  /** What the servers announced since the last look, by name. */
  announced: Map<string, number>;
  messageKey: Uint8Array;
}

/** When a run begins. */
const beginning = new Date('2026-01-15T12:00:00Z');

/** Few attributes a profile, so that messages are refused. */
const settings = { LETHE_ATTRIBUTES_PER_PROFILE_MAX: '6' };

/** `postgresUrl` is needed outside of a test run. */
export async function openLiveWorld(postgresUrl?: string): Promise<LiveWorld> {
  const base = await createTestDatabase(postgresUrl);
  const other = openDatabase(base.url, 20);
  const dataDir = mkdtempSync(join(tmpdir(), 'lethe-live-'));
  const clock = { now: beginning };
  const announced = new Map<string, number>();
  const openServer = async (database: Database): Promise<LiveServer> => {
    const lethe: Lethe = {
      settings: readSettings({ ...settings, LETHE_DATA_DIR: dataDir }),
      database,
      announce: (name) => announced.set(name, (announced.get(name) ?? 0) + 1),
      now: () => clock.now,
      wakeJobs: () => {},
    };
    return { ...lethe, intake: await openIntake(lethe, { onTaken: () => {}, onWritten: () => {} }) };
  };
  await ensureSigningKey(base.database.starts, beginning);
  await recordFrozenSets(base);
  return {
    ...base,
    servers: [await openServer(base.database), await openServer(other)],
    clock,
    announced,
    messageKey: await installationSecret(base.database.starts, 'messages'),
    close: async () => {
      await other.close();
      await base.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** The dataset on a pool of one of the servers. */
export function onServer(
  { dataset, servers }: LiveWorld,
  random: Random,
  pool: 'writes' | 'starts' | 'steps',
): DatasetDb {
  return on(dataset, random.of(servers).database[pool]);
}

/** An administrator of this id, by which the audit tells calls apart. */
export function administrator(id: string): Actor {
  return { kind: 'member', id, name: 'Ada', administrator: true, roles: {} };
}

/** Empties the dataset and puts the clock back. */
export async function clearLiveWorld({ ds, database, clock, announced }: LiveWorld): Promise<void> {
  const schema = schemaOf(ds.dataset);
  const tables = await tablesOf(ds.db, schema);
  await database.starts.transaction().execute(async (tx) => {
    const audited = [sql`public.frozen`, sql`lethe.audit`];
    // Small tables: deleting is quicker than truncating hundreds of files.
    for (const table of [...tables.map((name) => sql.id(schema, name)), ...audited]) {
      await sql`DELETE FROM ${table}`.execute(tx);
    }
  });
  clock.now = beginning;
  announced.clear();
}

/** The names of attributes and types of identities stay. */
async function tablesOf(db: Db, schema: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    SELECT relname AS name FROM pg_class
    WHERE relnamespace = ${schema}::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
      AND relname NOT IN ('attribute', 'identity_type')`.execute(db);
  return rows.map(({ name }) => name);
}
