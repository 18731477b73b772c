import { setTimeout as sleep } from 'node:timers/promises';
import { systemActor } from '../access/system-actor.ts';
import { type Dataset, type DatasetDb, on } from '../database/handle.ts';
import { listDatasets } from '../datasets/dataset-sql.ts';
import { messageOf } from '../errors.ts';
import { erasureHashBytes } from '../identities/erasure-sql.ts';
import { startJobs } from '../jobs/jobs.ts';
import type { Lethe } from '../lethe.ts';
import { publicId } from '../profiles/profile.ts';
import { changeUsers } from '../segments/change-users.ts';
import { createSegment } from '../segments/create.ts';
import { idsPerCallMax } from '../segments/list-users.ts';
import { findReceipt } from './job-sql.ts';
import { deletionJobs } from './jobs.ts';
import { type FiledEntry, readEntries } from './ledger-file.ts';
import {
  addHashes,
  createHashList,
  dropHashList,
  insertEntries,
  missingEntries,
  profilesNamedByList,
} from './ledger-sql.ts';
import { startDeletion } from './start.ts';
import { findRunning, findSegment } from './start-sql.ts';

/** What was done again in one dataset. */
export interface Reapplied {
  dataset: string;
  /** Entries of the ledger that the database did not have, and the identities in them. */
  entries: number;
  identities: number;
  /** Users whom the backup had brought back, all of them deleted again. */
  users: number;
  /** The bulk deletion that did it, with its receipt; null where nobody had come back. */
  deletion: { id: string; receipt: string } | null;
}

/**
 * Deletes again, in every dataset, whoever was deleted after the backup that the database was restored from: those entries of the
 * ledger's files that the database does not have. Nobody may write meanwhile, since a user who came back in between would go as
 * well; no server runs. Harmless when repeated, and when it was interrupted.
 *
 * Throws `ledger.unreadable`.
 */
export async function reapplyDeletions(lethe: Lethe, folder: string): Promise<Reapplied[]> {
  const done: Reapplied[] = [];
  for (const dataset of await listDatasets(lethe.database.reads)) {
    // A deletion that was running when the backup was made goes on first: only one can at a time, and its entries are the ledger's.
    await finishDeletions(lethe);
    done.push(await reapplyIn(lethe, dataset, folder));
  }
  return done;
}

async function reapplyIn(lethe: Lethe, dataset: Dataset, folder: string): Promise<Reapplied> {
  const ds = on(dataset, lethe.database.starts);
  const { profiles, entries, identities } = await findReturned(ds, folder);
  const none = { dataset: dataset.id, entries, identities, users: 0, deletion: null };
  const deletion = profiles.length === 0 ? null : await deleteAgain(lethe, ds, profiles);
  // Last: whoever is interrupted before this finds the same entries missing again.
  for await (const batch of missingIn(ds, folder)) await insertEntries(ds, batch);
  return deletion ? { ...none, users: profiles.length, deletion } : none;
}

const entriesAtOnce = 100;

/** Entries that the database does not have. */
async function* missingIn(ds: DatasetDb, folder: string): AsyncGenerator<FiledEntry[]> {
  let batch: FiledEntry[] = [];
  const missing = async () => {
    const ids = await missingEntries(
      ds,
      batch.map(({ id }) => id),
    );
    return batch.filter(({ id }) => ids.has(id));
  };
  for await (const entry of readEntries(folder, ds.dataset)) {
    if (batch.push(entry) < entriesAtOnce) continue;
    yield await missing();
    batch = [];
  }
  if (batch.length > 0) yield await missing();
}

/** The profiles that have an identity of one of the missing entries. */
async function findReturned(
  ds: DatasetDb,
  folder: string,
): Promise<{ profiles: number[]; entries: number; identities: number }> {
  return ds.db.connection().execute(async (connection) => {
    let entries = 0;
    let identities = 0;
    await createHashList(connection);
    try {
      for await (const batch of missingIn(ds, folder)) {
        entries += batch.length;
        for (const { hashes } of batch) {
          const list = hashesOf(hashes);
          identities += list.length;
          await addHashes(connection, list);
        }
      }
      const profiles = identities === 0 ? [] : await profilesNamedByList(on(ds.dataset, connection));
      return { profiles, entries, identities };
    } finally {
      await dropHashList(connection);
    }
  });
}

function hashesOf(packed: Buffer): Buffer[] {
  const count = Math.floor(packed.length / erasureHashBytes);
  return Array.from({ length: count }, (_, at) => packed.subarray(at * erasureHashBytes, (at + 1) * erasureHashBytes));
}

/** As anybody would delete many: a list of them, and the deletion of its users with its proof. */
async function deleteAgain(
  lethe: Lethe,
  ds: DatasetDb,
  profiles: readonly number[],
): Promise<NonNullable<Reapplied['deletion']>> {
  const asked = { actor: systemActor, now: lethe.now() };
  const name = `Deleted after the backup, ${asked.now.toISOString().slice(0, 16).replace('T', ' ')}`;
  // The limits are for those who make segments; this one has to be.
  const limits = { enabledRules: Number.MAX_SAFE_INTEGER, lists: Number.MAX_SAFE_INTEGER };
  const segmentId = await createSegment(ds, { name, kind: 'manual' }, { ...asked, limits });
  for (let at = 0; at < profiles.length; at += idsPerCallMax) {
    const ids = profiles.slice(at, at + idsPerCallMax).map(publicId);
    await changeUsers(ds, segmentId, { change: 'add', ids }, asked);
  }
  const segment = await findSegment(ds, segmentId);
  const expectedUsers = segment?.users ?? 0;
  const id = await startDeletion(ds.db, ds.dataset, { segmentId, expectedUsers, actor: systemActor, now: lethe.now });
  await finishDeletions(lethe);
  return { id, receipt: (await findReceipt(ds, id))?.receipt ?? '' };
}

const pollMs = 50;

/** Lets the engine work on running bulk deletions until there is none. */
async function finishDeletions(lethe: Lethe): Promise<void> {
  const jobs = startJobs(deletionJobs(lethe), (kind, job, { error, attempt, nextTryAt }) =>
    lethe.announce('job.step_failed', { kind, job, attempt, nextTryAt, error: messageOf(error) }),
  );
  try {
    while (await isAnyRunning(lethe)) await sleep(pollMs);
  } finally {
    await jobs.stop();
  }
}

async function isAnyRunning({ database }: Lethe): Promise<boolean> {
  for (const dataset of await listDatasets(database.reads)) {
    if (await findRunning(on(dataset, database.reads))) return true;
  }
  return false;
}
