import { sql } from 'kysely';
import type { Db } from '../database/postgres.ts';

export interface AuditEntry {
  at: Date;
  actor: { kind: string; id: string; name: string };
  action: string;
  /** Id of the dataset; null for what concerns the whole account. */
  dataset: string | null;
  object: { kind: string; id: string };
  before: unknown;
  after: unknown;
}

export async function insertAuditEntry(db: Db, entry: AuditEntry): Promise<void> {
  await sql`
    INSERT INTO lethe.audit
      (at, actor_kind, actor_id, actor_name, action, dataset, object_kind, object_id, before, after)
    VALUES
      (${entry.at}, ${entry.actor.kind}, ${entry.actor.id}, ${entry.actor.name}, ${entry.action}, ${entry.dataset},
       ${entry.object.kind}, ${entry.object.id}, ${asJson(entry.before)}::jsonb, ${asJson(entry.after)}::jsonb)`.execute(
    db,
  );
}

function asJson(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

export interface AuditFilter {
  dataset?: string | undefined;
  /** Id of a member or token. */
  actor?: string | undefined;
  /** An action, or its first word: `segment` finds `segment.created`. */
  action?: string | undefined;
  /** From this moment on. */
  from?: Date | undefined;
  /** Before this moment. */
  to?: Date | undefined;
}

/** Entries newest first, older than entry `before` where given; with their number, which pages them. */
export async function listAuditEntries(
  db: Db,
  filter: AuditFilter,
  { limit, before }: { limit: number; before?: number | undefined },
): Promise<(AuditEntry & { no: number })[]> {
  const { rows } = await sql<AuditEntry & { no: number }>`
    SELECT no, at, json_build_object('kind', actor_kind, 'id', actor_id, 'name', actor_name) AS actor, action, dataset,
           json_build_object('kind', object_kind, 'id', object_id) AS object, before, after
    FROM lethe.audit
    WHERE (${filter.dataset ?? null}::text IS NULL OR dataset = ${filter.dataset ?? null})
      AND (${filter.actor ?? null}::text IS NULL OR actor_id = ${filter.actor ?? null})
      AND (${filter.action ?? null}::text IS NULL OR action = ${filter.action ?? null}
           OR starts_with(action, ${filter.action ?? null}::text || '.'))
      AND (${filter.from ?? null}::timestamptz IS NULL OR at >= ${filter.from ?? null})
      AND (${filter.to ?? null}::timestamptz IS NULL OR at < ${filter.to ?? null})
      AND (${before ?? null}::bigint IS NULL OR no < ${before ?? null})
    ORDER BY no DESC
    LIMIT ${limit}`.execute(db);
  return rows;
}
