import { hashPassword } from 'better-auth/crypto';
import type { Db } from '../database/postgres.ts';
import { newId } from '../ids.ts';
import { deletePassword, deleteSessions, findMember, insertPassword, setMustChangePassword } from './member-sql.ts';

export const passwordCharactersMin = 12;
export const passwordCharactersMax = 128;

/** About 119 random bits, in four groups that can be read out. */
export function newOneTimePassword(): string {
  return [newId(5), newId(5), newId(5), newId(5)].join('-');
}

/** Sets a member's password in place of any other. A one-time password has to be replaced at the first sign-in. */
export async function setPassword(
  db: Db,
  memberId: string,
  { password, oneTime, now }: { password: string; oneTime: boolean; now: Date },
): Promise<void> {
  const hash = await hashPassword(password);
  await deletePassword(db, memberId);
  await insertPassword(db, { id: newId(24), memberId, hash, now });
  await setMustChangePassword(db, memberId, oneTime);
}

/**
 * Takes away a one-time password that nobody has replaced, and every session but this one: whoever came in another way has no use for
 * them, and others might.
 */
export async function dropOneTimePassword(db: Db, memberId: string, sessionId: string): Promise<void> {
  await db.transaction().execute(async (tx) => {
    if (!(await findMember(tx, memberId))?.mustChangePassword) return;
    await deletePassword(tx, memberId);
    await setMustChangePassword(tx, memberId, false);
    await deleteSessions(tx, memberId, sessionId);
  });
}
