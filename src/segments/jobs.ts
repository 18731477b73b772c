import { type Dataset, on } from '../database/handle.ts';
import { listDatasets } from '../datasets/dataset-sql.ts';
import { everyHour } from '../datasets/every-hour.ts';
import type { JobKind } from '../jobs/jobs.ts';
import { StepSize } from '../jobs/step-size.ts';
import type { Lethe } from '../lethe.ts';
import { clearDiscardedSets } from './clear.ts';
import { clockJob } from './clock-jobs.ts';
import { datasetsWithWork } from './computation-sql.ts';
import { computeNext, finishComputation } from './compute.ts';
import { clearOldChanges } from './following.ts';

/** Steps hold the gate, shared, and what waits for it alone waits for them. */
const stepLimits = { first: 1_000, min: 250, max: 20_000, msMax: 80 };

/** The work of segments that goes on by itself: computing sets of users, the clock, and clearing sets that are out of use. */
export function segmentJobs(lethe: Lethe): JobKind[] {
  const computing: JobKind<Dataset> = {
    name: 'segment computation',
    workers: 2,
    open: () => openDatasets(lethe, 'segment_computation'),
    keyOf: (dataset) => dataset.id,
    step: computingStep(lethe),
  };
  const clearing: JobKind<Dataset> = {
    name: 'discarded sets',
    workers: 1,
    open: () => openDatasets(lethe, 'discarded_set'),
    keyOf: (dataset) => dataset.id,
    step: async (dataset) => ((await clearDiscardedSets(on(dataset, lethe.database.steps))) ? 'more' : 'finished'),
  };
  const forgetting = everyHour(lethe, 'membership changes', (ds) => {
    const hours = lethe.settings.membershipChangeHours;
    return clearOldChanges(ds, new Date(lethe.now().getTime() - hours * 3_600_000));
  });
  return [computing, clockJob(lethe), clearing, forgetting] as JobKind[];
}

async function openDatasets(lethe: Lethe, table: 'segment_computation' | 'discarded_set'): Promise<Dataset[]> {
  const datasets = await listDatasets(lethe.database.reads);
  const withWork = new Set(await datasetsWithWork(lethe.database.reads, datasets, table));
  return datasets.filter((dataset) => withWork.has(dataset.no));
}

function computingStep(lethe: Lethe): JobKind<Dataset>['step'] {
  const sizes = new Map<number, StepSize>();
  return async (dataset) => {
    const began = performance.now();
    const size = sizes.get(dataset.no) ?? new StepSize(stepLimits);
    sizes.set(dataset.no, size);
    const profilesMax = size.current;
    const step = await computeNext(on(dataset, lethe.database.steps), { profilesMax, now: lethe.now() });
    if (step.did === 'nothing') return 'finished';
    if (step.did === 'waiting') return 'idle';
    if (step.did === 'profiles') {
      size.learn(step.profiles, performance.now() - began);
      return 'more';
    }
    const users = await finishComputation(on(dataset, lethe.database.starts), step.segmentId, lethe.now());
    if (users !== undefined) {
      lethe.announce('segment.computed', { dataset: dataset.id, segment: step.segmentId, users });
      lethe.wakeJobs();
    }
    return 'more';
  };
}
