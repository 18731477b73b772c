import type { Dataset } from '../database/handle.ts';
import type { RowCounts } from '../profiles/places.ts';

/**
 * A bulk deletion: the job that permanently deletes every user of one segment.
 *
 *                 start (one transaction: recorded, segment disabled, set frozen)
 *                   │
 *                   ▼              something is left of a slice
 *     slices:   deleting ◀────────────────────────────┐
 *                   │  after its last range            │
 *                   ▼                                  │
 *               verifying ─────────────────────────────┘
 *                   │  0 rows everywhere
 *                   ▼
 *                 done        all of them done → (scrubbing →) completing → completed
 *
 * There is no way out but the last: no cancelled, no failed. A step that fails changes nothing and is tried again.
 */
export type SlicePhase = 'deleting' | 'verifying' | 'done';

/**
 * How thoroughly it erases. `standard`: the rows are gone for everybody who asks, and the database overwrites their bytes in time.
 * `scrub`: besides, no byte of them is left in the database's files before the job is completed.
 */
export const erasures = ['standard', 'scrub'] as const;
export type Erasure = (typeof erasures)[number];

/** Where the whole job is: the least of its slices, then the last transaction. `null` once completed. */
export type Phase = 'deleting' | 'verifying' | 'scrubbing' | 'completing';

/** What the job engine needs of a running deletion. */
export interface RunningDeletion {
  id: string;
  setNo: number;
  segmentNo: number;
  erasure: Erasure;
}

/** A running deletion with the dataset it runs in. */
export interface DeletionOfDataset {
  dataset: Dataset;
  job: RunningDeletion;
}

/** Who asked, as it is kept for ever: a member or a token by id, with the name of that day. */
export interface RequestedBy {
  kind: 'member' | 'token' | 'system';
  id: string;
  name: string;
}

/** Slice that counts what single and privacy deletions took from the frozen set while the job ran. */
export const singleDeletionsSlice = -1;

/** One slice's share of the work, as its row says. */
export interface Slice {
  slice: number;
  phase: SlicePhase;
  /** Last profile of the work list that is done in this phase. */
  afterId: string;
  rowsDeleted: Partial<RowCounts>;
  profilesDeleted: number;
}

/** A slice that a step has taken. */
export interface TakenSlice extends Slice {
  phase: 'deleting' | 'verifying';
  /** How many slices are in the same phase, it and those that others have taken included. */
  inPhase: number;
}

export const frozenSetDigestAlgorithm = 'sha-256';

/** Address of a job. */
export function deletionUrl(datasetId: string, jobId: string): string {
  return `/api/dataset/${datasetId}/deletions/${jobId}`;
}
