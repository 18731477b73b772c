import { withStep } from '../database/gate.ts';
import { on } from '../database/handle.ts';
import { isRetryable } from '../database/postgres.ts';
import type { Lethe } from '../lethe.ts';
import { Brake } from './brake.ts';
import type { DeletionOfDataset } from './deletion.ts';
import { firstStepUsers, outgrowsCheckpoint } from './extent.ts';
import { extentOf, logBytesMax } from './extent-sql.ts';
import { gatherKeyStatistics, needsStatistics } from './housekeeping-sql.ts';

/** A running deletion on this server, from its first step here on. */
export interface Run {
  brake: Brake;
  provesAtOnce: boolean;
}

/** What this server keeps of each running deletion while it works on it. */
export class Runs {
  readonly #lethe: Lethe;
  readonly #runs = new Map<string, Promise<Run>>();

  constructor(lethe: Lethe) {
    this.#lethe = lethe;
  }

  /** Begun once, whichever worker comes first; what failed to begin is tried anew. */
  of(deletion: DeletionOfDataset): Promise<Run> {
    const { id } = deletion.job;
    const known = this.#runs.get(id);
    if (known) return known;
    const run = begin(this.#lethe, deletion);
    this.#runs.set(id, run);
    run.catch(() => this.#runs.delete(id));
    return run;
  }

  /** False when it was over already: of several workers, one sees to what comes after. */
  over(id: string): boolean {
    return this.#runs.delete(id);
  }
}

async function begin(lethe: Lethe, deletion: DeletionOfDataset): Promise<Run> {
  const ds = on(deletion.dataset, lethe.database.steps);
  const [isOutdated, known] = await Promise.all([needsStatistics(ds), extentOf(ds, deletion.job.id)]);
  if (isOutdated) await refreshStatistics(lethe, deletion);
  const extent = isOutdated ? await extentOf(ds, deletion.job.id) : known;
  return {
    brake: new Brake(lethe, deletion, firstStepUsers(extent, lethe.settings.deletionStepMsMax)),
    provesAtOnce: outgrowsCheckpoint(extent, await logBytesMax(ds.db)),
  };
}

/** Better plans are worth a moment, not a wait: a table that somebody else has locked is left as it is. */
async function refreshStatistics({ database }: Lethe, { dataset, job }: DeletionOfDataset): Promise<void> {
  await withStep(dataset, database.steps, `lethe deletion ${job.id}`, gatherKeyStatistics).catch((error) => {
    if (!isRetryable(error)) throw error;
  });
}
