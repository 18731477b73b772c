import { createHash, randomBytes } from 'node:crypto';
import { recordAudit } from '../audit/record.ts';
import type { Db } from '../database/postgres.ts';
import { LetheError } from '../errors.ts';
import { newId } from '../ids.ts';
import type { Actor } from './permissions.ts';
import { insertRoles, type RolesByDataset, requireDatasets } from './roles-sql.ts';
import { deleteTokenRow, findToken, insertToken, insertTokenDatasets, type Token } from './token-sql.ts';

export interface NewToken {
  name: string;
  administrator: boolean;
  roles: RolesByDataset;
  /** Limits an administrator's token to these datasets. */
  datasets?: readonly string[] | undefined;
}

/** SHA-256 is right for secrets of 256 random bits: there is nothing to guess, and it costs nothing at every request. */
export function hashOfSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/**
 * Makes a token; its secret is in the answer and nowhere else. Key id and secret are given only for the token of the settings.
 *
 * Throws `dataset.unknown`, `token.datasets`, `token.exists`.
 */
export async function createToken(
  db: Db,
  wanted: NewToken,
  { actor, now, given }: { actor: Actor; now: Date; given?: { keyId: string; secret: string } },
): Promise<{ token: Token; secret: string }> {
  const { keyId, secret } = given ?? { keyId: newId(16, 'key'), secret: randomBytes(32).toString('base64url') };
  const { name, administrator, roles } = wanted;
  const datasets = wanted.datasets ? [...new Set(wanted.datasets)] : null;
  if (datasets && !administrator) throw datasetsWithoutAdministrator();
  const token = await db.transaction().execute(async (tx) => {
    await requireDatasets(tx, Object.keys(roles), (id) => `roles.${id}`);
    await requireDatasets(tx, datasets ?? [], () => 'datasets');
    const createdBy = { kind: actor.kind, id: actor.id, name: actor.name };
    const row = { keyId, name, administrator, datasets, secretHash: hashOfSecret(secret), createdAt: now, createdBy };
    if (!(await insertToken(tx, row))) {
      throw new LetheError('conflict', 'token.exists', 'There is a token with this key id already.');
    }
    await insertRoles(tx, 'token', keyId, roles);
    await insertTokenDatasets(tx, keyId, datasets ?? []);
    const object = { kind: 'token', id: keyId };
    const after = { name, administrator, roles, datasets };
    await recordAudit(tx, { actor, action: 'token.created', object, after, at: now });
    return (await findToken(tx, keyId)) as Token;
  });
  return { token, secret };
}

function datasetsWithoutAdministrator(): LetheError {
  const detail =
    '"datasets" limits the token of an administrator; name the datasets of any other token in "roles", with a role each.';
  const errors = [{ field: 'datasets', code: 'notAllowed', detail }];
  return new LetheError('unacceptable', 'token.datasets', detail, { errors });
}

/** Throws `token.unknown`. */
export async function deleteToken(db: Db, keyId: string, { actor, now }: { actor: Actor; now: Date }): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const token = await findToken(tx, keyId);
    if (!token || !(await deleteTokenRow(tx, keyId))) throw unknownToken();
    const { name, administrator, roles, datasets } = token;
    const object = { kind: 'token', id: keyId };
    const before = { name, administrator, roles, datasets };
    await recordAudit(tx, { actor, action: 'token.deleted', object, before, at: now });
  });
}

export function unknownToken(): LetheError {
  return new LetheError('notFound', 'token.unknown', 'There is no such token.');
}
