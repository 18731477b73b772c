import { sql } from 'kysely';
import type { DatasetDb } from '../database/handle.ts';
import type { Db } from '../database/postgres.ts';
import type { Sight } from './strains.ts';

/** Connections of others, as far as the role may see them, and what they wait for. */
export interface Others {
  lockWaits: Sight['lockWaits'];
  longQuery: Sight['longQuery'] | null;
  /** Whether somebody has written within the last second or so: events, imports, other programs. */
  write: boolean;
}

/** Whoever else uses this database just now. Cheap: no lock is looked at unless somebody has waited for a while. */
export async function seeOthers(db: Db, deletionId: string): Promise<Others> {
  const { rows } = await sql<Others>`
    WITH other AS MATERIALIZED (
      SELECT pid, application_name AS application, state, wait_event_type, state_change,
             extract(epoch FROM clock_timestamp() - query_start)::float8 AS seconds
      FROM pg_stat_activity
      WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
        AND application_name NOT LIKE 'lethe deletion %'),
    blocked AS (
      SELECT seconds FROM other
      WHERE wait_event_type = 'Lock' AND seconds > 0.2 AND EXISTS (
        SELECT FROM unnest(pg_blocking_pids(other.pid)) AS blocking (pid) JOIN pg_stat_activity s ON s.pid = blocking.pid
        WHERE s.application_name = ${`lethe deletion ${deletionId}`}))
    SELECT (SELECT json_build_object('count', count(*), 'seconds', coalesce(max(seconds), 0)) FROM blocked) AS "lockWaits",
           (SELECT json_build_object('who', coalesce(nullif(application, ''), 'connection ' || pid), 'seconds', seconds)
            FROM other WHERE state = 'active' AND wait_event_type IS DISTINCT FROM 'Lock'
              AND (application NOT LIKE 'lethe %' OR application = 'lethe reads')
            ORDER BY seconds DESC LIMIT 1) AS "longQuery",
           EXISTS (SELECT FROM other WHERE (application = 'lethe writes' OR application NOT LIKE 'lethe %')
                     AND (state = 'active' OR state_change > clock_timestamp() - interval '1.5 s')) AS write`.execute(
    db,
  );
  return rows[0] as Others;
}

/** How far whoever follows the database's log is behind. Fails where the role or a managed database does not allow to ask. */
export async function seeLog(db: Db): Promise<{ replica: Sight['replica'] | null; unarchivedBytes: number | null }> {
  const { rows } = await sql<{ replica: Sight['replica'] | null; unarchivedBytes: number | null }>`
    WITH log AS (
      SELECT pg_walfile_name(pg_current_wal_lsn()) AS current, last_archived_wal AS archived,
             pg_size_bytes(current_setting('wal_segment_size')) AS bytes
      FROM pg_stat_archiver
      WHERE current_setting('archive_mode') <> 'off' AND last_archived_wal ~ '^[0-9A-F]{24}$'),
    file AS (
      SELECT bytes, ('x' || lpad(substr(current, 9, 8), 16, '0'))::bit(64)::bigint * (4294967296 / bytes)
                  + ('x' || lpad(substr(current, 17, 8), 16, '0'))::bit(64)::bigint AS current,
             ('x' || lpad(substr(archived, 9, 8), 16, '0'))::bit(64)::bigint * (4294967296 / bytes)
                  + ('x' || lpad(substr(archived, 17, 8), 16, '0'))::bit(64)::bigint AS archived
      FROM log)
    SELECT (SELECT json_build_object('seconds', coalesce(extract(epoch FROM max(replay_lag)), 0),
                                     'bytes', max(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)))
            FROM pg_stat_replication WHERE replay_lsn IS NOT NULL HAVING count(*) > 0) AS replica,
           (SELECT greatest(0, current - archived - 1) * bytes FROM file) AS "unarchivedBytes"`.execute(db);
  return rows[0] as { replica: Sight['replica'] | null; unarchivedBytes: number | null };
}

/** Users whom all servers have deleted for a job so far. */
export async function usersDeleted(ds: DatasetDb, deletionId: string): Promise<number> {
  const { rows } = await sql<{ users: number }>`
    SELECT coalesce(sum(profiles_deleted), 0)::bigint AS users
    FROM ${ds.tables.deletion_slice} WHERE deletion_id = ${deletionId} AND slice >= 0`.execute(ds.db);
  return rows[0]?.users ?? 0;
}

/** A tiny write of its own transaction, to see how long it takes to be durable. */
export async function touchHeartbeat(ds: DatasetDb, deletionId: string, now: Date): Promise<void> {
  await sql`UPDATE ${ds.tables.deletion_heartbeat} SET at = ${now} WHERE deletion_id = ${deletionId}`.execute(ds.db);
}
