import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Actor } from '../../src/access/permissions.ts';
import { type DatasetDb, on, type TableName, tableNames } from '../../src/database/handle.ts';
import { type Database, openDatabase } from '../../src/database/postgres.ts';
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

/** Sequences and views, and what a run leaves as it is. */
const kept: readonly TableName[] = ['doomed_profile', 'profile_id', 'event_id', 'set_no', 'attribute', 'identity_type'];

/** Empties the dataset and puts the clock back. */
export async function clearLiveWorld({ ds, database, clock, announced }: LiveWorld): Promise<void> {
  const tables = tableNames.filter((name) => !kept.includes(name)).map((name) => ds.tables[name]);
  await database.starts.transaction().execute(async (tx) => {
    // Small tables: deleting is quicker than truncating hundreds of files.
    for (const table of [...tables, sql`public.frozen`, sql`lethe.audit`]) await sql`DELETE FROM ${table}`.execute(tx);
  });
  clock.now = beginning;
  announced.clear();
}
