import { appendFileSync, cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBinaries } from '../../src/database/embedded/binaries.ts';
import { type Cluster, openCluster } from '../../src/database/embedded/cluster.ts';
import {
  configurationText,
  serverSettings,
  thisMachine,
  writeConfiguration,
} from '../../src/database/embedded/configuration.ts';
import { databaseUrl, ensureDatabase, superuserUrl } from '../../src/database/embedded/first-database.ts';
import { launchersForThisUser } from '../../src/database/embedded/launcher.ts';
import { findFreePort } from '../../src/database/embedded/port.ts';
import { type Postmaster, startPostmaster, stopPostmaster } from '../../src/database/embedded/postmaster.ts';
import { until } from '../lethe-process.ts';
import { Network } from './network.ts';
import { ask } from './own-postgres.ts';

interface Standby {
  cluster: Cluster;
  server: Postmaster;
}

/** A PostgreSQL with a standby beside it that streams its log; a fail-over ends the one and promotes the other. */
export class ReplicatedPostgres {
  #cluster: Cluster;
  #primary: Postmaster;
  #standby: Standby | undefined;
  /** What the standby hears of the primary comes by here. */
  #replication: Network | undefined;

  private constructor(cluster: Cluster, primary: Postmaster) {
    this.#cluster = cluster;
    this.#primary = primary;
  }

  static async start(): Promise<ReplicatedPostgres> {
    const cluster = await openIn(newFolder());
    const primary = await startOn(cluster, {});
    await ensureDatabase(primary.port, cluster.password);
    return new ReplicatedPostgres(cluster, primary);
  }

  get url(): string {
    return databaseUrl(this.#primary.port, this.#cluster.password);
  }

  get port(): number {
    return this.#primary.port;
  }

  /** Makes a standby of a copy of the files. With `synchronous` no commit is answered before the standby has it. */
  async replicate({ synchronous }: { synchronous: boolean }): Promise<void> {
    await stopPostmaster(this.#primary);
    const folder = newFolder();
    cpSync(this.#cluster.dataDir, folder, { recursive: true });
    this.#primary = await startOn(this.#cluster, {});
    const address = new URL(superuserUrl(this.#primary.port, this.#cluster.password));
    this.#replication = await Network.before(address.href);
    const { port } = new URL(this.#replication.addressOf(address.href));
    const cluster = await openIn(folder);
    writeFileSync(join(cluster.folder, 'standby.signal'), '');
    const settings = {
      primary_conninfo: `host=127.0.0.1 port=${port} user=postgres password=${cluster.password}`,
      wal_retrieve_retry_interval: '500ms',
    };
    this.#standby = { cluster, server: await startOn(cluster, settings) };
    await until(
      async () => (await this.#askPrimary('SELECT FROM pg_stat_replication')).length > 0,
      'the standby listens',
    );
    if (!synchronous) return;
    await this.#askPrimary(`ALTER SYSTEM SET synchronous_standby_names = '*'`);
    await this.#askPrimary('SELECT pg_reload_conf()');
  }

  /** The standby has all that the primary had at a moment of this call. */
  async untilCaughtUp(): Promise<void> {
    const [now] = await this.#askPrimary('SELECT pg_current_wal_lsn()::text AS lsn');
    await until(async () => {
      const caught = 'SELECT FROM pg_stat_replication WHERE replay_lsn >= $1::pg_lsn';
      return (await this.#askPrimary(caught, [now?.lsn])).length > 0;
    }, 'the standby has caught up');
  }

  /** From now on the standby hears nothing: what is committed is lost with the primary. */
  keepFromStandby(): void {
    this.#replication?.shut();
  }

  /** The primary dies as with its machine, and the standby takes its place; its address is another one. */
  async failOver(): Promise<void> {
    const standby = this.#standby;
    if (!standby) throw new Error('there is no standby');
    process.kill(this.#primary.pid, 'SIGKILL');
    await this.#replication?.close();
    this.#replication = undefined;
    await ask(superuserUrl(standby.server.port, standby.cluster.password), 'SELECT pg_promote()');
    const old = this.#cluster;
    this.#primary = standby.server;
    this.#cluster = standby.cluster;
    this.#standby = undefined;
    rmSync(old.dataDir, { recursive: true, force: true, maxRetries: 5 });
  }

  async stop(): Promise<void> {
    await stopPostmaster(this.#primary);
    rmSync(this.#cluster.dataDir, { recursive: true, force: true });
    await this.#replication?.close();
    if (!this.#standby) return;
    const { cluster, server } = this.#standby;
    await stopPostmaster(server);
    rmSync(cluster.dataDir, { recursive: true, force: true });
  }

  #askPrimary(statement: string, parameters: unknown[] = []): Promise<Record<string, unknown>[]> {
    return ask(superuserUrl(this.#primary.port, this.#cluster.password), statement, parameters);
  }
}

function newFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'lethe-replicated-')));
}

function openIn(dataDir: string): Promise<Cluster> {
  return openCluster(dataDir, findBinaries(), launchersForThisUser());
}

const replicationAccess = 'host replication postgres 127.0.0.1/32 scram-sha-256\n';

/** Resolves when it can be asked: a standby reads. */
async function startOn(cluster: Cluster, settings: Record<string, string>): Promise<Postmaster> {
  writeConfiguration(cluster.folder, configurationText(serverSettings(thisMachine(cluster.dataDir)), settings));
  const access = join(cluster.folder, 'pg_hba.conf');
  if (!readFileSync(access, 'utf8').includes(replicationAccess)) appendFileSync(access, replicationAccess);
  return startPostmaster(cluster, { port: await findFreePort(), onSlow: () => {} });
}
