import { type GatedTx, Overtaken } from '../database/gate.ts';
import { LetheError } from '../errors.ts';
import { noteErased } from '../identities/erasure-sql.ts';
import { anonymousType, type Identity } from '../identities/identity.ts';
import { claimIdentities, type IdentityRow, lockIdentities, lockIdentitiesOf } from '../identities/identity-sql.ts';
import { doomedAmong } from '../profiles/doomed-sql.ts';
import { lockProfiles, takeProfileIds } from '../profiles/figures-sql.ts';
import { requestsConnecting, survivorsOf } from '../profiles/merge-requests.ts';
import { type Group, groupMessages, identityKey, nameIdentities } from './groups.ts';
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

/** What the rounds of one resolution have found out. */
interface Known {
  /** Ids that this transaction has taken for new profiles; identities may name them already. */
  fresh: Set<number>;
  /** Doomed or gone. */
  absent: Set<number>;
  /** Profiles that are being merged by a job and that a message names together with another one: whose part they become. */
  survivors: Map<number, number>;
  /** Keys of the identities that this transaction has claimed, in whichever round: nobody had them before. */
  claimed: Set<string>;
  /** Identities that named a doomed profile when they were locked: they go to whoever came back. */
  takenBack: Identity[];
}

/**
 * Finds the profile of each message by the writer's protocol: locks the identities in order, leaves out profiles that are
 * doomed or gone, claims what is new or names one of those, and locks the profiles in order. Whenever somebody else was faster,
 * all of it is looked at again. A new profile's row is not written here; its identities are this transaction's alone.
 */
export async function resolveProfiles(
  tx: GatedTx,
  messages: readonly (readonly Identity[])[],
  { limits = liveMergeLimits, now }: { limits?: LiveMergeLimits | undefined; now: Date },
): Promise<ResolvedProfile[]> {
  const named = nameIdentities(messages);
  if (named.identities.length === 0) return [];
  const known: Known = { fresh: new Set(), absent: new Set(), survivors: new Map(), claimed: new Set(), takenBack: [] };

  for (let round = 0; round < roundsMax; round++) {
    const holders = await holdersOf(tx, named.identities, known);
    const owners = holders.map((holder) => ownerOf(holder, known));
    const candidates = groupMessages(named, owners).map((group) => candidateOf(group, owners, known.fresh));
    await giveNewIds(tx, candidates, known.fresh);
    const merging = candidates.filter(({ existing }) => existing.length > 1);
    if (merging.length > 0) {
      if (await learnSurvivors(tx, merging, known)) continue;
      await planFor(tx, merging, limits);
    }
    const wanted = candidates.flatMap((candidate) => claimsOf(candidate, named.identities, owners));
    const won = wanted.length > 0 ? await claimIdentities(tx, wanted, [...known.absent, ...known.fresh]) : [];
    for (const identity of won) known.claimed.add(identityKey(identity));
    const all = candidates.flatMap((candidate) => candidate.existing);
    const missing = won.length < wanted.length ? [] : await missingProfiles(tx, all);
    for (const id of missing) known.absent.add(id);
    if (won.length < wanted.length || missing.length > 0) {
      // What was claimed for the survivor of a large merge would stay there, whoever survives by the next plan.
      if (candidates.some(({ live }) => !live)) throw new Overtaken();
      continue;
    }
    if (merging.length > 0) await checkPlans(tx, merging, known);
    // Whoever is deleted in bulk loses them here and not to a step.
    await noteErased(tx, known.takenBack, { at: now, deletionId: null });
    return candidates.map(({ existing, target, live, group }) => ({
      existing,
      live,
      newId: target,
      hasNewIdentities: group.identities.some(
        (place) => owners[place] !== target || known.claimed.has(identityKey(named.identities[place] as Identity)),
      ),
      named: group.identities.some(
        (place) =>
          named.identities[place]?.type !== anonymousType &&
          // A profile that is merged by a job keeps its identities until then.
          owners[place] === holders[place] &&
          (live || owners[place] === undefined || owners[place] === target),
      ),
      messages: group.messages,
    }));
  }
  throw new LetheError('busy', 'database.busy', 'Others name the same users at the same time. Try again in a moment.', {
    retryAfterSeconds: 1,
  });
}

interface Candidate {
  group: Group;
  /** Of several the survivor first, once that is decided. */
  existing: number[];
  live: boolean;
  /** Who gets its unclaimed identities: an existing profile, or a new one; 0 until it has a number. */
  target: number;
}

/** The profile that each identity names, undefined for one that is new or names a profile which is not there for writers. */
async function holdersOf(tx: GatedTx, identities: readonly Identity[], known: Known): Promise<(number | undefined)[]> {
  const { fresh, absent } = known;
  const rows = await lockIdentities(tx, identities);
  const ids = new Set(rows.map((row) => row.profileId).filter((id) => !fresh.has(id) && !absent.has(id)));
  if (ids.size > 0) for (const id of await doomedAmong(tx, [...ids])) absent.add(id);
  known.takenBack = rows.filter((row) => absent.has(row.profileId));
  const holders = new Map(rows.map((row) => [identityKey(row), row.profileId]));
  return identities.map((identity) => {
    const holder = holders.get(identityKey(identity));
    return holder === undefined || absent.has(holder) ? undefined : holder;
  });
}

/** The profile that is written to for whoever holds an identity. */
function ownerOf(holder: number | undefined, known: Known): number | undefined {
  const survivor = holder === undefined ? undefined : known.survivors.get(holder);
  return survivor === undefined || known.absent.has(survivor) ? holder : ownerOf(survivor, known);
}

function candidateOf(group: Group, owners: readonly (number | undefined)[], fresh: ReadonlySet<number>): Candidate {
  const ids = [...new Set(group.identities.map((place) => owners[place]))].filter((id) => id !== undefined);
  const existing = ids.filter((id) => !fresh.has(id)).sort((a, b) => a - b);
  return { group, existing, live: true, target: existing[0] ?? (ids.length > 0 ? Math.min(...ids) : 0) };
}

async function giveNewIds(tx: GatedTx, candidates: readonly Candidate[], fresh: Set<number>): Promise<void> {
  const without = candidates.filter(({ target }) => target === 0);
  if (without.length === 0) return;
  const ids = await takeProfileIds(tx, without.length);
  without.forEach((candidate, index) => {
    candidate.target = ids[index] as number;
    fresh.add(candidate.target);
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

async function planFor(tx: GatedTx, merging: readonly Candidate[], limits: LiveMergeLimits): Promise<void> {
  const plans = await planMerges(
    tx,
    merging.map(({ existing }) => existing),
    limits,
  );
  merging.forEach((candidate, index) => {
    const plan = plans[index] as Merging;
    candidate.existing = plan.profiles;
    candidate.target = plan.profiles[0] as number;
    candidate.live &&= plan.live;
  });
  const live = merging.filter((candidate) => candidate.live).flatMap(({ existing }) => existing);
  if (live.length > 0) await lockIdentitiesOf(tx, live);
}

/**
 * Looks again now that the profiles are locked. A profile that others are to become part of is not merged at once: it has to be
 * there for them. Where a profile was meanwhile named with a third one, the transaction is repeated.
 */
async function checkPlans(tx: GatedTx, merging: readonly Candidate[], known: Known): Promise<void> {
  if (await learnSurvivors(tx, merging, known)) throw new Overtaken();
  const losers = merging.flatMap(({ existing }) => existing.slice(1));
  const awaited = new Set((await requestsConnecting(tx, losers)).map(({ survivor }) => survivor));
  for (const one of merging) one.live &&= !one.existing.slice(1).some((id) => awaited.has(id));
}

/** The identities of a group that do not name one of its profiles yet. */
function claimsOf(
  { group, existing, target }: Candidate,
  identities: readonly Identity[],
  owners: readonly (number | undefined)[],
): IdentityRow[] {
  return group.identities
    .filter((place) => {
      const owner = owners[place];
      return owner === undefined || (owner !== target && !existing.includes(owner));
    })
    .map((place) => ({ ...(identities[place] as Identity), profileId: target }));
}

async function missingProfiles(tx: GatedTx, ids: readonly number[]): Promise<number[]> {
  if (ids.length === 0) return [];
  const locked = new Set(await lockProfiles(tx, ids));
  return ids.filter((id) => !locked.has(id));
}
