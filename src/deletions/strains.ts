import type { AnswerTime } from '../http/answer-times.ts';
import type { Strain } from './pace.ts';

/** What a job sees of those who use the system at the same time. */
export interface Sight {
  /** Answers of this process, by kind; none when nobody asks anything. */
  answers: AnswerTime[];
  /** How long a tiny write took to be durable, and the fastest one of this job, in milliseconds; undefined when no others write. */
  commit: { ms: number; fastestMs: number } | undefined;
  /** Others who have waited for a lock of the job's for longer than a moment, and the longest of them. */
  lockWaits: { count: number; seconds: number };
  /** The longest statement of another program that is running. */
  longQuery: { who: string; seconds: number } | undefined;
  /** The replica that is furthest behind; undefined without one, or where the role may not know. */
  replica: { seconds: number; bytes: number } | undefined;
  /** Bytes of the log that are not in the archive yet; undefined without an archive. */
  unarchivedBytes: number | undefined;
}

/** Answers may take this much longer than usual, and never count as slow below so many milliseconds. */
const answersSlowerBy = 1.25;
const answersMsMin = 5;
/** Where the disk is slow, or a replica is waited for, commits may take a multiple of the fastest one. */
const commitMsMax = 50;
const commitsSlowerBy = 3;
const lockSecondsMax = 0.5;
const querySecondsMax = 5;
const replicaSecondsMax = 5;
const logBytesMax = 256 * 1_048_576;
/** A long query asks for some room, not for all: it may take hours. */
const queryDegree = 1.25;
const queryShare = 0.5;

/** Turns what a job sees into reasons to go slower. `share`: of its full speed, as it goes now. */
export function strainsOf(sight: Sight, share: number): Strain[] {
  const strains: Strain[] = [];
  const add = (degree: number, why: string) => strains.push({ degree, why });
  const { answers, commit, lockWaits, longQuery, replica, unarchivedBytes } = sight;
  const forVisitors = 'to keep answers fast for visitors';
  for (const { p95Ms, usualMs } of answers) {
    add(p95Ms / Math.max(answersMsMin, answersSlowerBy * usualMs), forVisitors);
  }
  if (commit) add(commit.ms / Math.max(commitMsMax, commitsSlowerBy * commit.fastestMs), forVisitors);
  if (lockWaits.count > 0) add(lockWaits.seconds / lockSecondsMax, 'because others wait for rows that it holds');
  if (longQuery && longQuery.seconds > querySecondsMax) {
    const who = longQuery.who === 'lethe reads' ? 'a long look-up' : `a query of ${longQuery.who}`;
    const why = `to leave room for ${who} that has been running for ${Math.round(longQuery.seconds)} s`;
    add(share > queryShare ? queryDegree : 1, why);
  }
  if (replica) {
    const behind = `${Math.round(replica.seconds)} s and ${Math.round(replica.bytes / 1_048_576)} MB behind`;
    add(
      Math.max(replica.seconds / replicaSecondsMax, replica.bytes / logBytesMax),
      `so that a replica can follow: it is ${behind}`,
    );
  }
  if (unarchivedBytes !== undefined) {
    const why = `so that the archive of the log can follow: it is ${Math.round(unarchivedBytes / 1_048_576)} MB behind`;
    add(unarchivedBytes / logBytesMax, why);
  }
  return strains;
}
