import { sql } from 'kysely';
import type { Db } from '../database/postgres.ts';
import { type RolesByDataset, rolesOf } from './roles-sql.ts';

/** A person who signs in. */
export interface Member {
  id: string;
  email: string;
  name: string;
  administrator: boolean;
  roles: RolesByDataset;
  /** Has a one-time password and has to set one of their own before anything else. */
  mustChangePassword: boolean;
  secondFactor: boolean;
  createdAt: Date;
}

const columns = sql`
  m.id, m.email, m.name, m.administrator, m.must_change_password AS "mustChangePassword",
  coalesce(m.second_factor_enabled, false) AS "secondFactor", m.created_at AS "createdAt",
  ${rolesOf('member', sql`m.id`)} AS roles`;

export async function findMember(db: Db, id: string): Promise<Member | undefined> {
  const { rows } = await sql<Member>`SELECT ${columns} FROM lethe.member m WHERE m.id = ${id}`.execute(db);
  return rows[0];
}

export async function findMemberByEmail(db: Db, email: string): Promise<Member | undefined> {
  const { rows } = await sql<Member>`SELECT ${columns} FROM lethe.member m WHERE m.email = ${email}`.execute(db);
  return rows[0];
}

/** Members in order of their address, after `after` where given. */
export async function listMembers(db: Db, { limit, after }: { limit: number; after?: string | undefined }) {
  const { rows } = await sql<Member>`
    SELECT ${columns} FROM lethe.member m
    WHERE ${after ?? null}::text IS NULL OR m.email > ${after ?? null}
    ORDER BY m.email
    LIMIT ${limit}`.execute(db);
  return rows;
}

export async function hasMembers(db: Db): Promise<boolean> {
  const { rows } = await sql`SELECT FROM lethe.member LIMIT 1`.execute(db);
  return rows.length > 0;
}

/** Locks every administrator, so that of two who take the last ones away at once the second sees what the first did. */
export async function lockAdministrators(db: Db): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM lethe.member WHERE administrator ORDER BY id FOR UPDATE`.execute(db);
  return rows.map((row) => row.id);
}

/** False when the address is taken. */
export async function insertMember(
  db: Db,
  member: Pick<Member, 'id' | 'email' | 'name' | 'administrator' | 'mustChangePassword' | 'createdAt'>,
): Promise<boolean> {
  const { rows } = await sql`
    INSERT INTO lethe.member (id, email, name, administrator, must_change_password, created_at, updated_at)
    VALUES (${member.id}, ${member.email}, ${member.name}, ${member.administrator}, ${member.mustChangePassword},
            ${member.createdAt}, ${member.createdAt})
    ON CONFLICT (email) DO NOTHING
    RETURNING id`.execute(db);
  return rows.length === 1;
}

export async function updateMember(
  db: Db,
  id: string,
  { email, name, administrator, now }: { email: string; name: string; administrator: boolean; now: Date },
): Promise<void> {
  await sql`
    UPDATE lethe.member SET email = ${email}, name = ${name}, administrator = ${administrator}, updated_at = ${now}
    WHERE id = ${id}`.execute(db);
}

export async function setMustChangePassword(db: Db, id: string, mustChangePassword: boolean): Promise<void> {
  await sql`UPDATE lethe.member SET must_change_password = ${mustChangePassword} WHERE id = ${id}`.execute(db);
}

/** With everything that hangs from it: roles, sessions, password, second factor. */
export async function deleteMemberRow(db: Db, id: string): Promise<void> {
  await sql`DELETE FROM lethe.member WHERE id = ${id}`.execute(db);
}

/** The password's hash, in the row that better-auth reads at a sign-in. */
export async function insertPassword(
  db: Db,
  { id, memberId, hash, now }: { id: string; memberId: string; hash: string; now: Date },
): Promise<void> {
  await sql`
    INSERT INTO lethe.account (id, account_id, provider_id, member_id, password, created_at, updated_at)
    VALUES (${id}, ${memberId}, 'credential', ${memberId}, ${hash}, ${now}, ${now})`.execute(db);
}

export async function deletePassword(db: Db, memberId: string): Promise<void> {
  await sql`DELETE FROM lethe.account WHERE member_id = ${memberId} AND provider_id = 'credential'`.execute(db);
}

/** Forgets who a member is at the OpenID provider. */
export async function deleteLinks(db: Db, memberId: string): Promise<void> {
  await sql`DELETE FROM lethe.account WHERE member_id = ${memberId} AND provider_id <> 'credential'`.execute(db);
}

/** Whether a member is known by an id of the OpenID provider. */
export async function isLinked(db: Db, memberId: string): Promise<boolean> {
  const { rows } = await sql`
    SELECT FROM lethe.account WHERE member_id = ${memberId} AND provider_id <> 'credential' LIMIT 1`.execute(db);
  return rows.length > 0;
}

/** Signs a member out everywhere, but for the session at hand where one is given. */
export async function deleteSessions(db: Db, memberId: string, exceptId: string | null = null): Promise<void> {
  await sql`
    DELETE FROM lethe.session
    WHERE member_id = ${memberId} AND (${exceptId}::text IS NULL OR id <> ${exceptId})`.execute(db);
}
