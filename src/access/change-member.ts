import { recordAudit } from '../audit/record.ts';
import type { Db } from '../database/postgres.ts';
import { LetheError } from '../errors.ts';
import { auditedMember, requireAnotherAdministrator, unknownMember } from './member.ts';
import {
  deleteLinks,
  deleteMemberRow,
  findMember,
  findMemberByEmail,
  lockAdministrators,
  type Member,
  updateMember,
} from './member-sql.ts';
import type { Actor } from './permissions.ts';
import { deleteRoles, insertRoles, type RolesByDataset, requireDatasets } from './roles-sql.ts';

export interface MemberChange {
  email?: string | undefined;
  name?: string | undefined;
  administrator?: boolean | undefined;
  /** Replaces all roles. */
  roles?: RolesByDataset | undefined;
}

/**
 * Changes what is named; takes effect at the member's next request.
 *
 * Throws `member.unknown`, `member.exists`, `member.last_administrator`, `dataset.unknown`.
 */
export async function changeMember(
  db: Db,
  id: string,
  change: MemberChange,
  { actor, now }: { actor: Actor; now: Date },
): Promise<Member> {
  return db.transaction().execute(async (tx) => {
    const administrators = await lockAdministrators(tx);
    const before = await findMember(tx, id);
    if (!before) throw unknownMember();
    if (change.administrator === false && before.administrator) requireAnotherAdministrator(administrators, id);
    const { email = before.email, name = before.name, administrator = before.administrator } = change;
    if (email !== before.email && (await findMemberByEmail(tx, email))) {
      throw new LetheError('conflict', 'member.exists', 'There is a member with this e-mail address already.');
    }
    await updateMember(tx, id, { email, name, administrator, now });
    // Another address may be another person: whose single sign-on this is, the address says anew.
    if (email !== before.email) await deleteLinks(tx, id);
    if (change.roles) {
      await requireDatasets(tx, Object.keys(change.roles), (dataset) => `roles.${dataset}`);
      await deleteRoles(tx, 'member', id);
      await insertRoles(tx, 'member', id, change.roles);
    }
    const after = (await findMember(tx, id)) as Member;
    await recordAudit(tx, {
      actor,
      action: 'member.changed',
      object: { kind: 'member', id },
      before: auditedMember(before),
      after: auditedMember(after),
      at: now,
    });
    return after;
  });
}

/**
 * Removes a member and ends their sessions.
 *
 * Throws `member.unknown`, `member.last_administrator`.
 */
export async function deleteMember(db: Db, id: string, { actor, now }: { actor: Actor; now: Date }): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const administrators = await lockAdministrators(tx);
    const before = await findMember(tx, id);
    if (!before) throw unknownMember();
    if (before.administrator) requireAnotherAdministrator(administrators, id);
    await deleteMemberRow(tx, id);
    const object = { kind: 'member', id };
    await recordAudit(tx, { actor, action: 'member.deleted', object, before: auditedMember(before), at: now });
  });
}
