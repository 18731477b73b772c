import { recordAudit } from '../audit/record.ts';
import type { Db } from '../database/postgres.ts';
import { unknownMember } from './member.ts';
import { deleteSessions, findMemberByEmail } from './member-sql.ts';
import { newOneTimePassword, setPassword } from './password.ts';
import { systemActor } from './system-actor.ts';

/**
 * Gives a member a one-time password in place of a lost one and ends their sessions. Meant for the operator on the machine:
 * whoever can call it has the database.
 *
 * Throws `member.unknown`.
 */
export async function resetPassword(db: Db, email: string, now = new Date()): Promise<{ oneTimePassword: string }> {
  const oneTimePassword = newOneTimePassword();
  await db.transaction().execute(async (tx) => {
    const member = await findMemberByEmail(tx, email.trim().toLowerCase());
    if (!member) throw unknownMember();
    await setPassword(tx, member.id, { password: oneTimePassword, oneTime: true, now });
    await deleteSessions(tx, member.id);
    const object = { kind: 'member', id: member.id };
    await recordAudit(tx, { actor: systemActor, action: 'member.password_reset', object, at: now });
  });
  return { oneTimePassword };
}
