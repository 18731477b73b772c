import { sql } from 'kysely';
import { type DatasetDb, on } from '../src/database/handle.ts';
import { openDatabase } from '../src/database/postgres.ts';
import { findDataset } from '../src/datasets/dataset-sql.ts';
import { addSegment, type Filling, fillDataset } from '../test/fill-dataset.ts';
import type { LetheProcess } from '../test/lethe-process.ts';
import { expectStatus } from './ingest-server.ts';

export interface FilledDataset {
  id: string;
  /** Users by number, from the first one on. */
  firstUser: number;
  users: number;
}

/**
 * Makes a dataset of users with two identities and about three memberships each. All of them are in the segments `every` and `whole`,
 * those with an even number in `halfx`, and a share in `doomd`. `more` adds what else is to be there before the statistics are taken.
 */
export async function makeFilledDataset(
  lethe: LetheProcess,
  id: string,
  filling: Filling,
  more: (ds: DatasetDb) => Promise<void> = async () => {},
): Promise<FilledDataset> {
  await expectStatus(lethe, 201, 'POST', '/api/datasets', { id, name: id, type: 'development' });
  const database = openDatabase(lethe.databaseUrl, 10);
  try {
    const dataset = await findDataset(database.reads, id);
    if (!dataset) throw new Error(`the dataset ${id} is not there`);
    const ds = on(dataset, database.writes);
    await fillDataset(ds, filling);
    await addSegment(ds, 'whole', sql`SELECT id FROM ${ds.tables.profile}`);
    await more(ds);
    await sql`VACUUM (ANALYZE)`.execute(database.writes);
    // Nobody is to pay for the writes of the filling.
    await sql`CHECKPOINT`.execute(database.writes).catch(() => {});
    const { rows } = await sql<{ firstUser: number; users: number }>`
      SELECT min(id) AS "firstUser", count(*) AS users FROM ${ds.tables.profile}`.execute(database.reads);
    return { id, ...(rows[0] ?? { firstUser: 0, users: 0 }) };
  } finally {
    await database.close();
  }
}

/**
 * Puts `users` users into each of `count` list segments, `${prefix}0` and so on: nobody into two of them, nobody with an even number, spread
 * evenly over all.
 */
export async function addSmallSegments(
  ds: DatasetDb,
  { prefix, count, users, profiles }: { prefix: string; count: number; users: number; profiles: number },
): Promise<void> {
  const everyOther = 2 * Math.floor(profiles / users / 2);
  if (everyOther < 2 * count) throw new Error(`${profiles} users are too few for ${count} segments of ${users}`);
  for (let no = 0; no < count; no++) {
    const those = sql`SELECT id FROM ${ds.tables.profile} WHERE id % ${everyOther} = ${2 * no + 1} ORDER BY id LIMIT ${users}`;
    await addSegment(ds, `${prefix}${no}`, those);
  }
}
