import { isDeepStrictEqual } from 'node:util';
import type { GatedTx } from '../database/gate.ts';
import { backToSavepoint, setSavepoint } from '../database/savepoint-sql.ts';
import { singleDeletionsSlice } from '../deletions/deletion.ts';
import { LetheError } from '../errors.ts';
import { noteErased } from '../identities/erasure-sql.ts';
import { type IdentityRow, listIdentitiesOf, lockIdentitiesOf } from '../identities/identity-sql.ts';
import { doomedAmong } from '../profiles/doomed-sql.ts';
import { lockProfiles } from '../profiles/figures-sql.ts';
import { type LookUpType, lookUpUsers } from '../profiles/look-up.ts';
import { requestsConnecting } from '../profiles/merge-requests.ts';
import { addRows, noRows, type Place, places, type RowCounts } from '../profiles/places.ts';
import { countMembershipChanges, type MembershipChanges, removeAllMemberships } from '../segments/evaluate.ts';
import { addToJob, countMemberships, deleteFromPlace, findRunningJob, type RunningJob } from './delete-users-sql.ts';

/** Times that users are looked up again because a merge or another deletion came in between. */
const triesMax = 10;

export interface DeletedUsers {
  /** The profile that each text named, for those that named one. */
  found: ReadonlyMap<string, number>;
  rows: RowCounts;
}

/**
 * Deletes the users whom these texts name, for good; a text that names nobody changes nothing. Profiles that are being merged are
 * one user, so all of them go.
 */
export async function deleteNamedUsers(
  tx: GatedTx,
  texts: readonly string[],
  { type, now }: { type: LookUpType; now: Date },
): Promise<DeletedUsers> {
  await setSavepoint(tx, 'unlocked');
  for (let attempt = 1; attempt <= triesMax; attempt++) {
    const users = await lockNamedUsers(tx, texts, type);
    if (users) return { found: users.found, rows: await deleteUsers(tx, users.profileNos, now) };
    await backToSavepoint(tx, 'unlocked');
  }
  throw new LetheError('busy', 'user.busy', 'This user is being changed all the time; nothing was deleted. Try again.');
}

interface NamedUsers {
  found: ReadonlyMap<string, number>;
  /** Whoever is being merged with one of those is the same user. */
  profileNos: readonly number[];
  identities: readonly IdentityRow[];
}

/**
 * Finds and locks the users whom these texts name. Before the locks were there, a merge may have given a name to another profile, or
 * a profile another identity: that is locked as well, but without waiting for it, since it comes out of order. Undefined where
 * somebody else has it, or the users never stay the same.
 */
async function lockNamedUsers(
  tx: GatedTx,
  texts: readonly string[],
  type: LookUpType,
): Promise<NamedUsers | undefined> {
  let users = await findUsers(tx, texts, type);
  for (let round = 1; round <= triesMax; round++) {
    const isFirst = round === 1;
    const areLocked = await lockUsers(tx, users, { wait: isFirst });
    if (!areLocked && !isFirst) return undefined;
    const still = await findUsers(tx, texts, type);
    if (areLocked && isDeepStrictEqual(users, still)) return users;
    users = still;
  }
  return undefined;
}

async function findUsers(tx: GatedTx, texts: readonly string[], type: LookUpType): Promise<NamedUsers> {
  const found = await lookUpUsers(tx, texts, type);
  const named = [...found.values()];
  const merging = await requestsConnecting(tx, [...new Set(named)]);
  const all = new Set([...named, ...merging.flatMap(({ loser, survivor }) => [loser, survivor])]);
  const profileNos = [...all].sort((a, b) => a - b);
  return { found, profileNos, identities: await listIdentitiesOf(tx, profileNos) };
}

/** Whether all of them were still there to be locked with these identities. */
async function lockUsers(
  tx: GatedTx,
  { profileNos, identities }: NamedUsers,
  { wait }: { wait: boolean },
): Promise<boolean> {
  // A step of a bulk deletion takes one slice after the other, in each of them profiles first, and ends with their identities. In the
  // writers' order the two would wait for each other.
  const doomed = await doomedAmong(tx, profileNos);
  if (doomed.length > 0) await lockProfiles(tx, doomed, { wait, order: 'slice' });
  const lockedIdentities = await lockIdentitiesOf(tx, profileNos, { wait });
  const lockedProfiles = await lockProfiles(tx, profileNos, { wait });
  return lockedProfiles.length === profileNos.length && lockedIdentities.length === identities.length;
}

/**
 * Deletes these profiles, which the caller has locked with their identities, from every place. Users of a running bulk deletion
 * go as well, at once; their rows are added to the counts of its job, and their place on its work list stays.
 */
export async function deleteUsers(tx: GatedTx, profileNos: readonly number[], now: Date): Promise<RowCounts> {
  if (profileNos.length === 0) return { ...noRows };
  const job = await findRunningJob(tx);
  const doomed = job ? await doomedAmong(tx, profileNos) : [];
  const living = profileNos.filter((no) => !doomed.includes(no));
  const ofLiving = await deleteFromPlaces(tx, living, undefined, now);
  const ofDoomed = await deleteFromPlaces(tx, doomed, job?.setNo, now);
  if (job && doomed.length > 0) {
    await addToJob(tx, job, { slice: singleDeletionsSlice, profiles: doomed.length, rows: ofDoomed.rows });
  }
  await countMembershipChanges(
    tx,
    [...ofLiving.changes, ...ofDoomed.changes, ...leftFrozenSet(job, doomed.length)],
    now,
  );
  return addRows(ofLiving.rows, ofDoomed.rows);
}

async function deleteFromPlaces(
  tx: GatedTx,
  profileNos: readonly number[],
  frozenSetNo: number | undefined,
  now: Date,
): Promise<{ rows: RowCounts; changes: MembershipChanges }> {
  const rows = { ...noRows };
  let changes: MembershipChanges = [];
  if (profileNos.length === 0) return { rows, changes };
  for (const place of places as readonly (Place & { name: keyof RowCounts })[]) {
    if (place.table === 'membership') {
      rows[place.name] = await countMemberships(tx, profileNos, frozenSetNo);
      changes = await removeAllMemberships(tx, profileNos);
    } else {
      if (place.table === 'identity') {
        await noteErased(tx, await listIdentitiesOf(tx, profileNos), { at: now, deletionId: null });
      }
      rows[place.name] = await deleteFromPlace(tx, place, profileNos);
    }
  }
  return { rows, changes };
}

function leftFrozenSet(job: RunningJob | undefined, users: number): MembershipChanges {
  if (!job || users === 0) return [];
  return [{ segmentNo: job.segmentNo, setNo: job.setNo, inForce: true, joined: 0, left: 0, deleted: users }];
}
