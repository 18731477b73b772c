import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/database.ts';
import { sliceOf } from './slice-sql.ts';

let world: TestDatabase;
beforeAll(async () => {
  world = await createTestDatabase();
});
afterAll(() => world.close());

test.each([1, 4, 16, 64, 256])(
  'the slice is the one of %i partitions into which PostgreSQL puts the row',
  async (partitions) => {
    const ids = fc.sample(fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }), 1_000);
    const slice = sliceOf({ ...world.dataset, partitions }, sql`id`);
    const { rows } = await sql<{ right: boolean; count: number }>`
      SELECT satisfies_hash_partition(${`ds_${world.dataset.id}.profile`}::regclass, ${partitions}, ${slice}, id) AS right, count(*)
      FROM unnest(${['1', '2', '3', ...ids.map(String)]}::bigint[]) AS n (id) GROUP BY 1`.execute(world.database.reads);
    expect(rows).toEqual([{ right: true, count: 1_003 }]);
  },
);
