import type { GatedTx } from '../database/gate.ts';
import { LetheError } from '../errors.ts';
import { anonymousType, type Identity } from '../identities/identity.ts';
import { claimIdentities, type IdentityRow, lockIdentities, lockIdentitiesOf } from '../identities/identity-sql.ts';
import { doomedAmong } from '../profiles/doomed-sql.ts';
import { lockProfiles, takeProfileIds } from '../profiles/figures-sql.ts';
import { type Group, groupMessages, identityKey, nameIdentities } from './groups.ts';

/** The profile of some messages of a batch: its identities are ours, its row is locked or not yet there. */
export interface ResolvedProfile {
  /** Existing profiles that the messages name, locked; two and more are to be merged. None: the profile is new. */
  existing: number[];
  /** Number of the new profile, where there is no existing one. */
  newId: number;
  /** Whether the messages name it by more than anonymous ids. */
  named: boolean;
  /** Indexes of its messages. */
  messages: number[];
}

/** More would mean that others win every identity of ours again and again. */
const roundsMax = 10;

/**
 * Finds the profile of each message by the writer's protocol: locks the identities in order, leaves out profiles that are
 * doomed or gone, claims what is new or names one of those, and locks the profiles in order. Whenever somebody else was faster,
 * all of it is looked at again. A new profile's row is not written here; its identities are this transaction's alone.
 */
export async function resolveProfiles(
  tx: GatedTx,
  messages: readonly (readonly Identity[])[],
): Promise<ResolvedProfile[]> {
  const named = nameIdentities(messages);
  if (named.identities.length === 0) return [];
  /** Ids that this transaction has taken for new profiles; identities may name them already. */
  const fresh = new Set<number>();
  /** Doomed or gone. */
  const absent = new Set<number>();

  for (let round = 0; round < roundsMax; round++) {
    const owners = await ownersOf(tx, named.identities, fresh, absent);
    const candidates = groupMessages(named, owners).map((group) => candidateOf(group, owners, fresh));
    await giveNewIds(tx, candidates, fresh);
    const merging = candidates.filter(({ existing }) => existing.length > 1).flatMap(({ existing }) => existing);
    if (merging.length > 0) await lockIdentitiesOf(tx, merging);
    const wanted = candidates.flatMap((candidate) => claimsOf(candidate, named.identities, owners));
    if (wanted.length > 0) {
      const won = await claimIdentities(tx, wanted, [...absent, ...fresh]);
      if (won.length < wanted.length) continue;
    }
    const existing = candidates.flatMap((candidate) => candidate.existing);
    const missing = await missingProfiles(tx, existing);
    if (missing.length === 0) {
      return candidates.map((candidate) => ({
        existing: candidate.existing,
        newId: candidate.target,
        named: candidate.group.identities.some((place) => named.identities[place]?.type !== anonymousType),
        messages: candidate.group.messages,
      }));
    }
    for (const id of missing) absent.add(id);
  }
  throw new LetheError('busy', 'database.busy', 'Others name the same users at the same time. Try again in a moment.', {
    retryAfterSeconds: 1,
  });
}

interface Candidate {
  group: Group;
  existing: number[];
  /** Who gets its unclaimed identities: an existing profile, or a new one; 0 until it has a number. */
  target: number;
}

/** The profile that each identity names, undefined for one that is new or names a profile which is not there for writers. */
async function ownersOf(
  tx: GatedTx,
  identities: readonly Identity[],
  fresh: ReadonlySet<number>,
  absent: Set<number>,
): Promise<(number | undefined)[]> {
  const rows = await lockIdentities(tx, identities);
  const ids = new Set(rows.map((row) => row.profileId).filter((id) => !fresh.has(id) && !absent.has(id)));
  if (ids.size > 0) for (const id of await doomedAmong(tx, [...ids])) absent.add(id);
  const owners = new Map(rows.map((row) => [identityKey(row), row.profileId]));
  return identities.map((identity) => {
    const owner = owners.get(identityKey(identity));
    return owner === undefined || absent.has(owner) ? undefined : owner;
  });
}

function candidateOf(group: Group, owners: readonly (number | undefined)[], fresh: ReadonlySet<number>): Candidate {
  const ids = [...new Set(group.identities.map((place) => owners[place]))].filter((id) => id !== undefined);
  const existing = ids.filter((id) => !fresh.has(id)).sort((a, b) => a - b);
  return { group, existing, target: existing[0] ?? (ids.length > 0 ? Math.min(...ids) : 0) };
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
