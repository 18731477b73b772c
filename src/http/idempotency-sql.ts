import { sql } from 'kysely';
import type { Db } from '../database/postgres.ts';

/** Whose request it is: a key means the same only for the same actor and the same method and address. */
export interface RequestKey {
  actor: string;
  /** Method and address. */
  target: string;
  key: string;
}

export interface KeptAnswer {
  bodyHash: Buffer;
  beganAt: Date;
  /** Null while the first request is under way. */
  status: number | null;
  location: string | null;
  contentType: string | null;
  body: string | null;
}

/** Claims the key for a request that began at `now`; false when another has it. A claim from before `abandonedBefore` lapses. */
export async function claimKey(
  db: Db,
  { actor, target, key }: RequestKey,
  { bodyHash, now, abandonedBefore }: { bodyHash: Buffer; now: Date; abandonedBefore: Date },
): Promise<boolean> {
  const { rows } = await sql`
    INSERT INTO lethe.idempotent_answer AS kept (actor, target, key, body_hash, began_at)
    VALUES (${actor}, ${target}, ${key}, ${bodyHash}, ${now})
    ON CONFLICT (actor, target, key) DO UPDATE SET began_at = ${now}
      WHERE kept.status IS NULL AND kept.body_hash = ${bodyHash} AND kept.began_at < ${abandonedBefore}
    RETURNING key`.execute(db);
  return rows.length === 1;
}

export async function findAnswer(db: Db, { actor, target, key }: RequestKey): Promise<KeptAnswer | undefined> {
  const { rows } = await sql<KeptAnswer>`
    SELECT body_hash AS "bodyHash", began_at AS "beganAt", status, location, content_type AS "contentType", body
    FROM lethe.idempotent_answer
    WHERE actor = ${actor} AND target = ${target} AND key = ${key}`.execute(db);
  return rows[0];
}

export async function keepAnswer(
  db: Db,
  { actor, target, key }: RequestKey,
  answer: { bodyHash: Buffer; status: number; location: string | null; contentType: string | null; body: string },
): Promise<void> {
  await sql`
    UPDATE lethe.idempotent_answer
    SET body_hash = ${answer.bodyHash}, status = ${answer.status}, location = ${answer.location},
        content_type = ${answer.contentType}, body = ${answer.body}
    WHERE actor = ${actor} AND target = ${target} AND key = ${key}`.execute(db);
}

export async function releaseKey(db: Db, { actor, target, key }: RequestKey): Promise<void> {
  await sql`
    DELETE FROM lethe.idempotent_answer
    WHERE actor = ${actor} AND target = ${target} AND key = ${key} AND status IS NULL`.execute(db);
}

export async function deleteAnswersFromBefore(db: Db, moment: Date): Promise<void> {
  await sql`DELETE FROM lethe.idempotent_answer WHERE began_at < ${moment}`.execute(db);
}
