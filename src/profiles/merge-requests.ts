import type { GatedTx } from '../database/gate.ts';
import { doomedAmong } from './doomed-sql.ts';
import { listMergeRequestsOf, type MergeRequest } from './merge-requests-sql.ts';
import { findExisting } from './user-sql.ts';

/** Those of the profiles that are there for writers: neither gone nor doomed. */
export async function livingAmong(tx: GatedTx, profileIds: readonly number[]): Promise<Set<number>> {
  const living = new Set((await findExisting(tx, profileIds)).map(({ no }) => no));
  for (const id of await doomedAmong(tx, profileIds)) living.delete(id);
  return living;
}

/** The requests that stand. One with a profile that is doomed or gone has come to nothing: the other one keeps what it has. */
export async function standingRequests(tx: GatedTx, requests: readonly MergeRequest[]): Promise<MergeRequest[]> {
  if (requests.length === 0) return [];
  const living = await livingAmong(tx, [...new Set(requests.flatMap(({ loser, survivor }) => [loser, survivor]))]);
  return requests.filter(({ loser, survivor }) => living.has(loser) && living.has(survivor));
}

/** Every request that stands and connects one of these profiles with others, directly or through others. */
export async function requestsConnecting(tx: GatedTx, profileIds: readonly number[]): Promise<MergeRequest[]> {
  const known = new Set(profileIds);
  for (let asked = 0; ; ) {
    const requests = await standingRequests(tx, await listMergeRequestsOf(tx, [...known]));
    if (requests.length === asked) return requests;
    asked = requests.length;
    for (const { loser, survivor } of requests) known.add(loser).add(survivor);
  }
}

/** What each loser of these requests becomes a part of in the end: the survivor of its request may itself be a loser. */
export function survivorsOf(requests: readonly MergeRequest[]): Map<number, number> {
  const next = new Map(requests.map(({ loser, survivor }) => [loser, survivor]));
  const last = (id: number): number => {
    const survivor = next.get(id);
    return survivor === undefined ? id : last(survivor);
  };
  return new Map(requests.map(({ loser }) => [loser, last(loser)]));
}
