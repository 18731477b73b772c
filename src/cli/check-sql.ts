import { sql } from 'kysely';
import { gateClass } from '../database/gate.ts';
import type { Dataset } from '../database/handle.ts';
import type { Db } from '../database/postgres.ts';
import { listDatasets } from '../datasets/dataset-sql.ts';

/** What the database says about itself, as far as Lethe's promises depend on it. */
export interface DatabaseFacts {
  version: string;
  synchronousCommit: string;
  fsync: string;
  fullPageWrites: string;
  connectionsMax: number;
}

export async function readDatabaseFacts(db: Db): Promise<DatabaseFacts | undefined> {
  const { rows } = await sql<DatabaseFacts>`
    SELECT current_setting('server_version') AS version,
           current_setting('synchronous_commit') AS "synchronousCommit",
           current_setting('fsync') AS fsync,
           current_setting('full_page_writes') AS "fullPageWrites",
           current_setting('max_connections')::int AS "connectionsMax"`.execute(db);
  return rows[0];
}

/** The datasets of a database that are up to date enough to have a clock; none in a database without Lethe. */
export async function listDatasetsWithClock(db: Db): Promise<Dataset[]> {
  const { rows } = await sql<{ any: boolean }>`SELECT to_regclass('lethe.dataset') IS NOT NULL AS any`.execute(db);
  if (!rows[0]?.any) return [];
  const datasets = await listDatasets(db);
  const { rows: found } = await sql<{ id: string }>`
    SELECT id FROM unnest(${datasets.map(({ id }) => id)}::text[]) AS dataset (id)
    WHERE to_regclass(format('%I.clock', 'ds_' || id)) IS NOT NULL`.execute(db);
  const withClock = new Set(found.map(({ id }) => id));
  return datasets.filter(({ id }) => withClock.has(id));
}

/** A transaction that has held the gate of a dataset for a while. */
export interface GateHolder {
  pid: number;
  application: string;
  state: string;
  mode: string;
  datasetNo: number;
  seconds: number;
}

/** Whoever has held a gate for longer than `seconds`: a writer is done in about 0.1 s. */
export async function findGateHolders(db: Db, seconds: number): Promise<GateHolder[]> {
  const { rows } = await sql<GateHolder>`
    SELECT l.pid, a.application_name AS application, coalesce(a.state, 'unknown') AS state, l.mode,
           l.objid::int8 AS "datasetNo", extract(epoch FROM clock_timestamp() - a.xact_start)::float8 AS seconds
    FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE l.locktype = 'advisory' AND l.classid = ${gateClass} AND l.objsubid = 2 AND l.granted
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND a.xact_start < clock_timestamp() - make_interval(secs => ${seconds})
    ORDER BY a.xact_start`.execute(db);
  return rows;
}
