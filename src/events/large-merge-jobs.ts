import { type Dataset, on } from '../database/handle.ts';
import { listDatasets } from '../datasets/dataset-sql.ts';
import type { JobKind } from '../jobs/jobs.ts';
import { StepSize } from '../jobs/step-size.ts';
import type { Lethe } from '../lethe.ts';
import { publicId } from '../profiles/profile.ts';
import { type LargeMergeStep, takeLargeMergeStep } from './large-merge.ts';
import { datasetsWithLargeMerges } from './large-merge-sql.ts';

/** They are rare, and the profiles of one are whole all the time. */
const lookEveryMs = 2_000;

/** Events of a step, which holds the gate, shared. */
const stepLimits = { first: 2_000, min: 250, max: 5_000, msMax: 80 };

/** Merging profiles that are too large for it to be done with the message that names both. */
export function largeMergeJobs({ database, announce, now }: Lethe): JobKind<Dataset> {
  const size = new StepSize(stepLimits);
  const begun = new Set<string>();
  let lookedAt = Number.NEGATIVE_INFINITY;

  const say = (dataset: Dataset, step: LargeMergeStep) => {
    if (!('loser' in step) || step.did === 'overtaken') return;
    const users = { dataset: dataset.id, user: publicId(step.loser), into: publicId(step.survivor) };
    const key = `${dataset.no} ${step.loser} ${step.survivor}`;
    if (step.did === 'moved') {
      if (!begun.has(key)) announce('user.merge_begun', users);
      begun.add(key);
    } else {
      announce(step.did === 'merged' ? 'user.merged' : 'user.merge_dropped', users);
      begun.delete(key);
    }
  };

  return {
    name: 'large merge',
    workers: 1,
    open: async () => {
      if (performance.now() - lookedAt < lookEveryMs) return [];
      lookedAt = performance.now();
      const datasets = await listDatasets(database.reads);
      const withWork = await datasetsWithLargeMerges(database.reads, datasets);
      return datasets.filter(({ no }) => withWork.has(no));
    },
    keyOf: ({ id }) => id,
    step: async (dataset) => {
      const began = performance.now();
      const context = { eventsMax: size.current, now: now() };
      const step = await takeLargeMergeStep(on(dataset, database.steps), context);
      if (step.did === 'moved') size.learn(step.events, performance.now() - began);
      say(dataset, step);
      if (step.did === 'nothing') return 'finished';
      return step.did === 'waiting' ? 'idle' : 'more';
    },
  };
}
