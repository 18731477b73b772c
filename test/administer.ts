import pg from 'pg';

/** Runs a statement as the superuser of the embedded server: Lethe's own role may not create databases. */
export async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({
    connectionString: Object.assign(new URL(url), { username: 'postgres', pathname: '/postgres' }).href,
  });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
