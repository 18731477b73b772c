import { z } from 'zod';
import { type Dataset, on } from '../database/handle.ts';
import type { Db } from '../database/postgres.ts';
import { type ErrorKind, LetheError } from '../errors.ts';
import type { Identity } from '../identities/identity.ts';
import { listIdentitiesOf } from '../identities/identity-sql.ts';
import { lookUpUsers } from '../profiles/look-up.ts';
import { publicId } from '../profiles/profile.ts';
import type { WriteResult } from './write.ts';

/** Codes of the described system that Lethe gives; the others of its list are about encrypted ids, which there are none of here. */
const success = 0;
const busy = 3;
const invalidEvent = 5;

export const eventApiAnswer = z.object({
  errorCode: z.literal(success),
  resolvedUserId: z
    .string()
    .nullable()
    .describe('The id that the event names, or else the userId of the user, or else the anonymous id'),
  persistedUserId: z.string().nullable().describe("Lethe's own id of the user; null for an event that is not kept"),
  campaignResponses: z.array(z.unknown()).describe('Empty: there are no campaigns yet'),
});
export type EventApiAnswer = z.infer<typeof eventApiAnswer>;

/** The answer to an event that was taken. */
export async function answerTo(
  dataset: Dataset,
  db: Db,
  identities: readonly Identity[],
  result: WriteResult & { accepted: true },
): Promise<EventApiAnswer> {
  const ds = on(dataset, db);
  const [first] = identities as [Identity];
  // A repeated event says nothing of the profile that its first copy went to.
  const profileId = result.profileId ?? (await lookUpUsers(ds, [first.value], first.type)).get(first.value);
  const answer = notKept(identities);
  if (profileId === undefined) return answer;
  if (first.type === 'userId') return { ...answer, persistedUserId: publicId(profileId) };
  const known = (await listIdentitiesOf(ds, [profileId])).find(({ type }) => type === 'userId');
  return { ...answer, resolvedUserId: known?.value ?? first.value, persistedUserId: publicId(profileId) };
}

/** The answer to an event that its sender does not want to be kept. */
export function notKept([first]: readonly Identity[]): EventApiAnswer {
  return { errorCode: success, resolvedUserId: first?.value ?? null, persistedUserId: null, campaignResponses: [] };
}

const errorCodes: Partial<Record<ErrorKind, number>> = {
  unreadable: invalidEvent,
  unacceptable: invalidEvent,
  tooLarge: invalidEvent,
  unsupported: invalidEvent,
  busy,
  away: busy,
};

/**
 * A refusal as senders of the described system understand it: the problem document has its `errorCode` as well, and a wrong
 * event is 400, or 413 where it is too large, whatever else is wrong with it.
 */
export function withErrorCode(refusal: LetheError): LetheError {
  const { kind, code, message, extras } = refusal;
  const errorCode = errorCodes[kind];
  if (errorCode === undefined) return refusal;
  const members = { ...extras.members, errorCode, resolvedUserId: null, persistedUserId: null, campaignResponses: [] };
  return new LetheError(kindOf(refusal), code, message, { ...extras, members, cause: refusal });
}

function kindOf({ kind, code }: LetheError): ErrorKind {
  if (code === 'message.too_large') return 'tooLarge';
  return kind === 'unacceptable' ? 'unreadable' : kind;
}
