import type { Dataset } from '../database/handle.ts';
import type { Db } from '../database/postgres.ts';
import { withSnapshot } from '../database/snapshot.ts';
import { countProfilesWithoutIdentity, countRowsWithoutProfile, countWorkList, type WorkList } from './orphans-sql.ts';
import { type PlaceName, places } from './places.ts';

export interface Orphans {
  dataset: string;
  clean: boolean;
  rowsWithoutProfile: Record<Exclude<PlaceName, 'profiles'>, number>;
  profilesWithoutIdentity: number;
  workList: WorkList | null;
}

/** Places whose rows belong to a profile; profiles themselves are looked at from the other side. */
export const ownedPlaces = places.filter((place) => place.name !== 'profiles');

/**
 * Looks through whole tables for rows that belong to no profile, and for profiles that nothing can name: what no deletion,
 * merge or import may ever leave behind. All of it on one snapshot; takes seconds on millions of rows and changes nothing.
 */
export function findOrphans(dataset: Dataset, db: Db): Promise<Orphans> {
  return withSnapshot(dataset, db, async (ds) => {
    const counts: [string, number][] = [];
    for (const place of ownedPlaces) counts.push([place.name, await countRowsWithoutProfile(ds, place)]);
    const profilesWithoutIdentity = await countProfilesWithoutIdentity(ds);
    return {
      dataset: dataset.id,
      clean: profilesWithoutIdentity === 0 && counts.every(([, rows]) => rows === 0),
      rowsWithoutProfile: Object.fromEntries(counts) as Orphans['rowsWithoutProfile'],
      profilesWithoutIdentity,
      workList: await countWorkList(ds),
    };
  });
}
