import type { Announce } from './announcements.ts';
import type { Database } from './database/postgres.ts';
import type { AnswerTimes } from './http/answer-times.ts';
import type { Settings } from './settings.ts';

/** A running installation, as main.ts wires it: what routes and jobs are given. Verbs take the handle they need instead. */
export interface Lethe {
  settings: Settings;
  database: Database;
  announce: Announce;
  /** The clock; tests pass their own. */
  now(): Date;
  /** Lets the embedded database go on with a log that holds nothing of before; absent for a database of somebody else's. */
  renewLog?: () => Promise<void>;
  /** How long visitors wait for answers of this process; absent in one that answers nobody. */
  answerTimes?: AnswerTimes;
  /** Lets the step engine look for open jobs at once, after one has been recorded. */
  wakeJobs(): void;
}
