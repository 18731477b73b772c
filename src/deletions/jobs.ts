import { type Dataset, on } from '../database/handle.ts';
import { listDatasets } from '../datasets/dataset-sql.ts';
import type { JobKind } from '../jobs/jobs.ts';
import type { Lethe } from '../lethe.ts';
import { advance } from './advance.ts';
import type { DeletionOfDataset } from './deletion.ts';
import { Difficulties, isWaiting, waitingFor } from './difficulties.ts';
import { vacuumIdentities, vacuumSlice } from './housekeeping-sql.ts';
import { Ledger } from './ledger.ts';
import { ledgerFolder } from './ledger-file.ts';
import { Room } from './room.ts';
import { Runs } from './runs.ts';
import { findRunning } from './start-sql.ts';

/** Partitions to vacuum after a bulk deletion; lost in a crash, which leaves them to autovacuum. */
interface Vacuum {
  dataset: Dataset;
  slices: number[];
}

/** The step jobs of this folder: running bulk deletions, the vacuum after each, and the files of the ledger. */
export function deletionJobs(lethe: Lethe): JobKind<never>[] {
  const vacuums: Vacuum[] = [];
  const ledger = new Ledger(ledgerFolder(lethe.settings.dataDir));
  const kinds = [runningDeletions(lethe, ledger, vacuums), vacuumsAfter(lethe, vacuums), ledgerCopies(lethe, ledger)];
  return kinds as unknown as JobKind<never>[];
}

function runningDeletions(lethe: Lethe, ledger: Ledger, vacuums: Vacuum[]): JobKind<DeletionOfDataset> {
  const { database, settings, announce } = lethe;
  const difficulties = new Difficulties(lethe);
  const room = new Room(lethe);
  const runs = new Runs(lethe);
  return {
    name: 'bulk deletion',
    workers: settings.deletionWorkers,
    open: () => openDeletions(lethe),
    keyOf: ({ job }) => job.id,
    async step(deletion) {
      const { dataset, job } = deletion;
      const short = await room.short(deletion);
      if (short) {
        await difficulties.heldBack(deletion, short);
        return 'idle';
      }
      const { brake, provesAtOnce } = await runs.of(deletion);
      const turn = brake.turn();
      if ('waitMs' in turn) {
        await difficulties.over(deletion, brake.heldBackBy());
        return { pauseMs: turn.waitMs };
      }
      let failed = true;
      try {
        const beforeCompletion = () => ledger.copy(on(dataset, database.steps));
        const result = await advance(dataset, job, {
          database,
          announce,
          size: turn.plan,
          proofSize: turn.proofSize,
          workers: settings.deletionWorkers,
          provesAtOnce,
          beforeCompletion,
          renewLog: lethe.renewLog,
          now: lethe.now(),
        });
        failed = false;
        await difficulties.over(deletion, brake.heldBackBy());
        if (result === 'finished' && runs.over(job.id)) {
          room.over(job.id);
          vacuums.push({ dataset, slices: slicesOf(dataset) });
        }
        return result;
      } catch (error) {
        if (!isWaiting(error)) throw error;
        await difficulties.heldBack(deletion, waitingFor(error));
        return 'idle';
      } finally {
        turn.end(failed);
      }
    },
    failed: (deletion, failure) => (failure ? difficulties.failed(deletion, failure) : difficulties.over(deletion)),
  };
}

function slicesOf({ partitions }: Dataset): number[] {
  return Array.from({ length: partitions }, (_, slice) => slice);
}

async function openDeletions({ database }: Lethe): Promise<DeletionOfDataset[]> {
  const open: DeletionOfDataset[] = [];
  for (const dataset of await listDatasets(database.reads)) {
    const job = await findRunning(on(dataset, database.reads));
    if (job) open.push({ dataset, job });
  }
  return open;
}

/** As long as autovacuum's. Where somebody is being served, each changed page is in the log before their next commit. */
const vacuumPauseMs = 2;
const gentleVacuumPauseMs = 10;

/** Vacuums wait while a bulk deletion runs, in whatever dataset: it wants the processor, and leaves more to be vacuumed. */
function vacuumsAfter(lethe: Lethe, vacuums: Vacuum[]): JobKind<Vacuum> {
  const { database, answerTimes } = lethe;
  const open = async () => {
    if (vacuums.length === 0 || (await openDeletions(lethe)).length > 0) return [];
    return vacuums.slice(0, 1);
  };
  return {
    name: 'vacuum',
    workers: 1,
    open,
    keyOf: ({ dataset }) => dataset.id,
    async step(vacuum) {
      if ((await open()).length === 0) return 'idle';
      const ds = on(vacuum.dataset, database.steps);
      const slice = vacuum.slices.pop();
      const pauseMs = answerTimes?.look() ? gentleVacuumPauseMs : vacuumPauseMs;
      const drop = () => vacuums.splice(vacuums.indexOf(vacuum), 1);
      try {
        if (slice !== undefined) {
          await vacuumSlice(ds, slice, pauseMs);
          return 'more';
        }
        await vacuumIdentities(ds, pauseMs);
      } catch (error) {
        // A courtesy, not a duty: the dataset may be gone by now, and autovacuum does the rest.
        drop();
        throw error;
      }
      drop();
      return 'finished';
    },
  };
}

const ledgerPauseMs = 2_000;

/** Users who were deleted one by one are in the files of the ledger within seconds; a bulk deletion sees to its own. */
function ledgerCopies({ database }: Lethe, ledger: Ledger): JobKind<Dataset> {
  let lookedAt = Number.NEGATIVE_INFINITY;
  return {
    name: 'ledger',
    workers: 1,
    open: async () => {
      // No clock that may be put back: the copies would wait for its old time.
      if (performance.now() - lookedAt < ledgerPauseMs) return [];
      const datasets = await listDatasets(database.reads);
      lookedAt = performance.now();
      return datasets;
    },
    keyOf: ({ id }) => id,
    async step(dataset) {
      await ledger.copy(on(dataset, database.steps));
      return 'idle';
    },
  };
}
