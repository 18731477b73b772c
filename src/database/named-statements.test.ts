import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/database.ts';
import { withSharedGate } from './gate.ts';
import type { Db } from './postgres.ts';

let world: TestDatabase;
beforeAll(async () => {
  world = await createTestDatabase();
});
afterAll(() => world.close());

const ask = (db: Db, no: number, text = `SELECT /* ${no} */ `) =>
  sql<{ no: number }>`${sql.raw(text)} ${no}::int AS no`.execute(db);

async function preparedOn(db: Db, like = '%'): Promise<number> {
  const { rows } = await sql
    .raw<{ count: number }>(`SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '${like}'`)
    .execute(db);
  return rows[0]?.count ?? -1;
}

test('a statement that comes again on a connection of writers is prepared once, whatever its values', async () => {
  await world.database.writes.connection().execute(async (db) => {
    for (const no of [1, 2, 3]) expect((await ask(db, no, 'SELECT /* again */')).rows).toEqual([{ no }]);
    expect(await preparedOn(db, '%again%$1%')).toBe(1);
  });
});

test('a statement of readers is prepared when it comes the second time', async () => {
  await world.database.reads.connection().execute(async (db) => {
    const counts: number[] = [];
    for (const no of [1, 2, 3]) {
      expect((await ask(db, no, 'SELECT /* read */')).rows).toEqual([{ no }]);
      counts.push(await preparedOn(db, '%/* read */ $1%'));
    }
    expect(counts).toEqual([0, 1, 1]);
  });
});

test('those used last stay, a bounded number; in a transaction that has failed, too', async () => {
  await world.database.writes.connection().execute(async (db) => {
    for (let no = 0; no < 250; no++) await ask(db, no);
    expect(await preparedOn(db)).toBe(200);
    await sql.raw('BEGIN').execute(db);
    await expect(ask(db, 0, 'SELECT 1 / (1 - 1) AS broken,')).rejects.toMatchObject({ code: '22012' });
    for (let no = 250; no < 260; no++) await expect(ask(db, no)).rejects.toMatchObject({ code: '25P02' });
    await sql.raw('ROLLBACK').execute(db);
    for (const no of [249, 0, 255]) expect((await ask(db, no)).rows).toEqual([{ no }]);
    expect(await preparedOn(db)).toBeLessThanOrEqual(200);
    expect(await preparedOn(db, '%/* 249 */%')).toBe(1);
  });
});

test('a statement whose table was migrated meanwhile goes on, alone and in a writing transaction', async () => {
  const { writes, starts } = world.database;
  await sql`CREATE TABLE public.migrated (no int)`.execute(starts);
  const read = (db: Db) => sql`SELECT * FROM public.migrated WHERE no <> ${5}`.execute(db);
  await writes.connection().execute(async (db) => {
    await read(db);
    await sql`ALTER TABLE public.migrated ADD COLUMN text text`.execute(starts);
    expect((await read(db)).rows).toEqual([]);
    await sql`ALTER TABLE public.migrated ALTER COLUMN no TYPE bigint`.execute(starts);
    let attempts = 0;
    const rows = await withSharedGate(world.dataset, db, async (tx) => {
      attempts++;
      return (await read(tx.db)).rows;
    });
    expect({ attempts, rows }).toEqual({ attempts: 2, rows: [] });
  });
});

test('a statement that a pooler took away is prepared again', async () => {
  await world.database.writes.connection().execute(async (db) => {
    await ask(db, 1);
    await sql.raw('DEALLOCATE ALL').execute(db);
    expect((await ask(db, 1)).rows).toEqual([{ no: 1 }]);
  });
});
