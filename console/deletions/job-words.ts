import type { Job } from '../../src/deletions/job.ts';
import { texts } from '../texts/texts.ts';
import { duration } from '../ui/moments.ts';
import { count } from '../ui/numbers.ts';

/** What a bulk deletion is doing, in words. */
export function stateInWords(job: Job): string {
  const { states } = texts.deletions;
  if (job.state === 'completed') return states.completed;
  if (job.state === 'failing') return states.waiting;
  if (job.phase === 'verifying' || job.phase === 'completing') return states.verifying;
  if (job.phase === 'scrubbing') return states.scrubbing;
  return job.deleted === 0 ? states.starting : states.deleting;
}

/** What keeps it from going on, or holds it back; undefined when nothing does. */
export function difficultyInWords(job: Job, now: number = Date.now()): string | undefined {
  if (job.failure) {
    const seconds = Math.max(0, Math.round((new Date(job.failure.nextTryAt).getTime() - now) / 1_000));
    return texts.deletions.waiting(job.failure.detail, seconds, count(job.deleted), count(job.users));
  }
  return job.heldBackBy === null ? undefined : texts.deletions.heldBack(job.heldBackBy);
}

/** Rate and time left: "41,200/s · less than a second left", in a scrub how many tables are done; empty while nothing is known. */
export function paceInWords(job: Job): string {
  if (job.phase === 'scrubbing')
    return job.scrub ? texts.deletions.rewritten(count(job.scrub.tables), count(job.scrub.of)) : '';
  const rate = job.usersPerSecond === null ? undefined : texts.deletions.perSecond(count(job.usersPerSecond));
  return [rate, timeLeftInWords(job)].filter((part) => part !== undefined).join(' · ');
}

function timeLeftInWords({ phase, secondsLeft, state }: Job): string | undefined {
  if (phase !== 'deleting' || state === 'failing' || secondsLeft === null) return undefined;
  return secondsLeft < 1 ? texts.deletions.lessThanASecondLeft : texts.deletions.left(duration(secondsLeft));
}

/** From the start to the end, in seconds; undefined while it runs. */
export function secondsTaken({ startedAt, completedAt }: Job): number | undefined {
  if (completedAt === null) return undefined;
  return (new Date(completedAt).getTime() - new Date(startedAt).getTime()) / 1_000;
}

/** What a screen reader is told while it runs: each new phase, and every tenth of the way. */
export function announcementOf(job: Job): string {
  const tenth = Math.floor(job.percent / 10) * 10;
  const state = stateInWords(job);
  return job.phase === 'deleting' ? texts.deletions.announcement(state, tenth, count(job.users)) : state;
}
