import type { GatedTx } from '../database/gate.ts';
import { deleteChangesOf, insertChanges, insertMergedChanges } from './changes-sql.ts';
import type { ChangedMembership } from './membership-sql.ts';

/** Keeps who joined and left for those who follow the segments; before the counters, which are last. */
export async function keepChanges(
  tx: GatedTx,
  { joined = [], left = [] }: { joined?: readonly ChangedMembership[]; left?: readonly ChangedMembership[] },
  now: Date,
): Promise<void> {
  if (joined.length > 0 || left.length > 0) await insertChanges(tx, { joined, left }, now);
}

/** Keeps what a merge did: the losers left by becoming a part of the survivor, and what was kept of them before goes with them. */
export async function keepMergedChanges(
  tx: GatedTx,
  { survivor, losers }: { survivor: number; losers: readonly number[] },
  { joined, left }: { joined: readonly ChangedMembership[]; left: readonly ChangedMembership[] },
  now: Date,
): Promise<void> {
  await deleteChangesOf(tx, losers);
  if (left.length > 0) await insertMergedChanges(tx, survivor, left, now);
  await keepChanges(tx, { joined }, now);
}
