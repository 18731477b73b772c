import type { Db } from '../database/postgres.ts';
import { createMember } from './create-member.ts';
import { createToken } from './create-token.ts';
import { hasMembers } from './member-sql.ts';
import { systemActor } from './system-actor.ts';
import { findToken } from './token-sql.ts';

/**
 * Creates the first administrator when there is no member yet; answers their one-time password when none was given, and
 * undefined when there are members already.
 */
export async function bootstrapAdministrator(
  db: Db,
  { email, password, now }: { email: string; password: string | undefined; now: Date },
): Promise<{ email: string; oneTimePassword: string | undefined } | undefined> {
  if (await hasMembers(db)) return undefined;
  const wanted = { email: email.trim().toLowerCase(), name: 'Administrator', administrator: true, roles: {}, password };
  const { member, oneTimePassword } = await createMember(db, wanted, { actor: systemActor, now });
  return { email: member.email, oneTimePassword };
}

/** Creates the administrator's token of the settings; false when there is one with its key id. */
export async function bootstrapToken(db: Db, keyIdAndSecret: string, now: Date): Promise<boolean> {
  const [, keyId = '', secret = ''] = /^([^:]+):(.+)$/s.exec(keyIdAndSecret) ?? [];
  if (await findToken(db, keyId)) return false;
  const wanted = { name: 'Bootstrap', administrator: true, roles: {} };
  await createToken(db, wanted, { actor: systemActor, now, given: { keyId, secret } });
  return true;
}
