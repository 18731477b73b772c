import { z } from 'zod';
import type { DatasetDb } from '../database/handle.ts';
import { displayNameOf, firstOf } from './display-name.ts';
import { publicId } from './profile.ts';
import { findUsers } from './user-sql.ts';

/** A user as lists, samples and previews show one. */
export const userItemSchema = z.object({
  id: z.string(),
  userId: z.string().nullable(),
  anonymous: z.boolean(),
  displayName: z.string().nullable(),
  identities: z.array(z.object({ type: z.string(), value: z.string() })),
  firstActivity: z.iso.datetime().nullable(),
  lastActivity: z.iso.datetime().nullable(),
  segments: z.array(z.string()),
});
export type UserItem = z.infer<typeof userItemSchema>;

/** These users, in the order of the ids; one that is gone is left out. */
export async function readUserItems(ds: DatasetDb, ids: readonly number[]): Promise<UserItem[]> {
  const byId = new Map((await findUsers(ds, ids)).map((row) => [row.id, row]));
  return ids.flatMap((id) => {
    const row = byId.get(id);
    if (!row) return [];
    return {
      id: publicId(id),
      userId: firstOf(row.identities, 'userId'),
      anonymous: !row.named,
      displayName: displayNameOf(row.attributes, row.identities),
      identities: row.identities,
      firstActivity: row.firstActivity?.toISOString() ?? null,
      lastActivity: row.lastActivity?.toISOString() ?? null,
      segments: row.segments,
    };
  });
}
