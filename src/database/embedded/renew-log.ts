import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { LetheError } from '../../errors.ts';

const segment = /^[0-9A-F]{24}$/;
/** A reload reaches the server's processes within moments. */
const reloadMs = 200;
const triesMax = 5;

/**
 * Lets a running server go on with a write-ahead log that holds nothing of what was written before this call. Files of the log are
 * usually renamed and used again with their old bytes in them. So reuse is switched off, the log moves beyond every file that lies
 * ready, into new ones, and a checkpoint removes all before. Concurrent writers go on.
 *
 * Throws `database.log_not_renewed` when something keeps old files: a replication slot, or an archive that does not take them.
 */
export async function renewLog(superuserUrl: string, clusterFolder: string): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('ALTER SYSTEM SET wal_recycle = off');
    await client.query('SELECT pg_reload_conf()');
    await pause(reloadMs);
    const files = () => readdirSync(join(clusterFolder, 'pg_wal')).filter((name) => segment.test(name));
    const last = files().sort().at(-1) ?? '';
    await moveBeyond(client, last);
    for (let tries = 0; files().some((name) => name <= last); tries++) {
      if (tries === triesMax) throw notRenewed(files().filter((name) => name <= last).length);
      await client.query('CHECKPOINT');
    }
  } finally {
    await client.query('ALTER SYSTEM RESET wal_recycle').catch(() => {});
    await client.query('SELECT pg_reload_conf()').catch(() => {});
    await client.end();
  }
}

/** Switches from file to file until the log is written into one that comes after `last`. */
async function moveBeyond(client: pg.Client, last: string): Promise<void> {
  for (;;) {
    // Without a record there would be nothing to switch from.
    await client.query(`SELECT pg_logical_emit_message(false, 'lethe', '')`);
    await client.query('SELECT pg_switch_wal()');
    await client.query(`SELECT pg_logical_emit_message(false, 'lethe', '')`);
    const { rows } = await client.query('SELECT pg_walfile_name(pg_current_wal_insert_lsn()) AS file');
    if (rows[0].file > last) return;
  }
}

function notRenewed(files: number): LetheError {
  return new LetheError(
    'busy',
    'database.log_not_renewed',
    `${files} old files of the database's log are kept by something: look at pg_replication_slots and archive_command.`,
  );
}
