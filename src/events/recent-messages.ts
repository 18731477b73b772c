import type { Dataset, DatasetDb } from '../database/handle.ts';
import { livingAmong } from './recent-messages-sql.ts';
import type { Refusal } from './traits.ts';

/** Messages of a dataset that are remembered, so that whoever sets up a source sees them come. */
const recentMax = 100;

/** A message and what became of it, without anything that it said: no property, no identity value. */
export interface ReceivedMessage {
  at: Date;
  /** Name of the write key or token it came with. */
  source: string;
  /** `track`, `identify`, …; null where it could not be read. */
  type: string | null;
  /** Null where it brought no event. */
  action: string | null;
  /** The profile it was written to; absent for one that was refused, or received before under the same messageId. */
  profileId?: number;
  /** Why it was not taken. */
  refusal?: Refusal;
}

/** A received message and its place among all that this server has received, from 1. */
export type RecentMessage = ReceivedMessage & { no: number };

/**
 * The last messages of each dataset, in the memory of this server: of several, each knows those that it took itself, and a restart
 * forgets them.
 */
export class RecentMessages {
  readonly #byDataset = new Map<number, RecentMessage[]>();
  #received = 0;

  /** Remembers messages in the order in which they came. */
  add(dataset: Dataset, received: readonly ReceivedMessage[]): void {
    const kept = this.#byDataset.get(dataset.no) ?? [];
    this.#byDataset.set(dataset.no, kept);
    for (const message of received.slice(-recentMax)) kept.push({ no: ++this.#received, ...message });
    if (kept.length > recentMax) kept.splice(0, kept.length - recentMax);
  }

  /** The newest first. What was said of a user who is no more is forgotten: deleting somebody leaves nothing behind here either. */
  async list(ds: DatasetDb): Promise<RecentMessage[]> {
    const { no } = ds.dataset;
    const ids = new Set(this.#of(no).flatMap(({ profileId }) => profileId ?? []));
    if (ids.size > 0) {
      const living = new Set(await livingAmong(ds, [...ids]));
      // Asked anew, because more may have come meanwhile; of their users nothing was asked.
      const isKept = ({ profileId }: RecentMessage) =>
        profileId === undefined || living.has(profileId) || !ids.has(profileId);
      this.#byDataset.set(no, this.#of(no).filter(isKept));
    }
    return this.#of(no).toReversed();
  }

  #of(datasetNo: number): RecentMessage[] {
    return this.#byDataset.get(datasetNo) ?? [];
  }
}
