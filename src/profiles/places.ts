import type { TableName } from '../database/handle.ts';

/**
 * Every place that holds data of a profile, said once. Bulk deletion, single deletion, privacy, preview and proof read this
 * list; a test compares it with the database's catalogue, so that a new table with a profile in it cannot be forgotten.
 *
 * The order is the order of deletion. Profiles first: whoever deletes one of the same users by itself waits for its profile,
 * holding nothing that a step wants. Identities last, because a returning user's writer waits for nothing else (ARCHITECTURE.md,
 * "A step").
 */
export interface Place {
  /** Its name in counts: `rowsDeleted.events`. */
  name: string;
  table: TableName;
  /** The column that names the profile. */
  key: 'id' | 'profile_id';
  /** Whether its partition k holds the same profiles as partition k of every other place. */
  partitioned: boolean;
  /** The column of `profile` that keeps its number of rows per profile, where these are many: a preview adds those up. */
  figure?: 'events' | 'visits';
}

export const places = [
  { name: 'profiles', table: 'profile', key: 'id', partitioned: true },
  { name: 'events', table: 'event', key: 'profile_id', partitioned: true, figure: 'events' },
  { name: 'visits', table: 'visit', key: 'profile_id', partitioned: true, figure: 'visits' },
  { name: 'actionCounts', table: 'action_count', key: 'profile_id', partitioned: true },
  { name: 'memberships', table: 'membership', key: 'profile_id', partitioned: true },
  { name: 'membershipChanges', table: 'membership_change', key: 'profile_id', partitioned: true },
  { name: 'clockEntries', table: 'clock', key: 'profile_id', partitioned: true },
  { name: 'identities', table: 'identity', key: 'profile_id', partitioned: false },
] as const satisfies readonly Place[];

/** Those whose partition k holds the profiles of slice k. */
export const placesInSlices: readonly Place[] = places.filter((place) => place.partitioned);
export const placesInNoSlice: readonly Place[] = places.filter((place) => !place.partitioned);

export type PlaceName = (typeof places)[number]['name'];

/** Rows of each kind: `{events: 31461, …}`. */
export type RowCounts = Record<PlaceName, number>;

export const noRows: Readonly<RowCounts> = Object.freeze(
  Object.fromEntries(places.map((place) => [place.name, 0])) as unknown as RowCounts,
);

/** Adds counts up; a kind that is missing counts as none. */
export function addRows(...counts: readonly Partial<RowCounts>[]): RowCounts {
  const sum = { ...noRows };
  for (const count of counts) for (const place of places) sum[place.name] += count[place.name] ?? 0;
  return sum;
}
