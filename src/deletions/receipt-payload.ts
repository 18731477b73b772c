import { z } from 'zod';
import { erasures } from './deletion.ts';

const count = z.number().int().min(0);
const countByPlace = z.record(z.string(), count);
const moment = z.iso.datetime();

/** What a signed receipt of a bulk deletion says. Free of personal data: people are counted, never named. */
export const receiptPayload = z.object({
  version: z.literal(1),
  /** Id of the bulk deletion. */
  job: z.string(),
  dataset: z.string(),
  segment: z.object({
    id: z.string(),
    name: z.string(),
    /** Of the segment's rule as it was; of its kind for a list. */
    ruleDigest: z.string(),
  }),
  /** Id of the member or token that asked. */
  requestedBy: z.string(),
  startedAt: moment,
  completedAt: moment,
  /** One after the other, from the start to the completion; absent in the oldest receipts. */
  phases: z
    .array(
      z.object({
        name: z.enum(['deleting', 'verifying', 'scrubbing', 'completing']),
        startedAt: moment,
        seconds: z.number().min(0),
      }),
    )
    .optional(),
  /** Users in the frozen set. */
  users: count,
  /** By place: `{profiles: 18196, events: 31461, …}`. */
  rowsDeleted: countByPlace,
  /** Independent of the order in which users were deleted. */
  frozenSetDigest: z.object({ alg: z.string(), value: z.string() }),
  /** How thoroughly it erased; absent in the oldest receipts. */
  erasure: z.enum(erasures).optional(),
  /** Tables that were written anew, what the scrub covers, and what it cannot; null without one. */
  scrub: z.object({ tables: count, covers: z.array(z.string()), doesNotCover: z.array(z.string()) }).nullish(),
  /** What the ledger of deletions holds of it: entries, the identities in them, and their numbers; absent in the oldest receipts. */
  ledger: z
    .object({ entries: count, identities: count, firstNo: count.nullable(), lastNo: count.nullable() })
    .optional(),
  verified: z.object({
    /** Rows of the frozen set's users that were found afterwards, by place; each is 0. */
    leftovers: countByPlace,
    /** usersListed = profilesDeleted + profilesAbsent. */
    usersListed: count,
    profilesDeleted: count,
    /** Listed, but without a profile when the job came to them. Who was deleted one by one meanwhile is among the deleted. */
    profilesAbsent: count,
    at: moment,
  }),
});

export type ReceiptPayload = z.infer<typeof receiptPayload>;

/** `typ` of the receipt's protected header. */
export const receiptType = 'lethe-receipt+jwt';

/** `alg` of the receipt's protected header: Ed25519. */
export const receiptAlgorithm = 'EdDSA';
