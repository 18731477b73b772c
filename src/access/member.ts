import { LetheError } from '../errors.ts';
import type { Member } from './member-sql.ts';

/** What the audit keeps about a member. */
export function auditedMember({ email, name, administrator, roles }: Member) {
  return { email, name, administrator, roles };
}

export function unknownMember(): LetheError {
  return new LetheError('notFound', 'member.unknown', 'There is no such member.');
}

/** Refuses to take the last administrator away: nobody could give the role back. */
export function requireAnotherAdministrator(administrators: readonly string[], id: string): void {
  if (administrators.some((other) => other !== id)) return;
  throw new LetheError(
    'conflict',
    'member.last_administrator',
    'This is the last administrator; make another member an administrator first.',
  );
}
