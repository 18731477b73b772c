import type { GatedTx } from '../database/gate.ts';
import { backToSavepoint, setSavepoint } from '../database/savepoint-sql.ts';
import { LetheError } from '../errors.ts';
import { noteErased } from '../identities/erasure-sql.ts';
import { anonymousType, type Identity } from '../identities/identity.ts';
import {
  claimIdentities,
  giveIdentities,
  type IdentityRow,
  listIdentitiesOf,
  lockIdentities,
} from '../identities/identity-sql.ts';
import { doomedAmong } from '../profiles/doomed-sql.ts';
import { lockProfiles, takeProfileIds } from '../profiles/figures-sql.ts';
import { requestsConnecting, survivorsOf } from '../profiles/merge-requests.ts';
import { type Group, groupMessages, identityKey, type NamedIdentities, nameIdentities } from './groups.ts';
import { type LiveMergeLimits, liveMergeLimits, type Merging, planMerges } from './merge-plan.ts';

/** The profile of some messages of a batch: its identities are ours, its row is locked or not yet there. */
export interface ResolvedProfile {
  /** Existing profiles that the messages name, locked; of several, which are to be merged, the survivor first. None: it is new. */
  existing: number[];
  /** Whether several are small enough to be merged at once, with all their identities locked. */
  live: boolean;
  /** Number of the new profile, where there is no existing one. */
  newId: number;
  /** Whether the messages name it by more than anonymous ids, and these are its own. */
  named: boolean;
  /** Whether the messages name it by identities that it did not have. */
  hasNewIdentities: boolean;
  /** Indexes of its messages. */
  messages: number[];
}

/** More would mean that others win every identity of ours again and again. */
const roundsMax = 10;

/** What a round has found out for the next one. */
interface Known {
  /** Doomed or gone. */
  absent: Set<number>;
  /** Profiles that are being merged by a job and that a message names together with another one: whose part they become. */
  survivors: Map<number, number>;
  /** Profiles that are merged at once: all their identities are locked with those that the messages name. */
  merged: Set<number>;
}

/**
 * Finds the profile of each message by the writer's protocol: locks the identities in order, leaves out profiles that are
 * doomed or gone, claims what is new or names one of those, and locks the profiles in order. Whenever somebody else was faster, or
 * more has to be locked than was known, all of it is taken back and looked at again: a lock that came later would be out of order.
 * A new profile's row is not written here; its identities are this transaction's alone.
 */
export async function resolveProfiles(
  tx: GatedTx,
  messages: readonly (readonly Identity[])[],
  { limits = liveMergeLimits, now }: { limits?: LiveMergeLimits | undefined; now: Date },
): Promise<ResolvedProfile[]> {
  const named = nameIdentities(messages);
  if (named.identities.length === 0) return [];
  const known: Known = { absent: new Set(), survivors: new Map(), merged: new Set() };
  await setSavepoint(tx, 'unlocked');
  for (let round = 1; round <= roundsMax; round++) {
    const resolved = await resolveOnce(tx, named, known, { limits, now });
    if (resolved) return resolved;
    await backToSavepoint(tx, 'unlocked');
  }
  throw new LetheError('busy', 'database.busy', 'Others name the same users at the same time. Try again in a moment.', {
    retryAfterSeconds: 1,
  });
}

/** One round; undefined where it learned something that makes another one necessary. */
async function resolveOnce(
  tx: GatedTx,
  named: NamedIdentities,
  known: Known,
  { limits, now }: { limits: LiveMergeLimits; now: Date },
): Promise<ResolvedProfile[] | undefined> {
  const { identities } = named;
  const { holders, takenBack, locked } = await holdersOf(tx, identities, known);
  const owners = holders.map((holder) => ownerOf(holder, known));
  const candidates = groupMessages(named, owners).map((group) => candidateOf(group, owners));
  await giveNewIds(tx, candidates);
  const merging = candidates.filter(({ existing }) => existing.length > 1);
  if (merging.length > 0) {
    if (await learnSurvivors(tx, merging, known)) return undefined;
    if (await learnMerged(tx, merging, limits, known)) return undefined;
  }
  const wanted = candidates.flatMap((candidate) => claimsOf(candidate, identities, owners));
  if (!(await claim(tx, wanted, takenBack))) return undefined;
  const missing = await missingProfiles(
    tx,
    candidates.flatMap((candidate) => candidate.existing),
  );
  for (const id of missing) known.absent.add(id);
  if (missing.length > 0) return undefined;
  if (merging.length > 0 && !(await stillStands(tx, merging, known, locked))) return undefined;
  // Whoever is deleted in bulk loses them here and not to a step.
  await noteErased(tx, takenBack, { at: now, deletionId: null });
  return candidates.map(({ existing, target, live, group }) => ({
    existing,
    live,
    newId: target,
    hasNewIdentities: group.identities.some((place) => owners[place] !== target),
    named: group.identities.some(
      (place) =>
        identities[place]?.type !== anonymousType &&
        // A profile that is merged by a job keeps its identities until then.
        owners[place] === holders[place] &&
        (live || owners[place] === undefined || owners[place] === target),
    ),
    messages: group.messages,
  }));
}

interface Candidate {
  group: Group;
  /** Of several the survivor first, once that is decided. */
  existing: number[];
  live: boolean;
  /** Who gets its unclaimed identities: an existing profile, or a new one; 0 until it has a number. */
  target: number;
}

interface Held {
  /** The profile that each identity names, undefined for one that is new or names a profile which is not there for writers. */
  holders: (number | undefined)[];
  /** Identities that name a profile which is not there: they go to whoever came back. */
  takenBack: Identity[];
  /** Keys of all that are locked. */
  locked: ReadonlySet<string>;
}

async function holdersOf(tx: GatedTx, identities: readonly Identity[], { absent, merged }: Known): Promise<Held> {
  const rows = await lockIdentities(tx, identities, [...merged]);
  const ids = new Set(rows.map((row) => row.profileId).filter((id) => !absent.has(id)));
  if (ids.size > 0) for (const id of await doomedAmong(tx, [...ids])) absent.add(id);
  const profiles = new Map(rows.map((row) => [identityKey(row), row.profileId]));
  const isAbsent = (id: number | undefined) => id !== undefined && absent.has(id);
  const named = identities.map((identity) => profiles.get(identityKey(identity)));
  return {
    holders: named.map((id) => (isAbsent(id) ? undefined : id)),
    takenBack: identities.filter((_, place) => isAbsent(named[place])),
    locked: new Set(profiles.keys()),
  };
}

/** The profile that is written to for whoever holds an identity. */
function ownerOf(holder: number | undefined, known: Known): number | undefined {
  const survivor = holder === undefined ? undefined : known.survivors.get(holder);
  return survivor === undefined || known.absent.has(survivor) ? holder : ownerOf(survivor, known);
}

function candidateOf(group: Group, owners: readonly (number | undefined)[]): Candidate {
  const ids = [...new Set(group.identities.map((place) => owners[place]))].filter((id) => id !== undefined);
  const existing = ids.sort((a, b) => a - b);
  return { group, existing, live: true, target: existing[0] ?? 0 };
}

async function giveNewIds(tx: GatedTx, candidates: readonly Candidate[]): Promise<void> {
  const without = candidates.filter(({ target }) => target === 0);
  if (without.length === 0) return;
  const ids = await takeProfileIds(tx, without.length);
  without.forEach((candidate, index) => {
    candidate.target = ids[index] as number;
  });
}

/**
 * Whatever names a profile that is being merged by a job together with another one means the survivor of that merge. Answers
 * whether there is one that was not known.
 */
async function learnSurvivors(tx: GatedTx, merging: readonly Candidate[], { survivors }: Known): Promise<boolean> {
  const named = new Set(merging.flatMap(({ existing }) => existing));
  const before = survivors.size;
  for (const [loser, survivor] of survivorsOf(await requestsConnecting(tx, [...named]))) {
    if (named.has(loser)) survivors.set(loser, survivor);
  }
  return survivors.size > before;
}

/** Decides about the merges. Answers whether one is to be done at once whose profiles' identities are not all locked. */
async function learnMerged(
  tx: GatedTx,
  merging: readonly Candidate[],
  limits: LiveMergeLimits,
  { merged }: Known,
): Promise<boolean> {
  const plans = await planMerges(
    tx,
    merging.map(({ existing }) => existing),
    limits,
  );
  merging.forEach((candidate, index) => {
    const plan = plans[index] as Merging;
    candidate.existing = plan.profiles;
    candidate.target = plan.profiles[0] as number;
    candidate.live = plan.live;
  });
  const before = merged.size;
  for (const { live, existing } of merging) if (live) for (const id of existing) merged.add(id);
  return merged.size > before;
}

/**
 * Looks at the merges again now that the profiles are locked; false where one was meanwhile named with a third one, or by an identity
 * that is not locked. A profile that others are to become part of is not merged at once: it has to be there for them.
 */
async function stillStands(
  tx: GatedTx,
  merging: readonly Candidate[],
  known: Known,
  locked: ReadonlySet<string>,
): Promise<boolean> {
  if (await learnSurvivors(tx, merging, known)) return false;
  const losers = merging.flatMap(({ existing }) => existing.slice(1));
  const awaited = new Set((await requestsConnecting(tx, losers)).map(({ survivor }) => survivor));
  for (const one of merging) one.live &&= !one.existing.slice(1).some((id) => awaited.has(id));
  const moving = merging.filter(({ live }) => live).flatMap(({ existing }) => existing.slice(1));
  return (await listIdentitiesOf(tx, moving)).every((identity) => locked.has(identityKey(identity)));
}

/** The identities of a group that name nobody who is there. */
function claimsOf(
  { group, target }: Candidate,
  identities: readonly Identity[],
  owners: readonly (number | undefined)[],
): IdentityRow[] {
  return group.identities
    .filter((place) => owners[place] === undefined)
    .map((place) => ({ ...(identities[place] as Identity), profileId: target }));
}

/** Whether all of them are this transaction's now: those that are taken back are locked, of the others somebody else may be faster. */
async function claim(tx: GatedTx, wanted: readonly IdentityRow[], takenBack: readonly Identity[]): Promise<boolean> {
  const back = new Set(takenBack.map(identityKey));
  const fresh = wanted.filter((identity) => !back.has(identityKey(identity)));
  const given = wanted.filter((identity) => back.has(identityKey(identity)));
  if (fresh.length > 0 && (await claimIdentities(tx, fresh)).length < fresh.length) return false;
  if (given.length > 0) await giveIdentities(tx, given);
  return true;
}

async function missingProfiles(tx: GatedTx, ids: readonly number[]): Promise<number[]> {
  if (ids.length === 0) return [];
  const locked = new Set(await lockProfiles(tx, ids));
  return ids.filter((id) => !locked.has(id));
}
