import { expect, test } from 'vitest';
import { until } from '../../test/waiting.ts';
import { type JobKind, type StepFailure, startJobs } from './jobs.ts';

/** A kind with the one job `a`, until it is taken from `open`. */
function kindOf(step: JobKind<string>['step'], open = ['a']): { open: string[]; kinds: JobKind<never>[] } {
  const kind: JobKind<string> = { name: 'test', workers: 1, open: async () => [...open], keyOf: (job) => job, step };
  return { open, kinds: [kind] as unknown as JobKind<never>[] };
}

test('a step that fails is tried again, until it succeeds', async () => {
  let steps = 0;
  const { open, kinds } = kindOf(async () => {
    if (++steps < 3) throw new Error('not yet');
    open.pop();
    return 'finished';
  });
  const failures: string[] = [];
  const jobs = startJobs(kinds, (_, job, { attempt }) => failures.push(`${job} ${attempt}`));
  await until(async () => open.length === 0, 'the job is finished');
  await jobs.stop();
  expect(failures).toEqual(['a 1', 'a 2']);
});

test('a job that fails and is open no more, because its dataset is gone, is not tried for ever', async () => {
  const attempts: number[] = [];
  let looks = 0;
  const { open, kinds } = kindOf(async () => {
    open.pop();
    looks = 0;
    throw new Error('no such table');
  });
  const [kind] = kinds as unknown as JobKind<string>[];
  const counting = { ...kind, open: async () => [...open].slice(0, ++looks) } as JobKind<never>;
  const jobs = startJobs([counting], (_, __, { attempt }) => attempts.push(attempt));
  await until(async () => attempts.length === 1 && looks >= 3, 'the engine has looked again several times');
  // Whoever comes under the same name is another one.
  open.push('a');
  await until(async () => attempts.length === 2, 'the new one has failed as well');
  await jobs.stop();
  expect(attempts).toEqual([1, 1]);
});

test('a stop does not wait for the end of the pause after a failure', async () => {
  let failure: StepFailure | undefined;
  const { kinds } = kindOf(() => Promise.reject(new Error('always')));
  const jobs = startJobs(kinds, (_, __, latest) => {
    failure = latest;
  });
  await until(async () => failure?.attempt === 5, 'it has failed five times');
  await jobs.stop();
  expect(Date.now()).toBeLessThan(failure?.nextTryAt.getTime() ?? 0);
});

test('a step that asks for a pause is called again after it, and a stop does not wait for the end of one', async () => {
  const pauses = [50, 60_000];
  const calls: number[] = [];
  const { kinds } = kindOf(async () => {
    calls.push(performance.now());
    return { pauseMs: pauses.shift() ?? 0 };
  });
  const jobs = startJobs(kinds, () => {});
  await until(async () => calls.length === 2, 'it was called again');
  expect((calls[1] ?? 0) - (calls[0] ?? 0)).toBeGreaterThanOrEqual(45);
  await jobs.stop();
  expect(calls.length).toBe(2);
});

test('jobs that cannot be listed are said once, and worked on as soon as they can', async () => {
  let looks = 0;
  let steps = 0;
  const { open, kinds } = kindOf(async () => {
    steps++;
    open.pop();
    return 'finished';
  });
  const [kind] = kinds as unknown as JobKind<string>[];
  const broken = {
    ...kind,
    open: async () => {
      if (++looks <= 3) throw new Error('no such table');
      return [...open];
    },
  } as JobKind<never>;
  const failures: string[] = [];
  const jobs = startJobs([broken], (name, job) => failures.push(`${name} ${job}`));
  await until(async () => {
    jobs.wake();
    return steps === 1;
  }, 'the job is done');
  await jobs.stop();
  expect(failures).toEqual(['test all']);
});
