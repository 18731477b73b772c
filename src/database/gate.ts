import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { LetheError } from '../errors.ts';
import { type Dataset, type DatasetDb, on } from './handle.ts';
import { type Db, isRetryable, sqlState } from './postgres.ts';
import { backToSavepoint, setSavepoint } from './savepoint-sql.ts';

/**
 * The only place that begins a transaction which changes rows of profiles. See ARCHITECTURE.md, "The writer's protocol".
 *
 * Writers hold the gate of their dataset shared; whoever changes what writers rely on (the start of a bulk deletion, its last
 * transaction, the state of a segment) holds it exclusively. So a writer sees the world either before such a change or after it.
 */
declare const gated: unique symbol;
/** A dataset in a transaction that holds the gate, shared or exclusively. Verbs that write rows of profiles ask for it. */
export type GatedTx = DatasetDb & { readonly [gated]: 'shared' | 'exclusive' };
/** A dataset in a transaction that holds the gate alone. */
export type ExclusiveTx = DatasetDb & { readonly [gated]: 'exclusive' };

/** First key of the advisory locks that are gates; the second is the dataset's number. */
export const gateClass = 0x1e7e;

const sharedLockTimeoutMs = 5_000;
const triesMax = 8;

/** How long whoever wants the gate alone waits for it at first. */
export const exclusiveLockTimeoutMsMin = 60;
const exclusiveLockTimeoutMsMax = 400;
const exclusiveTriesMax = 15;

/**
 * Runs `work` as one writing transaction and repeats it as a whole when it meets a deadlock or a lock time-out, so `work` must
 * not change anything but the database. At most about 100 ms of work belongs in one: parse and read files before.
 *
 * Throws `database.busy` when it could not get through.
 */
export async function withSharedGate<T>(dataset: Dataset, db: Db, work: (tx: GatedTx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction(db, async (tx) => {
        await takeGate(tx, 'pg_advisory_xact_lock_shared', dataset, sharedLockTimeoutMs);
        return work(on(dataset, tx) as GatedTx);
      });
    } catch (error) {
      if (!isRetryable(error)) throw error;
      if (attempt === triesMax) throw busy(error);
      await sleep(attempt * 10 * (0.5 + Math.random()));
    }
  }
}

/**
 * Like `withSharedGate`, holding the gate alone. Lock queues are fair: waiting long for the gate would make every later writer
 * wait as well, so each try is short. Where many write all the time, one of them always holds the gate for longer than that, so
 * the tries grow, and the pauses between them.
 */
export async function withExclusiveGate<T>(
  dataset: Dataset,
  db: Db,
  work: (tx: ExclusiveTx) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const timeoutMs = Math.round(Math.min(exclusiveLockTimeoutMsMax, exclusiveLockTimeoutMsMin * 1.2 ** (attempt - 1)));
    try {
      return await transaction(db, async (tx) => {
        await takeGate(tx, 'pg_advisory_xact_lock', dataset, timeoutMs);
        return work(on(dataset, tx) as ExclusiveTx);
      });
    } catch (error) {
      if (!isRetryable(error)) throw error;
      if (attempt === exclusiveTriesMax) throw busy(error);
      await sleep(attempt * 20 * (0.5 + Math.random()));
    }
  }
}

/**
 * How writers plan: a prepared statement once for all its values, from its first use on, because planning over all partitions costs
 * more than the values could tell; and without Memoize, because no profile comes twice in a batch.
 */
const planning = 'SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL enable_memoize = off';

/**
 * Several statements in one message, which spares round trips. The gate is alone in its own: a read in the same statement would
 * have a snapshot older than the gate.
 */
async function takeGate(tx: Db, lock: string, { no }: Dataset, timeoutMs: number): Promise<void> {
  const gate = sql`SELECT ${sql.id(lock)}(${sql.lit(gateClass)}, ${sql.lit(no)})`;
  await sql`SET LOCAL lock_timeout = ${sql.lit(timeoutMs)}; ${sql.raw(planning)}; ${gate}`.execute(tx);
}

function transaction<T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> {
  return db.transaction().setIsolationLevel('read committed').execute(work);
}

function busy(error: unknown): LetheError {
  return new LetheError(
    'busy',
    'database.busy',
    'The dataset is very busy just now; nothing was changed. Try again in a moment.',
    {
      retryAfterSeconds: 1,
      cause: error,
      members: { sqlState: sqlState(error) },
    },
  );
}

/** A dataset in the transaction of one step of a bulk deletion. */
export type StepTx = DatasetDb & { readonly [gated]: 'step' };

const stepLockTimeoutMs = 2_000;

/**
 * Runs one step of a bulk deletion as one transaction. It takes no gate: from the start on nobody but the job and those who delete
 * single users change anything of the doomed. Its statements wait at most 2 s for a lock, then the step is given up whole (55P03).
 * None of them takes more than one processor, since there are several workers and a pace that they keep. They are planned for their
 * values each time: whose rows they are, and of how many. `label` names the connection while it runs, so that whoever it waits for can
 * be found.
 */
export function withStep<T>(dataset: Dataset, db: Db, label: string, work: (tx: StepTx) => Promise<T>): Promise<T> {
  return transaction(db, async (tx) => {
    await sql`
      SELECT set_config('lock_timeout', ${`${stepLockTimeoutMs}ms`}, true), set_config('application_name', ${label}, true),
             set_config('max_parallel_workers_per_gather', '0', true), set_config('plan_cache_mode', 'force_custom_plan', true)`.execute(
      tx,
    );
    return work(on(dataset, tx) as StepTx);
  });
}

/**
 * A part of a step that waits for each lock no longer than `lockTimeoutMs`. Where that is too short, undefined: what it wrote is taken
 * back, the locks that it took are free again, and the step goes on without it.
 */
export async function attemptInStep<T>(
  tx: StepTx,
  lockTimeoutMs: number,
  work: () => Promise<T>,
): Promise<T | undefined> {
  await setSavepoint(tx, 'attempt');
  await setLockTimeout(tx.db, lockTimeoutMs);
  try {
    const result = await work();
    await setLockTimeout(tx.db, stepLockTimeoutMs);
    return result;
  } catch (error) {
    if (sqlState(error) !== '55P03') throw error;
    await backToSavepoint(tx, 'attempt');
    return undefined;
  }
}

async function setLockTimeout(tx: Db, ms: number): Promise<void> {
  await sql`SELECT set_config('lock_timeout', ${`${ms}ms`}, true)`.execute(tx);
}
