import type { DatasetDb } from '../database/handle.ts';
import type { ProfilePlace } from '../database/slice-sql.ts';
import { LetheError } from '../errors.ts';
import { identityTypes } from '../identities/identity.ts';
import { findIdentitiesByValue, type IdentityPlace } from '../identities/identity-sql.ts';
import { profileNoOf } from './profile.ts';
import { findExisting } from './user-sql.ts';

/** A type of identity under which a text is looked up; `id` is Lethe's own. Without one, all are tried in their order. */
export type LookUpType = string | undefined;

/**
 * The profiles that these texts name: by Lethe's own id, else by the value of an identity, in the order userId, customerId,
 * email, anonymousId, then others by name. E-mail addresses are looked up trimmed and in lower case, the others trimmed. A text
 * that names nobody has no entry.
 */
export async function lookUpUsers(
  ds: DatasetDb,
  texts: readonly string[],
  type?: LookUpType,
): Promise<Map<string, number>> {
  const places = await placesOf(ds, texts, type);
  return new Map([...places].map(([text, { no }]) => [text, no]));
}

/** The one user whom a text names. Throws `user.unknown`. */
export async function lookUpUser(ds: DatasetDb, text: string, type?: LookUpType): Promise<ProfilePlace> {
  const place = (await placesOf(ds, [text], type)).get(text);
  if (!place) throw unknownUser();
  return place;
}

export function unknownUser(): LetheError {
  return new LetheError('notFound', 'user.unknown', 'There is no such user in this dataset.');
}

async function placesOf(ds: DatasetDb, texts: readonly string[], type: LookUpType): Promise<Map<string, ProfilePlace>> {
  const found = new Map<string, ProfilePlace>();
  const distinct = [...new Set(texts)];
  if (type === undefined || type === 'id') await findByOwnId(ds, distinct, found);
  if (type === 'id') return found;
  const rows = await findByValue(ds, distinct, type);
  for (const text of distinct) {
    if (found.has(text)) continue;
    const first = rowsOf(rows, text).sort(byLookUpOrder)[0];
    if (first) found.set(text, { no: first.profileId, slice: first.slice });
  }
  return found;
}

async function findByOwnId(ds: DatasetDb, texts: readonly string[], found: Map<string, ProfilePlace>): Promise<void> {
  const named = texts.flatMap((text) => {
    const no = profileNoOf(text.trim());
    return no === undefined ? [] : [{ text, no }];
  });
  if (named.length === 0) return;
  const existing = await findExisting(ds, [...new Set(named.map(({ no }) => no))]);
  const placeOf = new Map(existing.map((place) => [place.no, place]));
  for (const { text, no } of named) {
    const place = placeOf.get(no);
    if (place) found.set(text, place);
  }
}

async function findByValue(
  ds: DatasetDb,
  texts: readonly string[],
  type: LookUpType,
): Promise<Map<string, IdentityPlace[]>> {
  // No identity holds a NUL, and PostgreSQL does not even take one as a question.
  const values = [...new Set(texts.flatMap((text) => [text.trim(), addressOf(text)]))].filter(
    (value) => !value.includes('\0'),
  );
  const rows = await findIdentitiesByValue(ds, values);
  const byValue = new Map<string, IdentityPlace[]>();
  for (const row of rows) {
    if (type !== undefined && row.type !== type) continue;
    byValue.set(row.value, [...(byValue.get(row.value) ?? []), row]);
  }
  return byValue;
}

function rowsOf(byValue: ReadonlyMap<string, IdentityPlace[]>, text: string): IdentityPlace[] {
  const exact = (byValue.get(text.trim()) ?? []).filter((row) => row.type !== 'email');
  const addresses = (byValue.get(addressOf(text)) ?? []).filter((row) => row.type === 'email');
  return [...exact, ...addresses];
}

function addressOf(text: string): string {
  return text.trim().toLowerCase();
}

function byLookUpOrder(a: IdentityPlace, b: IdentityPlace): number {
  return rankOf(a) - rankOf(b) || (a.type < b.type ? -1 : 1);
}

function rankOf({ type }: IdentityPlace): number {
  const position = (identityTypes as readonly string[]).indexOf(type);
  return position < 0 ? identityTypes.length : position;
}
