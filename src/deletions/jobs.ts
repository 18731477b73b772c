import { type Dataset, on } from '../database/handle.ts';
import { listDatasets } from '../datasets/dataset-sql.ts';
import type { JobKind } from '../jobs/jobs.ts';
import type { Lethe } from '../lethe.ts';
import { advance } from './advance.ts';
import type { DeletionOfDataset } from './deletion.ts';
import { Difficulties, isWaiting, waitingFor } from './difficulties.ts';
import { Ledger } from './ledger.ts';
import { ledgerFolder } from './ledger-file.ts';
import { Room } from './room.ts';
import { Runs } from './runs.ts';
import { findRunning } from './start-sql.ts';
import { Vacuums } from './vacuums.ts';

/** The step jobs of this folder: running bulk deletions, the vacuum after each, and the files of the ledger. */
export function deletionJobs(lethe: Lethe): JobKind<never>[] {
  const vacuums = new Vacuums(lethe);
  const ledger = new Ledger(ledgerFolder(lethe.settings.dataDir));
  const kinds = [runningDeletions(lethe, ledger, vacuums), vacuums.jobs(), ledgerCopies(lethe, ledger)];
  return kinds as unknown as JobKind<never>[];
}

function runningDeletions(lethe: Lethe, ledger: Ledger, vacuums: Vacuums): JobKind<DeletionOfDataset> {
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
        const heldBackBy = brake.heldBackBy();
        await difficulties.over(deletion, heldBackBy);
        if (result === 'more' && heldBackBy === null) vacuums.deletionWorked();
        if (result === 'finished' && runs.over(job.id)) {
          room.over(job.id);
          vacuums.deletionEnded(dataset);
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

async function openDeletions({ database }: Lethe): Promise<DeletionOfDataset[]> {
  const open: DeletionOfDataset[] = [];
  for (const dataset of await listDatasets(database.reads)) {
    const job = await findRunning(on(dataset, database.reads));
    if (job) open.push({ dataset, job });
  }
  return open;
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
