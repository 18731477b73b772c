import pg from 'pg';

/** The stretch of the write-ahead log that a copy of the files needs to become one consistent state. */
export interface BackupEnd {
  /** What belongs into the file `backup_label` of the copy: where its recovery begins. */
  label: string;
  /** Names of the first and last files of the log that belong to the copy; of one timeline. */
  firstLogFile: string;
  lastLogFile: string;
}

export interface OnlineBackup {
  /** Says that every file has been copied. */
  end(): Promise<BackupEnd>;
  /** Gives the log free again; to be called in any case. */
  close(): Promise<void>;
}

/**
 * Begins a copy of a running server's files, by PostgreSQL's low-level backup calls (its documentation, "Making a Base Backup
 * Using the Low Level API"). The temporary replication slot keeps every file of the log that is written from here on until
 * `close`, however long the copying takes, and goes with the connection.
 */
export async function beginOnlineBackup(superuserUrl: string): Promise<OnlineBackup> {
  const client = new pg.Client({ connectionString: superuserUrl, connectionTimeoutMillis: 10_000, keepAlive: true });
  // A connection that breaks is reported by the next statement.
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query(`SELECT pg_create_physical_replication_slot('lethe_backup_' || pg_backend_pid(), true, true)`);
    const { rows } = await client.query(
      `SELECT pg_walfile_name(pg_backup_start('lethe backup', fast => true)) AS file`,
    );
    return {
      async end() {
        const { rows: ended } = await client.query(`
          SELECT s.labelfile AS label, pg_walfile_name(s.lsn) AS "lastLogFile"
          FROM pg_backup_stop(wait_for_archive => false) AS s`);
        return { firstLogFile: rows[0].file, ...ended[0] };
      },
      close: () => client.end(),
    };
  } catch (error) {
    await client.end();
    throw error;
  }
}
