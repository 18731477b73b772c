import { type RawBuilder, sql } from 'kysely';
import type { DatasetDb } from '../database/handle.ts';
import type { Identity } from './identity.ts';

/** Bytes of one hash. */
export const erasureHashBytes = 16;

const secret = sql`(SELECT value FROM lethe.secret WHERE name = 'erasures')`;
/**
 * A type holds no colon. `textsend` gives the bytes that go to the client, and every connection speaks UTF-8: `convert_to` would be the
 * same and cost a fifth of the whole hash.
 */
const bytesOf = (type: RawBuilder<unknown>, value: RawBuilder<unknown>) => sql`textsend(${type} || ':' || ${value})`;
const shortened = (digest: RawBuilder<unknown>) => sql<Buffer>`substr(${digest}, 1, ${sql.lit(erasureHashBytes)})`;

/**
 * What the ledger of deletions keeps of an identity: the first 16 bytes of SHA-256 over a secret of this installation and the identity,
 * so that nobody can try identities out on a stolen ledger. Half a digest cannot be continued, so there is no second round as in HMAC:
 * it was a tenth of the time that identities take.
 */
export function erasureHash(type: RawBuilder<unknown>, value: RawBuilder<unknown>): RawBuilder<Buffer> {
  return shortened(sql`sha256(${secret} || ${bytesOf(type, value)})`);
}

/** What entries have that were written before there was one round alone. */
export function erasureHashOfTwoRounds(type: RawBuilder<unknown>, value: RawBuilder<unknown>): RawBuilder<Buffer> {
  return shortened(sql`sha256(${secret} || sha256(${secret} || ${bytesOf(type, value)}))`);
}

/** Enters identities into the ledger that have lost their user for good. */
export async function noteErased(
  tx: DatasetDb,
  identities: readonly Identity[],
  { at, deletionId }: { at: Date; deletionId: string | null },
): Promise<void> {
  if (identities.length === 0) return;
  await sql`
    INSERT INTO ${tx.tables.erasure} (at, deletion_id, identities, hashes)
    SELECT ${at}::timestamptz, ${deletionId}, count(*), string_agg(${erasureHash(sql`n.type`, sql`n.value`)}, ''::bytea)
    FROM unnest(${identities.map((one) => one.type)}::text[], ${identities.map((one) => one.value)}::text[]) AS n (type, value)`.execute(
    tx.db,
  );
}
