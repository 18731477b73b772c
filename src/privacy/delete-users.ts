import type { GatedTx } from '../database/gate.ts';
import { backToSavepoint, setSavepoint } from '../database/savepoint-sql.ts';
import { singleDeletionsSlice } from '../deletions/deletion.ts';
import { LetheError } from '../errors.ts';
import { noteErased } from '../identities/erasure-sql.ts';
import { listIdentitiesOf, lockIdentitiesOf } from '../identities/identity-sql.ts';
import { doomedAmong } from '../profiles/doomed-sql.ts';
import { lockProfiles } from '../profiles/figures-sql.ts';
import { type LookUpType, lookUpUsers } from '../profiles/look-up.ts';
import { requestsConnecting } from '../profiles/merge-requests.ts';
import { addRows, noRows, type Place, places, type RowCounts } from '../profiles/places.ts';
import { countMembershipChanges, type MembershipChanges, removeAllMemberships } from '../segments/evaluate.ts';
import { addToJob, countMemberships, deleteFromPlace, findRunningJob, type RunningJob } from './delete-users-sql.ts';

/** Times that names are resolved again because a merge or another deletion came in between. */
const triesMax = 5;

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
    const found = await lookUpUsers(tx, texts, type);
    const profileNos = await wholeUsers(tx, found);
    if (await lockUsers(tx, profileNos)) {
      // Before the locks were there, a merge may have given a name to another profile.
      const still = await lookUpUsers(tx, texts, type);
      if (isSame(found, still) && (await wholeUsers(tx, still)).length === profileNos.length) {
        return { found, rows: await deleteUsers(tx, profileNos, now) };
      }
    }
    // Whatever is locked later would be out of order.
    await backToSavepoint(tx, 'unlocked');
  }
  throw new LetheError('busy', 'user.busy', 'This user is being changed all the time; nothing was deleted. Try again.');
}

async function wholeUsers(tx: GatedTx, found: ReadonlyMap<string, number>): Promise<number[]> {
  const named = [...new Set(found.values())];
  const merging = await requestsConnecting(tx, named);
  return [...new Set([...named, ...merging.flatMap(({ loser, survivor }) => [loser, survivor])])];
}

/** Whether all of them are there and locked with all their identities: until the locks were there, they may have got another one. */
async function lockUsers(tx: GatedTx, profileNos: readonly number[]): Promise<boolean> {
  // A step of a bulk deletion begins with its profiles and ends with their identities. In the writers' order the two would wait
  // for each other.
  const doomed = await doomedAmong(tx, profileNos);
  if (doomed.length > 0) await lockProfiles(tx, doomed);
  const identities = await lockIdentitiesOf(tx, profileNos);
  const locked = await lockProfiles(tx, profileNos);
  return locked.length === profileNos.length && (await listIdentitiesOf(tx, profileNos)).length === identities.length;
}

function isSame(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean {
  return a.size === b.size && [...a].every(([text, no]) => b.get(text) === no);
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
