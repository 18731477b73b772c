import { z } from 'zod';
import type { DatasetDb } from '../database/handle.ts';
import { withLimitedSnapshot, withSnapshot } from '../database/snapshot.ts';
import { LetheError } from '../errors.ts';
import { countUsers, countUsersOfSet, findSetNo, listUserIds, readSummary } from './list-users-sql.ts';
import { profileNoOf } from './profile.ts';
import { readUserItems, type UserItem } from './user-items.ts';

export const userPosition = z.object({ id: z.int(), lastActivity: z.string().nullable() });

export interface WantedUsers {
  search?: string | undefined;
  segment?: string | undefined;
  sort?: 'lastActivity' | undefined;
  limit: number;
  after: z.infer<typeof userPosition> | undefined;
}

/**
 * A page of users. `search` finds a part of any identity value, in whatever case, or Lethe's own id. The order is that in which
 * users came, or by last activity, newest first; while nothing changes, the pages hold every user once.
 *
 * Throws `segment.unknown`, `users.search_too_slow`.
 */
export function listUsers(
  ds: DatasetDb,
  { search, segment, sort, limit, after }: WantedUsers,
): Promise<{ items: UserItem[]; next: WantedUsers['after'] }> {
  const read = async (snapshot: DatasetDb) => {
    const filter = {
      setNo: segment === undefined ? undefined : await setNoOf(snapshot, segment),
      search,
      searchedNo: search === undefined ? undefined : profileNoOf(search.trim()),
    };
    const found = await listUserIds(snapshot, filter, {
      byActivity: sort === 'lastActivity',
      after,
      limit: limit + 1,
    });
    const page = found.slice(0, limit);
    const ids = page.map(({ id }) => id);
    return { items: await readUserItems(snapshot, ids), next: found.length > limit ? page.at(-1) : undefined };
  };
  // A search looks at identities one by one until it has a page; one that finds too little gives up.
  return search === undefined
    ? withSnapshot(ds.dataset, ds.db, read)
    : withLimitedSnapshot(ds, { tooSlow: searchTooSlow }, read);
}

function searchTooSlow(cause: unknown): LetheError {
  const detail = 'The search took too long; search for a whole value with GET …/user/{value}, or within a segment.';
  return new LetheError('busy', 'users.search_too_slow', detail, { retryAfterSeconds: 10, cause });
}

/** How many users there are, or are in a segment: exact. Throws `segment.unknown`. */
export async function countUsersIn(ds: DatasetDb, segment: string | undefined): Promise<number> {
  return segment === undefined ? countUsers(ds) : countUsersOfSet(ds, await setNoOf(ds, segment));
}

async function setNoOf(ds: DatasetDb, segment: string): Promise<number> {
  const setNo = await findSetNo(ds, segment);
  if (setNo === undefined)
    throw new LetheError('notFound', 'segment.unknown', 'There is no such segment in this dataset.');
  return setNo;
}

export const summarySchema = z.object({
  users: z.number(),
  named: z.number(),
  anonymous: z.number(),
  identities: z.number(),
  events: z.number(),
  orders: z.number(),
  revenue: z.number(),
  segments: z.number(),
});
export type Summary = z.infer<typeof summarySchema>;

/** What the dataset holds, exactly. */
export async function summarize(ds: DatasetDb): Promise<Summary> {
  const { revenue, ...summary } = await readSummary(ds);
  return { ...summary, anonymous: summary.users - summary.named, revenue: Number(revenue) };
}
