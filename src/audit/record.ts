import type { Actor } from '../access/permissions.ts';
import type { AuditedAction } from '../announcements.ts';
import type { Dataset } from '../database/handle.ts';
import type { Db } from '../database/postgres.ts';
import { insertAuditEntry } from './audit-sql.ts';

/** What was done, by whom, to what. Free of profile data: users are named by their internal id only, identity values never. */
export interface AuditRecord {
  actor: Actor;
  action: AuditedAction;
  /** The dataset it happened in; absent for what concerns the whole account. */
  dataset?: Dataset | undefined;
  object: { kind: string; id: string };
  /** How the object was, for a change or a removal. */
  before?: unknown;
  /** How the object is now, for a creation or a change. */
  after?: unknown;
  at: Date;
}

/** Writes one line of the audit, in the transaction of the verb that did it: both stand or neither does. */
export async function recordAudit(db: Db, { actor, action, dataset, object, before, after, at }: AuditRecord) {
  await insertAuditEntry(db, {
    at,
    actor: { kind: actor.kind, id: actor.id, name: actor.name },
    action,
    dataset: dataset?.id ?? null,
    object,
    before: before ?? null,
    after: after ?? null,
  });
}
