import { setTimeout as sleep } from 'node:timers/promises';
import { Kysely, PostgresDialect, type PostgresPool, sql } from 'kysely';
import pg from 'pg';
import { LetheError, messageOf } from '../errors.ts';
import { isStaleStatement, withNamedStatements, withRepeatedStatementsNamed } from './named-statements.ts';
import { lowerPriority } from './priority.ts';

/** A pool or a transaction. Statements are written with Kysely's `sql` tag; rows are typed where the statement stands. */
export type Db = Kysely<unknown>;

/**
 * The connections of one server. Each kind of work has a pool of its own, so that a flood of one never keeps another waiting
 * for a connection: look-ups, writers (events, imports, lists, single deletions), steps of jobs, starts (whoever asks for a
 * gate exclusively), and the heartbeat of a running job.
 */
export interface Database {
  reads: Db;
  writes: Db;
  steps: Db;
  starts: Db;
  heartbeat: Db;
  close(): Promise<void>;
}

const { builtins } = pg.types;

/** Counts are numbers as long as that is exact; money stays decimal text. */
const types: pg.CustomTypesConfig = {
  getTypeParser(oid, format) {
    if (oid === builtins.INT8 && format !== 'binary') return exactNumber;
    if (oid === builtins.DATE && format !== 'binary') return (value: string) => value;
    return pg.types.getTypeParser(oid, format);
  },
};

function exactNumber(value: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${value} is beyond what a number holds exactly`);
  return number;
}

/**
 * Set on every connection. `search_path` is `pg_catalog` so that a table without its schema fails instead of reading another
 * dataset's; `jit` costs seconds on evaluations of many segments; a time-out that somebody set for the role would end the same step of
 * a job again and again; a server that vanished in the middle of a transaction must
 * not keep a gate, hence the idle time-out and the short keep-alives.
 */
const sessionSettings = {
  search_path: 'pg_catalog',
  jit: 'off',
  statement_timeout: '0',
  idle_in_transaction_session_timeout: '10s',
  tcp_keepalives_idle: '10',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '3',
  timezone: 'UTC',
};

/**
 * Opens the pools; connects to nothing yet. `connectionsMax` is shared out among them. Of an `embedded` server, whose processes run on
 * this machine for the same user, those that take the steps of jobs leave the processor to others who want it.
 */
export function openDatabase(url: string, connectionsMax: number, { embedded = false } = {}): Database {
  const share = (part: number) => Math.max(2, Math.floor(connectionsMax * part));
  const pools = {
    reads: openPool(url, 'reads', share(0.35), withRepeatedStatementsNamed),
    writes: openPool(url, 'writes', share(0.25), withNamedStatements),
    steps: openPool(url, 'steps', share(0.25), withNamedStatements, embedded ? [makeGiveWay] : []),
    starts: openPool(url, 'starts', share(0.1)),
    heartbeat: openPool(url, 'heartbeat', 1),
  };
  return { ...pools, close: async () => void (await Promise.all(Object.values(pools).map((pool) => pool.destroy()))) };
}

function openPool(
  url: string,
  name: string,
  max: number,
  prepare = (pool: pg.Pool): PostgresPool => pool,
  onConnect: readonly ((client: pg.PoolClient) => void)[] = [],
): Db {
  const options = Object.entries(sessionSettings)
    .map(([key, value]) => `-c ${key}=${value}`)
    .join(' ');
  const pool = new pg.Pool({
    connectionString: url,
    application_name: `lethe ${name}`,
    max,
    options,
    types,
    connectionTimeoutMillis: 10_000,
    // A new connection reads what it has to know of every partition and plans every statement: its first look-up takes 100 ms. The
    // last one that was given back is taken first, so with a short time-out every burst would meet new ones.
    idleTimeoutMillis: 600_000,
    keepAlive: true,
    // Else the system asks for a sign of life after two hours: for so long a step would wait for a database whose machine is gone.
    keepAliveInitialDelayMillis: 10_000,
  });
  // An idle connection that breaks is replaced at the next use; without a listener it would end the process.
  pool.on('error', () => {});
  // So would one that breaks between two statements of whoever has it; the next statement reports it.
  pool.on('connect', (client) => client.on('error', () => {}));
  for (const listener of [closeWhenReadOnly, ...onConnect]) pool.on('connect', listener);
  return new Kysely<unknown>({ dialect: new PostgresDialect({ pool: prepare(pool) }) });
}

/** The processes that take steps of jobs do so where nobody else wants the processor. */
function makeGiveWay({ processID }: pg.PoolClient & { processID?: number }): void {
  if (processID) void lowerPriority(processID);
}

/** A standby, or a database that is read-only for a while. */
const readOnly = '25006';

/**
 * A connection that refuses to write would do so for ever: after a fail-over it may still lead to what is a standby now, and that a
 * database is writable again is told to new connections alone.
 */
function closeWhenReadOnly(client: pg.PoolClient): void {
  client.connection.on('errorMessage', ({ code }: { code?: string }) => {
    if (code === readOnly) client.end().catch(() => {});
  });
}

/** Errors of PostgreSQL by class or code; see its documentation, appendix A. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Deadlock, serialization failure, lock not available, a plan of before a migration: the transaction is repeated as a whole. */
export function isRetryable(error: unknown): boolean {
  return ['40P01', '40001', '55P03'].includes(sqlState(error) ?? '') || isStaleStatement(error);
}

/** Whether the database could not be reached, is starting, went away in the middle, or is not one to write to just now. */
export function isAway(error: unknown): boolean {
  const state = sqlState(error) ?? '';
  if (/^(08|57P0[1-5])/.test(state) || ['53300', readOnly].includes(state)) return true;
  if (/^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH)/.test(state)) return true;
  // "not queryable" is what rolling back says when the connection broke in the middle of a transaction.
  return /Connection terminated|not queryable|timeout exceeded when trying to connect|the database system is/i.test(
    messageOf(error),
  );
}

/** 53100 disk full, 53200 out of memory, 58030 I/O error: the operator has to make room. */
export function isOutOfRoom(error: unknown): boolean {
  return ['53100', '53200', '58030'].includes(sqlState(error) ?? '');
}

const answerWithinMs = 2_000;

/** Whether the database answers just now, within two seconds. */
export async function isReachable(db: Db): Promise<boolean> {
  const answer = sql`SELECT`.execute(db).then(
    () => true,
    () => false,
  );
  return Promise.race([answer, sleep(answerWithinMs, false, { ref: false })]);
}

const versionMin = 150_000;

/** Refuses a database that is too old, has too few locks for a dataset of partitions, or lets this role create nothing. */
export async function checkDatabase(db: Db): Promise<void> {
  const { rows } = await sql<{ version: number; locks: number; may_create: boolean; server: string; encoding: string }>`
    SELECT current_setting('server_version_num')::int AS version,
           current_setting('server_version') AS server,
           current_setting('server_encoding') AS encoding,
           current_setting('max_locks_per_transaction')::int AS locks,
           has_database_privilege(current_database(), 'CREATE') AS may_create`.execute(db);
  const found = rows[0];
  if (!found) throw new LetheError('away', 'database.away', 'The database did not say what it is.');
  const refuse = (code: string, detail: string) => new LetheError('conflict', code, detail);
  if (found.version < versionMin) {
    throw refuse('database.too_old', `The database is PostgreSQL ${found.server}; Lethe needs 15 or newer.`);
  }
  if (found.encoding !== 'UTF8') {
    throw refuse('database.encoding', `The database is encoded in ${found.encoding}; create it with ENCODING 'UTF8'.`);
  }
  if (!found.may_create) {
    throw refuse('database.permission', 'The database role may not create schemas: GRANT CREATE ON DATABASE … TO …');
  }
  if (found.locks < 128) {
    throw refuse(
      'database.locks',
      `max_locks_per_transaction is ${found.locks}; set it to 256 or more (a dataset has hundreds of tables).`,
    );
  }
}
