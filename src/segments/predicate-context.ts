import type { DatasetDb } from '../database/handle.ts';

/** What a rule is evaluated against besides the profile itself. */
export interface PredicateContext {
  ds: DatasetDb;
  /** The moment at which "today" and "in the last n days" are meant. */
  now: Date;
  /** The set in force of every segment that the rule names, by id. */
  segments: ReadonlyMap<string, { setNo: number }>;
  /** The number of every import that the rule names, by id. */
  imports: ReadonlyMap<string, number>;
}
