import pg from 'pg';
import { LetheError } from '../../errors.ts';

export const databaseName = 'lethe';

/** Where the database of an embedded server is. The role is no superuser, as in production. */
export function databaseUrl(port: number, password: string): string {
  return `postgres://lethe:${password}@127.0.0.1:${port}/${databaseName}`;
}

/** For the few things that only a superuser may. */
export function superuserUrl(port: number, password: string): string {
  return `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
}

/**
 * Makes sure that the server accepts connections, and creates role and database where they are missing: on the first start, and
 * on the one after a first start that was interrupted.
 */
export async function ensureDatabase(port: number, password: string): Promise<void> {
  const superuser = await connect(superuserUrl(port, password));
  try {
    const { rows } = await superuser.query(
      `SELECT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'lethe') AS role,
              EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = 'lethe') AS database`,
    );
    if (rows[0].database) return;
    // The password is hexadecimal digits only; a CREATE ROLE takes no parameters.
    if (!rows[0].role) await superuser.query(`CREATE ROLE lethe LOGIN PASSWORD '${password}'`);
    await superuser.query('GRANT pg_monitor, pg_checkpoint TO lethe');
    await superuser.query('CREATE DATABASE lethe OWNER lethe');
  } finally {
    await superuser.end();
  }
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  // Without a listener a lost connection would end the process; the statement under way reports it as well.
  client.on('error', () => {});
  try {
    await client.connect();
    return client;
  } catch (error) {
    if ((error as { code?: string }).code === '28P01') {
      throw new LetheError(
        'away',
        'database.password_lost',
        'The embedded PostgreSQL does not accept the password in postgres.password in the data directory: put the right file back.',
        { cause: error },
      );
    }
    throw error;
  }
}
