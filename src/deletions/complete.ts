import { createHash } from 'node:crypto';
import { systemActor } from '../access/system-actor.ts';
import { recordAudit } from '../audit/record.ts';
import { type ExclusiveTx, withExclusiveGate } from '../database/gate.ts';
import type { Dataset } from '../database/handle.ts';
import type { Db } from '../database/postgres.ts';
import { addRows } from '../profiles/places.ts';
import {
  type DeletionToComplete,
  type FinishedSlice,
  findDeletionToComplete,
  readSlices,
  releaseSegment,
  saveCompletion,
} from './complete-sql.ts';
import { frozenSetDigestAlgorithm, singleDeletionsSlice } from './deletion.ts';
import { ledgerOf } from './ledger-sql.ts';
import { signReceipt } from './receipt.ts';
import type { ReceiptPayload } from './receipt-payload.ts';
import type { ScrubState } from './scrub-sql.ts';

/**
 * The last transaction of a bulk deletion: adds the proven slices up, signs the receipt and completes the job. It holds the gate
 * alone, because a writer that resolved a user before the work list was cleared must not ask after it whether that user is doomed.
 * Returns the receipt's content, or undefined when slices are not done or another server was first.
 */
export function completeDeletion(
  dataset: Dataset,
  db: Db,
  deletionId: string,
  now: Date,
): Promise<ReceiptPayload | undefined> {
  return withExclusiveGate(dataset, db, async (tx) => {
    const deletion = await findDeletionToComplete(tx, deletionId);
    const slices = await readSlices(tx, deletionId);
    if (!deletion || slices.some((slice) => slice.phase !== 'done')) return undefined;
    if (deletion.erasure === 'scrub' && !deletion.scrub?.endedAt) return undefined;
    // The clocks of two servers may differ, and one may have been put back.
    const completedAt = now < deletion.startedAt ? deletion.startedAt : now;
    const ledger = await ledgerOf(tx, deletionId);
    const payload = receiptOf(tx, deletionId, deletion, { slices, ledger, completedAt });
    const receipt = await signReceipt(tx.db, payload);
    const { leftovers } = payload.verified;
    await saveCompletion(tx, deletionId, {
      completedAt,
      leftovers,
      digest: payload.frozenSetDigest.value,
      receipt,
    });
    await releaseSegment(tx, deletion);
    await auditCompletion(tx, payload, completedAt);
    return payload;
  });
}

function receiptOf(
  tx: ExclusiveTx,
  job: string,
  deletion: DeletionToComplete,
  { slices, ledger, completedAt }: { slices: FinishedSlice[]; ledger: ReceiptPayload['ledger']; completedAt: Date },
): ReceiptPayload {
  const worked = slices.filter((slice) => slice.slice !== singleDeletionsSlice);
  const usersListed = worked.reduce((sum, slice) => sum + (slice.usersListed ?? 0), 0);
  const profilesDeleted = slices.reduce((sum, slice) => sum + slice.profilesDeleted, 0);
  return {
    version: 1,
    job,
    dataset: tx.dataset.id,
    segment: { id: deletion.segmentId, name: deletion.segmentName, ruleDigest: deletion.ruleDigest },
    requestedBy: deletion.requestedBy.id,
    startedAt: deletion.startedAt.toISOString(),
    completedAt: completedAt.toISOString(),
    phases: phasesOf(worked, deletion, completedAt),
    users: deletion.users,
    rowsDeleted: addRows(...slices.map((slice) => slice.rowsDeleted)),
    ledger,
    erasure: deletion.erasure,
    scrub: scrubOf(deletion.scrub),
    frozenSetDigest: { alg: frozenSetDigestAlgorithm, value: combineDigests(worked) },
    verified: {
      leftovers: addRows(...worked.map((slice) => slice.leftovers ?? {})),
      usersListed,
      profilesDeleted,
      profilesAbsent: usersListed - profilesDeleted,
      at: completedAt.toISOString(),
    },
  };
}

/** What a scrub covers, and what no program above the file system can. */
function scrubOf(scrub: ScrubState | null): ReceiptPayload['scrub'] {
  if (!scrub) return null;
  const outside = ['backups', 'replicas', 'log archives', 'file system blocks'];
  return {
    tables: scrub.tables,
    covers: ['tables', 'indexes', 'statistics', ...(scrub.logRenewed ? ['log'] : [])],
    doesNotCover: [...(scrub.logRenewed ? [] : ['log']), ...outside],
  };
}

/**
 * A phase ends when the last slice has come through it. Slices are proven while others are still deleted, so most of the
 * verifying may lie within the deleting.
 */
function phasesOf(
  slices: readonly FinishedSlice[],
  { startedAt, scrub }: DeletionToComplete,
  completedAt: Date,
): ReceiptPayload['phases'] {
  const lastOf = (moments: (Date | null)[]) => Math.max(0, ...moments.map((moment) => moment?.getTime() ?? 0));
  const scrubbed = scrub?.endedAt ? [['scrubbing', Date.parse(scrub.endedAt)] as const] : [];
  const ends = [
    ['deleting', lastOf(slices.map((slice) => slice.deletedAt))],
    ['verifying', lastOf(slices.map((slice) => slice.provenAt))],
    ...scrubbed,
    ['completing', completedAt.getTime()],
  ] as const;
  let from = startedAt.getTime();
  return ends.map(([name, end]) => {
    // The clocks of two servers may differ: no phase ends before it began or after the job did.
    const to = Math.min(Math.max(end, from), completedAt.getTime());
    const phase = { name, startedAt: new Date(from).toISOString(), seconds: (to - from) / 1_000 };
    from = to;
    return phase;
  });
}

/** SHA-256 over the digests of the slices in their order, so it does not depend on the order of the steps. */
function combineDigests(slices: readonly FinishedSlice[]): string {
  const hash = createHash('sha256');
  for (const slice of slices) hash.update(slice.digest ?? '');
  return hash.digest('hex');
}

async function auditCompletion(tx: ExclusiveTx, payload: ReceiptPayload, now: Date): Promise<void> {
  await recordAudit(tx.db, {
    actor: systemActor,
    action: 'deletion.completed',
    dataset: tx.dataset,
    object: { kind: 'deletion', id: payload.job },
    after: { users: payload.users, rowsDeleted: payload.rowsDeleted, verified: payload.verified },
    at: now,
  });
}
