import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import pg from 'pg';

/** Most texts that are remembered to have been sent once. */
const seenMax = 1_000;

/** A plan over all partitions of a dataset takes some 100 kB of its connection's memory, the largest a few MB. */
const statementsMax = 200;

/**
 * The same pool, whose statements with parameters are prepared on each connection at their first use and kept by name, so that
 * they are parsed and planned once and not with every batch: over the partitions of a dataset that is most of what a short
 * statement costs. Only the `statementsMax` used last stay; the others are closed with the next statement.
 *
 * A statement whose tables have been migrated meanwhile, or that is gone from its connection, is forgotten. Outside a
 * transaction it is sent again; inside, `isStaleStatement` tells whoever repeats transactions.
 *
 * A pooler between Lethe and PostgreSQL has to know statements that are prepared by messages of the protocol: PgBouncer from
 * 1.21 on with `max_prepared_statements` set, or one that pools whole sessions.
 */
export function withNamedStatements(pool: pg.Pool): PostgresPool {
  return naming(pool, { fromFirstUse: true });
}

/** The same for readers, who ask much that nobody asks again: a statement is prepared on a connection when it comes the second time. */
export function withRepeatedStatementsNamed(pool: pg.Pool): PostgresPool {
  return naming(pool, { fromFirstUse: false });
}

function naming(pool: pg.Pool, options: { fromFirstUse: boolean }): PostgresPool {
  const clients = new WeakMap<pg.PoolClient, NamingClient>();
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const client = await pool.connect();
      let one = clients.get(client);
      if (!one) {
        one = new NamingClient(client, options);
        clients.set(client, one);
      }
      return one as unknown as PostgresPoolClient;
    },
  };
}

/** Whether a prepared statement did not fit the database any more; the transaction is repeated as a whole. */
export function isStaleStatement(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, routine } = error as { code?: string; routine?: string };
  // "cached plan must not change result type", in whatever language; "prepared statement … does not exist".
  return (code === '0A000' && routine === 'RevalidateCachedQuery') || code === '26000';
}

class NamingClient {
  readonly #client: pg.PoolClient;
  /** Names by text; once there are `statementsMax`, the one used last at the end. */
  readonly #names = new Map<string, string>();
  #prepared = 0;
  /** Texts that were sent once, without a name; undefined where the first use has one. */
  readonly #seen: Set<string> | undefined;

  constructor(client: pg.PoolClient, { fromFirstUse }: { fromFirstUse: boolean }) {
    this.#client = client;
    this.#seen = fromFirstUse ? undefined : new Set();
  }

  get processID(): number | undefined {
    return (this.#client as { processID?: number }).processID;
  }

  release(destroy?: boolean): void {
    this.#client.release(destroy);
  }

  async query<R>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    // What has no parameters begins and ends transactions, or is not worth a plan.
    if (values.length === 0) return (await this.#client.query(text)) as never;
    if (this.#isNew(text)) return (await this.#client.query(text, [...values])) as never;
    try {
      return await this.#send(text, values);
    } catch (error) {
      if (!isStaleStatement(error)) throw error;
      this.#forget(text);
      if (transactionStatus(this.#client) !== 'idle') throw error;
      return await this.#send(text, values);
    }
  }

  #isNew(text: string): boolean {
    if (!this.#seen || this.#names.has(text) || this.#seen.delete(text)) return false;
    if (this.#seen.size >= seenMax) this.#seen.clear();
    this.#seen.add(text);
    return true;
  }

  /**
   * As a query object and not as an object that describes one: of that the driver makes a copy whose shape is like no other's, and what
   * hangs from it stays until the next full collection of garbage.
   */
  #send<R>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    const { promise, resolve, reject } = Promise.withResolvers<PostgresQueryResult<R>>();
    const query: pg.Query & { name?: string } = new pg.Query(text, [...values]);
    query.name = this.#nameOf(text);
    query.once('end', (result) => resolve(result as never));
    query.on('error', reject);
    this.#client.query(query);
    return promise;
  }

  #nameOf(text: string): string {
    const known = this.#names.get(text);
    // As long as there is room, nobody asks which one was used last.
    if (known !== undefined && this.#names.size < statementsMax) return known;
    const name = known ?? `lethe_${++this.#prepared}`;
    this.#names.delete(text);
    this.#names.set(text, name);
    const [oldest] = this.#names.keys();
    if (this.#names.size > statementsMax && oldest !== undefined) this.#forget(oldest);
    return name;
  }

  /** Closed by a message and not by DEALLOCATE, which a transaction that has failed would refuse. */
  #forget(text: string): void {
    const name = this.#names.get(text);
    if (name === undefined) return;
    this.#names.delete(text);
    const { connection } = this.#client as unknown as { connection: StatementConnection };
    if (connection.parsedStatements[name] === undefined) return;
    delete connection.parsedStatements[name];
    connection.close({ type: 'S', name });
  }
}

/** What the driver knows of a connection's prepared statements. */
interface StatementConnection {
  parsedStatements: Record<string, string | undefined>;
  close(message: { type: 'S'; name: string }): void;
}

/** The driver learns it with the end of each answer, so after an error it is that of the moment before. */
function transactionStatus(client: pg.PoolClient): 'idle' | 'inTransaction' {
  const { getTransactionStatus } = client as unknown as { getTransactionStatus(): string | null };
  return getTransactionStatus.call(client) === 'I' ? 'idle' : 'inTransaction';
}
