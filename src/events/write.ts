import { type GatedTx, withSharedGate } from '../database/gate.ts';
import type { Dataset } from '../database/handle.ts';
import type { Db } from '../database/postgres.ts';
import { backToSavepoint, setSavepoint } from '../database/savepoint-sql.ts';
import { emailIdentity, type Identity } from '../identities/identity.ts';
import { addFigures } from '../profiles/figures-sql.ts';
import { countMembershipChanges, evaluateProfiles, type MembershipChanges } from '../segments/evaluate.ts';
import { mergeProfiles } from './merge.ts';
import type { LiveMergeLimits } from './merge-plan.ts';
import type { Incoming } from './message.ts';
import { takeOnce } from './message-ids.ts';
import { type ResolvedProfile, resolveProfiles } from './resolve.ts';
import { tallyOf, type Written } from './tally.ts';
import { applyTraits, type Refusal } from './traits.ts';
import { writeNewVisits } from './visit-changes.ts';
import { addActionCounts, insertEvents } from './write-sql.ts';

/** What became of one message. */
export type WriteResult =
  /** Written, to the profile of this number. */
  | { accepted: true; profileId: number; duplicate?: undefined }
  /** Received before under the same messageId, and therefore not written again. */
  | { accepted: true; duplicate: true; profileId?: undefined }
  /** Nothing of it was written. */
  | ({ accepted: false } & Refusal);

export interface WriteContext {
  limits: {
    attributesPerProfileMax: number;
    messageIdHours: number;
    /** `liveMergeLimits` where nothing else is said. */
    liveMerge?: LiveMergeLimits;
  };
  /** Key of the hashes of message ids: the secret `messages` of this installation (`installationSecret(db, 'messages')`). */
  messageKey: Uint8Array;
  now: Date;
}

/**
 * Writes a batch of messages in one transaction: one result a message, in their order. A batch is the caller's to size: about
 * 1,000 messages take less than 100 ms.
 *
 * Throws `database.busy` when it could not get through.
 */
export function writeMessages(
  dataset: Dataset,
  db: Db,
  incoming: readonly Incoming[],
  context: WriteContext,
): Promise<WriteResult[]> {
  return withSharedGate(dataset, db, (tx) => writeMessagesIn(tx, incoming, context));
}

/** Like `writeMessages`, inside a transaction of the caller's, who commits something of his own with it. */
export async function writeMessagesIn(
  tx: GatedTx,
  incoming: readonly Incoming[],
  context: WriteContext,
): Promise<WriteResult[]> {
  const results: WriteResult[] = incoming.map(() => ({ accepted: true, duplicate: true }));
  let open = incoming.map(({ message, origin }, index) => ({ index, message, origin, messageId: message.messageId }));
  // Attributes alone can be too many. Which messages bring too many is known only when their profiles are locked; everything
  // is taken back then and done again without them, so that they leave no trace: no identity, no merge, no messageId.
  const refusable = incoming.some(({ message }) => message.traits);
  while (open.length > 0) {
    if (refusable) await setSavepoint(tx, 'batch');
    const { written, refused } = await writeBatch(tx, open, context);
    if (refused.size === 0) {
      for (const [index, profileId] of written) results[index] = { accepted: true, profileId };
      break;
    }
    await backToSavepoint(tx, 'batch');
    for (const [index, refusal] of refused) results[index] = { accepted: false, ...refusal };
    open = open.filter(({ index }) => !refused.has(index));
  }
  return results;
}

interface Numbered extends Incoming {
  /** Its place in the caller's batch. */
  index: number;
  messageId: string | undefined;
}

interface BatchOutcome {
  /** By index: the profile that a message was written to. */
  written: ReadonlyMap<number, number>;
  /** By index; where there are any, what was written has to be taken back. */
  refused: ReadonlyMap<number, Refusal>;
}

async function writeBatch(
  tx: GatedTx,
  batch: readonly Numbered[],
  { limits, messageKey, now }: WriteContext,
): Promise<BatchOutcome> {
  const fresh = await takeOnce(tx, batch, { secret: messageKey, hours: limits.messageIdHours, now });
  const resolved = await resolveProfiles(tx, fresh.map(identitiesOf), { limits: limits.liveMerge, now });
  if (resolved.length === 0) return { written: new Map(), refused: new Map() };
  const changes = await mergeResolved(tx, resolved, now);
  const ids = resolved.map(({ existing, newId }) => existing[0] ?? newId);

  const written = resolved
    .map(
      (profile, place): Written => ({
        id: ids[place] as number,
        isNew: profile.existing.length === 0,
        isMerged: profile.existing.length > 1,
        named: profile.named,
        hasNewIdentities: profile.hasNewIdentities,
        messages: profile.messages.map((index) => fresh[index] as Numbered),
      }),
    )
    .sort((a, b) => a.id - b.id);
  const traits = await applyTraits(tx, written, limits.attributesPerProfileMax);
  if (traits.refused.size > 0) {
    const refused = fresh.flatMap((one) => {
      const refusal = traits.refused.get(one);
      return refusal ? [[one.index, refusal] as const] : [];
    });
    return { written: new Map(), refused: new Map(refused) };
  }

  const tally = tallyOf(written);
  if (tally.events.length > 0) await insertEvents(tx, tally.events);
  if (tally.actions.length > 0) await addActionCounts(tx, tally.actions);
  const visits = await writeNewVisits(tx, written);
  const figures = tally.figures.map((one, place) => ({ ...one, visits: visits[place] as number }));
  await addFigures(tx, figures, tally.orders, traits.attributes, now);

  const evaluated = await evaluateProfiles(
    tx,
    written.map(({ id }) => id),
    now,
    { changes: tally.changes, noneDoomed: true },
  );
  await countMembershipChanges(tx, [...changes, ...evaluated], now);
  const profileOf = resolved.flatMap(({ messages }, place) =>
    messages.map((index) => [(fresh[index] as Numbered).index, ids[place] as number] as const),
  );
  return { written: new Map(profileOf), refused: new Map() };
}

/** An address in `traits.email` identifies only when its source is trusted: otherwise anybody could merge with a stranger. */
function identitiesOf({ message, origin }: Incoming): readonly Identity[] {
  const email = origin.trusted ? emailIdentity(message.traits?.email) : undefined;
  return email ? [...message.identities, email] : message.identities;
}

/** Merges where several profiles were named; the message goes to the survivor also where a job is to do the merging. */
function mergeResolved(tx: GatedTx, resolved: readonly ResolvedProfile[], now: Date): Promise<MembershipChanges> {
  const merging = resolved.filter(({ existing }) => existing.length > 1);
  return mergeProfiles(
    tx,
    merging.map(({ existing, live }) => ({ profiles: existing, live })),
    now,
  );
}
