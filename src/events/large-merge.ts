import { type GatedTx, withSharedGate } from '../database/gate.ts';
import type { DatasetDb } from '../database/handle.ts';
import { listIdentitiesOf, lockIdentitiesOf } from '../identities/identity-sql.ts';
import { lockProfiles } from '../profiles/figures-sql.ts';
import { livingAmong, standingRequests } from '../profiles/merge-requests.ts';
import {
  dropMergeRequest,
  listMergeRequests,
  listMergeRequestsOf,
  type MergeRequest,
} from '../profiles/merge-requests-sql.ts';
import { countMembershipChanges, evaluateProfiles, type MembershipChanges } from '../segments/evaluate.ts';
import { lockSomeIdentities, moveIdentities, takeLargeMerges } from './large-merge-sql.ts';
import { mergeProfiles } from './merge.ts';
import { type LiveMergeLimits, liveMergeLimits } from './merge-plan.ts';
import { type MergeSize, readMergeSizes } from './merge-plan-sql.ts';
import { moveOldestEvents } from './move-events.ts';

/**
 * A step of the large merges of a dataset. `moved`: a portion went to the survivor. `merged`: the loser is no more. `dropped`: one
 * of the two is doomed or gone, so the other one stays what it is. `overtaken`: others were faster, and it is looked at again.
 * `waiting`: another server is at it, or what there is goes with a bulk deletion. `nothing`: there is none.
 */
export type LargeMergeStep =
  | ({ did: 'moved'; events: number; identities: number } & MergeRequest)
  | ({ did: 'merged' | 'dropped' | 'overtaken' } & MergeRequest)
  | { did: 'waiting' }
  | { did: 'nothing' };

export interface LargeMergeContext {
  /** Most events of this step. */
  eventsMax: number;
  limits?: LiveMergeLimits;
  now: Date;
}

/**
 * Takes one step towards merging profiles that are too large for a live merge: moves the oldest history of a loser, in whole visits
 * where it can, to its survivor, or what is left of it when that is little enough. After every step both are profiles like any other:
 * figures, visits, counts and memberships are those of what they have. New events of either are written to it as ever.
 */
export function takeLargeMergeStep(ds: DatasetDb, context: LargeMergeContext): Promise<LargeMergeStep> {
  return withSharedGate(ds.dataset, ds.db, async (tx) => {
    if (!(await takeLargeMerges(tx))) return { did: 'waiting' };
    const requests = await listMergeRequests(tx);
    if (requests.length === 0) return { did: 'nothing' };
    const standing = await standingRequests(tx, requests);
    const vain = await dropInVain(tx, requests, standing);
    if (vain) return { did: 'dropped', ...vain };
    // A profile that others are to become part of is merged after them.
    const awaited = new Set(standing.map(({ survivor }) => survivor));
    const request = standing.find(({ loser }) => !awaited.has(loser));
    return request ? takeStep(tx, request, context) : { did: 'waiting' };
  });
}

/** Takes back a request whose survivor is not there for writers. Where the loser is not either, its row goes, and the request with it. */
async function dropInVain(
  tx: GatedTx,
  requests: readonly MergeRequest[],
  standing: readonly MergeRequest[],
): Promise<MergeRequest | undefined> {
  const stands = new Set(standing.map(({ loser }) => loser));
  const vain = requests.filter(({ loser }) => !stands.has(loser));
  if (vain.length === 0) return undefined;
  const living = await livingAmong(
    tx,
    vain.map(({ loser }) => loser),
  );
  const request = vain.find(({ loser }) => living.has(loser));
  if (!request || (await lockProfiles(tx, [request.loser])).length === 0) return undefined;
  // By then it may have been named with somebody else.
  if (await isRequested(tx, request)) await dropMergeRequest(tx, request.loser);
  return request;
}

async function isRequested(tx: GatedTx, { loser, survivor }: MergeRequest): Promise<boolean> {
  const requests = await listMergeRequestsOf(tx, [loser]);
  return requests.some((one) => one.loser === loser && one.survivor === survivor);
}

/** Identities first, then profiles, then the rest: the writer's protocol. */
async function takeStep(
  tx: GatedTx,
  request: MergeRequest,
  { eventsMax, limits = liveMergeLimits, now }: LargeMergeContext,
): Promise<LargeMergeStep> {
  const { loser, survivor } = request;
  const size = await sizeOf(tx, loser, limits);
  if (!size) return { did: 'overtaken', ...request };
  const isLast = size.events <= limits.events && size.identities <= limits.identities;
  const tooMany = size.identities > limits.identities;
  const held = isLast ? await lockIdentitiesOf(tx, [loser]) : [];
  const identities = tooMany ? await lockSomeIdentities(tx, loser, limits.identities) : [];
  const locked = await lockProfiles(tx, [loser, survivor]);
  if (locked.length < 2 || !(await isRequested(tx, request))) return { did: 'overtaken', ...request };
  // It may have got another one before it was locked.
  if (isLast && (await listIdentitiesOf(tx, [loser])).length > held.length) return { did: 'overtaken', ...request };

  let changes: MembershipChanges = [];
  let events = 0;
  if (isLast) {
    changes = await mergeProfiles(tx, [{ profiles: [survivor, loser], live: true }], now);
  } else {
    if (identities.length > 0) await moveIdentities(tx, request, identities);
    // Few events go with the rest, however many identities there are.
    if (size.events > limits.events)
      events = await moveOldestEvents(tx, request, Math.min(eventsMax, limits.events), now);
  }
  const evaluated = await evaluateProfiles(tx, isLast ? [survivor] : [loser, survivor], now);
  await countMembershipChanges(tx, [...changes, ...evaluated], now);
  return isLast ? { did: 'merged', ...request } : { did: 'moved', ...request, events, identities: identities.length };
}

async function sizeOf(tx: GatedTx, profileId: number, limits: LiveMergeLimits): Promise<MergeSize | undefined> {
  const [size] = await readMergeSizes(tx, [profileId], limits.identities + 1);
  return size;
}
