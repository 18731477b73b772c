import { z } from 'zod';
import { recordAudit } from '../audit/record.ts';
import { withSharedGate } from '../database/gate.ts';
import type { DatasetDb } from '../database/handle.ts';
import { withLimitedSnapshot } from '../database/snapshot.ts';
import { LetheError } from '../errors.ts';
import {
  countDefinitions,
  deleteDefinition,
  findDefinition,
  readAttributes,
  saveDefinition,
} from './attributes-sql.ts';
import { type Asked, definitionsMax, namesMax, tooSlow } from './vocabulary.ts';

/** What an attribute is meant to hold: which operators whoever writes a rule is offered first. Values stay as they came. */
export const attributeKinds = ['text', 'number', 'boolean', 'date', 'list'] as const;

export const definitionSchema = z.object({
  name: z.string(),
  kind: z.enum(attributeKinds),
  description: z.string().nullable(),
});
export type AttributeDefinition = z.infer<typeof definitionSchema>;

const users = z.number().int().nonnegative();

export const attributeSchema = z.object({
  name: z.string(),
  kind: z.enum(attributeKinds).nullable().describe('As it is defined; null for one that is only in use'),
  description: z.string().nullable(),
  users: users.describe('Who have it; exact'),
  kinds: z
    .object({ text: users, number: users, boolean: users, list: users, other: users })
    .describe('The same users by what their values are; dates are texts'),
});
export type AttributeItem = z.infer<typeof attributeSchema>;

/** The attributes of a dataset by name: all that are defined, and the 10,000 that most users have. Throws `attributes.too_slow`. */
export function listAttributes(ds: DatasetDb): Promise<AttributeItem[]> {
  return withLimitedSnapshot(ds, { tooSlow: tooSlow('attributes') }, (snapshot) => readAttributes(snapshot, namesMax));
}

/** Defines an attribute, or defines it anew; values stay as they are. Throws `attribute.limit`. */
export async function defineAttribute(
  { dataset, db }: DatasetDb,
  definition: AttributeDefinition,
  { actor, now }: Asked,
): Promise<void> {
  const { name, ...after } = definition;
  await withSharedGate(dataset, db, async (tx) => {
    const before = contentOf(await findDefinition(tx, name));
    if (!before && (await countDefinitions(tx)) >= definitionsMax) throw tooMany();
    await saveDefinition(tx, definition);
    const object = { kind: 'attribute', id: name };
    await recordAudit(tx.db, { actor, action: 'attribute.defined', dataset, object, before, after, at: now });
  });
}

/** Takes a definition back; values stay. Throws `attribute.unknown`. */
export async function undefineAttribute(
  { dataset, db }: DatasetDb,
  name: string,
  { actor, now }: Asked,
): Promise<void> {
  await withSharedGate(dataset, db, async (tx) => {
    const before = contentOf(await deleteDefinition(tx, name));
    if (!before) throw new LetheError('notFound', 'attribute.unknown', 'No attribute of this name is defined.');
    const object = { kind: 'attribute', id: name };
    await recordAudit(tx.db, { actor, action: 'attribute.undefined', dataset, object, before, at: now });
  });
}

function contentOf(definition: AttributeDefinition | undefined) {
  return definition && { kind: definition.kind, description: definition.description };
}

function tooMany(): LetheError {
  const detail = `This dataset has ${definitionsMax} defined attributes, the most it may have. Take a definition back first.`;
  return new LetheError('conflict', 'attribute.limit', detail);
}
