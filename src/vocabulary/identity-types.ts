import { z } from 'zod';
import { recordAudit } from '../audit/record.ts';
import { withSharedGate } from '../database/gate.ts';
import type { DatasetDb } from '../database/handle.ts';
import { withLimitedSnapshot } from '../database/snapshot.ts';
import { LetheError } from '../errors.ts';
import { identityTypes } from '../identities/identity.ts';
import {
  countDescriptions,
  deleteDescription,
  findDescription,
  readIdentityTypes,
  saveDescription,
} from './identity-types-sql.ts';
import { type Asked, definitionsMax, namesMax, tooSlow } from './vocabulary.ts';

const count = z.number().int().nonnegative();

export const identityTypeSchema = z.object({
  type: z.string(),
  builtIn: z.boolean().describe('One that every dataset has'),
  description: z.string().nullable(),
  users: count.describe('Who have at least one; exact'),
  identities: count,
});
export type IdentityTypeItem = z.infer<typeof identityTypeSchema>;

/**
 * The identity types of a dataset: those that every dataset has, in the order in which a look-up tries them, then all that are
 * described or in use, by name. Throws `identity_types.too_slow`.
 */
export async function listIdentityTypes(ds: DatasetDb): Promise<IdentityTypeItem[]> {
  const rows = await withLimitedSnapshot(ds, { tooSlow: tooSlow('identity_types') }, (snapshot) =>
    readIdentityTypes(snapshot, namesMax),
  );
  const byType = new Map(rows.map((row) => [row.type, row]));
  const builtIn = identityTypes.map((type) => {
    const { description = null, users = 0, identities = 0 } = byType.get(type) ?? {};
    return { type, builtIn: true, description, users, identities };
  });
  const own = rows.filter(({ type }) => !isBuiltIn(type)).map((row) => ({ ...row, builtIn: false }));
  return [...builtIn, ...own];
}

function isBuiltIn(type: string): boolean {
  return (identityTypes as readonly string[]).includes(type);
}

/** Says what an identity type is for, and so lists it before anybody has one. Throws `identity_type.limit`. */
export async function defineIdentityType(
  { dataset, db }: DatasetDb,
  { type, description }: { type: string; description: string | null },
  { actor, now }: Asked,
): Promise<void> {
  await withSharedGate(dataset, db, async (tx) => {
    const before = await findDescription(tx, type);
    if (!before && (await countDescriptions(tx)) >= definitionsMax) throw tooMany();
    await saveDescription(tx, type, description);
    const object = { kind: 'identityType', id: type };
    const after = { description };
    await recordAudit(tx.db, { actor, action: 'identity_type.defined', dataset, object, before, after, at: now });
  });
}

/** Takes a description back; identities stay. Throws `identity_type.unknown`. */
export async function undefineIdentityType(
  { dataset, db }: DatasetDb,
  type: string,
  { actor, now }: Asked,
): Promise<void> {
  await withSharedGate(dataset, db, async (tx) => {
    const before = await deleteDescription(tx, type);
    if (!before) throw new LetheError('notFound', 'identity_type.unknown', 'No identity type of this name is defined.');
    const object = { kind: 'identityType', id: type };
    await recordAudit(tx.db, { actor, action: 'identity_type.undefined', dataset, object, before, at: now });
  });
}

function tooMany(): LetheError {
  const detail = `This dataset has ${definitionsMax} defined identity types, the most it may have. Take one back first.`;
  return new LetheError('conflict', 'identity_type.limit', detail);
}
