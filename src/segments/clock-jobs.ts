import { type Dataset, on } from '../database/handle.ts';
import { listDatasets } from '../datasets/dataset-sql.ts';
import type { JobKind } from '../jobs/jobs.ts';
import { StepSize } from '../jobs/step-size.ts';
import type { Lethe } from '../lethe.ts';
import { type ClockStep, lateTimesMax, lookAtDue } from './clock.ts';
import { type ClockPosition, datasetsWithDue, writeClockRun } from './clock-sql.ts';

/** Steps hold the gate, shared, and what waits for it alone waits for them. */
const stepLimits = { first: 250, min: 50, max: 10_000, msMax: 80 };

interface Run {
  beganAt: Date;
  dueSince: Date;
  after: ClockPosition | undefined;
  users: number;
  joined: number;
  left: number;
  busy: number;
}

/**
 * The clock: every `LETHE_CLOCK_SECONDS` it looks at the users at whom time may have changed something, and at nobody else. A run
 * goes once through all who are due; those whom others were writing to have another one at the next poll.
 */
export function clockJob(lethe: Lethe): JobKind<Dataset> {
  const { database, settings, now } = lethe;
  const runs = new Map<number, Run>();
  const sizes = new Map<number, StepSize>();
  let open: Dataset[] = [];
  let askedAt = Number.NEGATIVE_INFINITY;

  const finish = async (dataset: Dataset, { busy, ...run }: Run): Promise<'idle' | 'finished'> => {
    runs.delete(dataset.no);
    if (run.users > 0) {
      const { users, joined, left } = run;
      await writeClockRun(on(dataset, database.steps), { at: now(), users, joined, left });
      const lateSeconds = Math.round((run.beganAt.getTime() - run.dueSince.getTime()) / 1000);
      lethe.announce('clock.looked', { dataset: dataset.id, users, joined, left, lateSeconds });
      if (lateSeconds > lateTimesMax * settings.clockSeconds)
        lethe.announce('clock.late', { dataset: dataset.id, users, lateSeconds });
    }
    if (busy > 0) return 'idle';
    open = open.filter(({ no }) => no !== dataset.no);
    return 'finished';
  };

  return {
    name: 'clock',
    workers: 1,
    open: async () => {
      if (now().getTime() - askedAt < settings.clockSeconds * 1000) return open;
      const datasets = await listDatasets(database.reads);
      const due = new Set(await datasetsWithDue(database.reads, datasets, now()));
      askedAt = now().getTime();
      open = datasets.filter(({ no }) => due.has(no));
      return open;
    },
    keyOf: ({ id }) => id,
    step: async (dataset) => {
      const run = runs.get(dataset.no) ?? newRun(now());
      const size = sizes.get(dataset.no) ?? new StepSize(stepLimits);
      runs.set(dataset.no, run);
      sizes.set(dataset.no, size);
      const began = performance.now();
      const step = await lookAtDue(on(dataset, database.steps), {
        profilesMax: size.current,
        now: now(),
        after: run.after,
      });
      size.learn(step.users, performance.now() - began);
      add(run, step);
      return step.next ? 'more' : finish(dataset, run);
    },
    // Asks again who is due: the dataset may be gone, and a run that broke off begins anew.
    failed: async (dataset, failure) => {
      if (!failure) return;
      runs.delete(dataset.no);
      askedAt = Number.NEGATIVE_INFINITY;
    },
  };
}

function newRun(now: Date): Run {
  return { beganAt: now, dueSince: now, after: undefined, users: 0, joined: 0, left: 0, busy: 0 };
}

function add(run: Run, { users, joined, left, dueSince, busy, next }: ClockStep): void {
  run.after = next;
  run.users += users;
  run.joined += joined;
  run.left += left;
  run.busy += busy;
  if (dueSince && dueSince < run.dueSince) run.dueSince = dueSince;
}
