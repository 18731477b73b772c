import { z } from 'zod';
import type { Actor } from '../access/permissions.ts';
import { recordAudit } from '../audit/record.ts';
import type { DatasetDb } from '../database/handle.ts';
import { withSnapshot } from '../database/snapshot.ts';
import { newId } from '../ids.ts';
import { lookUpUsers } from '../profiles/look-up.ts';
import { publicId } from '../profiles/profile.ts';
import { readUserItems, type UserItem, userItemSchema } from '../profiles/user-items.ts';
import type { NameList } from './name-list.ts';

/** Most users whom one call looks up: all of them are in its answer. */
export const namesLookedUpMax = 10_000;

export const lookUpSchema = z.object({
  found: z.number().int().describe('Users; one who is named twice is one'),
  requested: z.number().int().describe('Lines that name somebody'),
  items: z.array(
    z.object({ line: z.number().int(), outcome: z.enum(['found', 'unknown']), user: userItemSchema.nullable() }),
  ),
});
export type LookUpOutcome = z.infer<typeof lookUpSchema>;

/** Finds the users whom a list names, line by line, on one snapshot; changes nothing. The audit gets the numbers and no name. */
export async function lookUpList(
  { dataset, db }: DatasetDb,
  list: NameList,
  { actor, now }: { actor: Actor; now: Date },
): Promise<LookUpOutcome> {
  const users = await withSnapshot(dataset, db, (snapshot) => findUsers(snapshot, list));
  const found = new Set(users.values()).size;
  const requested = list.names.length;
  const object = { kind: 'list', id: newId(12, 'lst') };
  const after = { found, requested };
  await recordAudit(db, { actor, action: 'users.looked_up', dataset, object, after, at: now });
  const items = list.names.map(({ line, text }) => {
    const user = users.get(text) ?? null;
    return { line, outcome: user ? ('found' as const) : ('unknown' as const), user };
  });
  return { found, requested, items };
}

/** By name. */
async function findUsers(ds: DatasetDb, { type, names }: NameList): Promise<Map<string, UserItem>> {
  const texts = names.map(({ text }) => text);
  const profileOf = await lookUpUsers(ds, texts, type);
  const items = await readUserItems(ds, [...new Set(profileOf.values())]);
  const byId = new Map(items.map((item) => [item.id, item]));
  return new Map(
    [...profileOf].flatMap(([text, no]) => {
      const item = byId.get(publicId(no));
      return item ? [[text, item] as const] : [];
    }),
  );
}
