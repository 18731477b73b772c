import { statfs } from 'node:fs/promises';
import { withStep } from '../database/gate.ts';
import { type Dataset, on } from '../database/handle.ts';
import { isAway, isOutOfRoom, isRetryable, sqlState } from '../database/postgres.ts';
import { listDatasets } from '../datasets/dataset-sql.ts';
import type { JobKind, StepFailure } from '../jobs/jobs.ts';
import type { Lethe } from '../lethe.ts';
import { advance } from './advance.ts';
import type { RunningDeletion } from './deletion.ts';
import { gatherStatistics, needsStatistics, vacuumIdentities, vacuumSlice } from './housekeeping-sql.ts';
import { type JobRow, saveHeartbeat } from './job-sql.ts';
import { findRunning } from './start-sql.ts';
import { StepSize } from './step.ts';

interface Deletion {
  dataset: Dataset;
  job: RunningDeletion;
}

/** Partitions to vacuum after a bulk deletion; lost in a crash, which leaves them to autovacuum. */
interface Vacuum {
  dataset: Dataset;
  slices: number[];
}

/** The step jobs of this folder: running bulk deletions, and the vacuum after each. */
export function deletionJobs(lethe: Lethe): JobKind<never>[] {
  const vacuums: Vacuum[] = [];
  return [runningDeletions(lethe, vacuums), vacuumsAfter(lethe, vacuums)] as unknown as JobKind<never>[];
}

function runningDeletions(lethe: Lethe, vacuums: Vacuum[]): JobKind<Deletion> {
  const { database, settings, announce } = lethe;
  const sizes = new Map<string, StepSize>();
  return {
    name: 'bulk deletion',
    workers: settings.deletionWorkers,
    open: () => openDeletions(lethe),
    keyOf: ({ job }) => job.id,
    async step(deletion) {
      const { dataset, job } = deletion;
      if (await waitsForRoom(lethe, deletion)) return 'idle';
      if (!sizes.has(job.id) && (await needsStatistics(on(dataset, database.reads)))) {
        await refreshStatistics(lethe, deletion);
      }
      const size = sizes.get(job.id) ?? new StepSize(settings.deletionStepMsMax);
      sizes.set(job.id, size);
      const result = await advance(dataset, job, { database, announce, size, now: lethe.now() });
      if (result === 'finished' && sizes.delete(job.id)) {
        vacuums.push({ dataset, slices: Array.from({ length: dataset.partitions }, (_, slice) => slice) });
      }
      return result;
    },
    failed: ({ dataset, job }, failure) =>
      saveHeartbeat(on(dataset, database.heartbeat), job.id, {
        at: lethe.now(),
        heldBackBy: null,
        failure: failure && describe(failure),
      }),
  };
}

/** Better plans are worth a moment, not a wait: a table that somebody else has locked is left as it is. */
async function refreshStatistics({ database }: Lethe, { dataset, job }: Deletion): Promise<void> {
  await withStep(dataset, database.steps, `lethe deletion ${job.id}`, gatherStatistics).catch((error) => {
    if (!isRetryable(error)) throw error;
  });
}

async function openDeletions({ database }: Lethe): Promise<Deletion[]> {
  const open: Deletion[] = [];
  for (const dataset of await listDatasets(database.reads)) {
    const job = await findRunning(on(dataset, database.reads));
    if (job) open.push({ dataset, job });
  }
  return open;
}

/**
 * Deleting writes to the log of the database before it frees anything, so no step begins below the low-water mark. Known only for
 * the embedded database, whose disk is this machine's.
 */
async function waitsForRoom(lethe: Lethe, { dataset, job }: Deletion): Promise<boolean> {
  const { settings, database, announce } = lethe;
  if (settings.databaseUrl || settings.diskFreeBytesMin === 0) return false;
  const { bavail, bsize } = await statfs(settings.dataDir);
  const short = bavail * bsize < settings.diskFreeBytesMin;
  if (short) {
    const heldBackBy = `less than ${Math.round(settings.diskFreeBytesMin / 1_048_576)} MB of disk is free; it goes on when there is room`;
    announce('deletion.held_back', { dataset: dataset.id, deletion: job.id, heldBackBy });
    await saveHeartbeat(on(dataset, database.heartbeat), job.id, { at: lethe.now(), heldBackBy, failure: null });
  }
  return short;
}

function describe({ error, nextTryAt }: StepFailure): NonNullable<JobRow['failure']> {
  const at = { nextTryAt: nextTryAt.toISOString() };
  if (isAway(error)) return { code: 'database.away', detail: 'The database is not reachable. Nothing is lost.', ...at };
  if (isOutOfRoom(error))
    return {
      code: 'database.out_of_room',
      detail: 'The database has no room left on its disk. Nothing is lost.',
      ...at,
    };
  if (isRetryable(error))
    return { code: 'database.busy', detail: 'Others hold rows that a step needs. Nothing is lost.', ...at };
  // The database's own text may quote values of a row; its code says enough.
  return {
    code: 'deletion.step_failed',
    detail: `A step failed (${sqlState(error) ?? 'internal error'}); the log has the reason.`,
    ...at,
  };
}

function vacuumsAfter({ database }: Lethe, vacuums: Vacuum[]): JobKind<Vacuum> {
  return {
    name: 'vacuum',
    workers: 1,
    open: async () => vacuums.slice(0, 1),
    keyOf: ({ dataset }) => dataset.id,
    async step(vacuum) {
      const ds = on(vacuum.dataset, database.steps);
      const slice = vacuum.slices.pop();
      if (slice !== undefined) {
        await vacuumSlice(ds, slice);
        return 'more';
      }
      await vacuumIdentities(ds);
      vacuums.splice(vacuums.indexOf(vacuum), 1);
      return 'finished';
    },
  };
}
