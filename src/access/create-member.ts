import { recordAudit } from '../audit/record.ts';
import type { Db } from '../database/postgres.ts';
import { LetheError } from '../errors.ts';
import { newId } from '../ids.ts';
import { auditedMember } from './member.ts';
import { findMember, insertMember, type Member } from './member-sql.ts';
import { newOneTimePassword, setPassword } from './password.ts';
import type { Actor } from './permissions.ts';
import { insertRoles, type RolesByDataset, requireDatasets } from './roles-sql.ts';

export interface NewMember {
  /** Trimmed, lower case. */
  email: string;
  name: string;
  administrator: boolean;
  roles: RolesByDataset;
  /** Without it a one-time password is made and answered. */
  password?: string | undefined;
}

/**
 * Creates a member, with a one-time password unless one is given; it is in the answer and nowhere else.
 *
 * Throws `member.exists`, `dataset.unknown`.
 */
export async function createMember(
  db: Db,
  wanted: NewMember,
  { actor, now }: { actor: Actor; now: Date },
): Promise<{ member: Member; oneTimePassword: string | undefined }> {
  const oneTimePassword = wanted.password === undefined ? newOneTimePassword() : undefined;
  const member = await db.transaction().execute(async (tx) => {
    await requireDatasets(tx, Object.keys(wanted.roles), (id) => `roles.${id}`);
    const id = newId(24);
    if (!(await insertMember(tx, { ...wanted, id, mustChangePassword: false, createdAt: now }))) {
      throw new LetheError('conflict', 'member.exists', 'There is a member with this e-mail address already.');
    }
    await setPassword(tx, id, {
      password: wanted.password ?? (oneTimePassword as string),
      oneTime: oneTimePassword !== undefined,
      now,
    });
    await insertRoles(tx, 'member', id, wanted.roles);
    const created = (await findMember(tx, id)) as Member;
    const object = { kind: 'member', id };
    await recordAudit(tx, { actor, action: 'member.created', object, after: auditedMember(created), at: now });
    return created;
  });
  return { member, oneTimePassword };
}
