import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/database.ts';
import { door, untilWaiting } from '../../test/waiting.ts';
import { gateClass, withExclusiveGate, withSharedGate } from './gate.ts';
import type { Db } from './postgres.ts';

let world: TestDatabase;
beforeAll(async () => {
  world = await createTestDatabase();
  await sql`CREATE TABLE public.note (text text)`.execute(world.database.reads);
});
afterAll(() => world.close());
beforeEach(() => sql`TRUNCATE public.note`.execute(world.database.reads));

const note = (db: Db, text: string) => sql`INSERT INTO public.note (text) VALUES (${text})`.execute(db);
const notes = async (db: Db) =>
  (await sql<{ text: string }>`SELECT text FROM public.note ORDER BY text`.execute(db)).rows.map(({ text }) => text);
const shared = <T>(work: (db: Db) => Promise<T>) =>
  withSharedGate(world.dataset, world.database.writes, (tx) => work(tx.db));
const exclusive = <T>(work: (db: Db) => Promise<T>) =>
  withExclusiveGate(world.dataset, world.database.starts, (tx) => work(tx.db));

/** Lets `writer` start while a change is made under the exclusive gate, and the change commit once the writer waits. */
async function whileFrozen<T>(writer: () => Promise<T>): Promise<T> {
  const [held, waited] = [door(), door()];
  const change = exclusive(async (db) => {
    await note(db, 'frozen');
    held.open();
    await waited.opened;
  });
  await held.opened;
  const result = writer();
  await untilWaiting(world.database.reads);
  waited.open();
  await change;
  return result;
}

describe('a writer that waited at the gate', () => {
  test('sees what was committed while it waited', async () => {
    expect(await whileFrozen(() => shared(notes))).toEqual(['frozen']);
  });

  test('would not see it under REPEATABLE READ, which is why the gate begins READ COMMITTED itself', async () => {
    const wrong = () =>
      world.database.writes
        .transaction()
        .setIsolationLevel('repeatable read')
        .execute(async (tx) => {
          await sql`SELECT pg_advisory_xact_lock_shared(${gateClass}, ${world.dataset.no})`.execute(tx);
          return notes(tx);
        });
    expect(await whileFrozen(wrong)).toEqual([]);
    const { rows } = await shared((db) =>
      sql<{ level: string }>`SELECT current_setting('transaction_isolation') AS level`.execute(db),
    );
    expect(rows).toEqual([{ level: 'read committed' }]);
  });

  test('would not see it if the gate stood in the same statement as the read', async () => {
    const wrong = async () => {
      const { rows } = await sql<{ text: string | null }>`
        WITH gate AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared(${gateClass}, ${world.dataset.no}))
        SELECT text FROM gate LEFT JOIN public.note ON true`.execute(world.database.writes);
      return rows;
    };
    expect(await whileFrozen(wrong)).toEqual([{ text: null }]);
  });
});

describe('a writing transaction', () => {
  test.each(['40P01', '40001', '55P03'])('that fails with %s is repeated as a whole', async (state) => {
    let attempts = 0;
    const result = await shared(async (db) => {
      attempts++;
      await note(db, `attempt ${attempts}`);
      if (attempts < 3) await sql`DO ${sql.lit(`BEGIN RAISE SQLSTATE '${state}'; END`)}`.execute(db);
      return attempts;
    });
    expect(result).toBe(3);
    expect(await notes(world.database.reads)).toEqual(['attempt 3']);
  });

  test('that fails otherwise fails at once, and leaves nothing', async () => {
    let attempts = 0;
    const failing = shared(async (db) => {
      attempts++;
      await note(db, 'lost');
      await sql`SELECT 1 / 0`.execute(db);
    });
    await expect(failing).rejects.toMatchObject({ code: '22012' });
    expect(attempts).toBe(1);
    expect(await notes(world.database.reads)).toEqual([]);
  });

  test('that gets through in none of its attempts says that the dataset is busy', async () => {
    const failing = shared((db) => sql`DO 'BEGIN RAISE SQLSTATE ''40P01''; END'`.execute(db));
    await expect(failing).rejects.toMatchObject({
      kind: 'busy',
      code: 'database.busy',
      extras: { retryAfterSeconds: 1 },
    });
  });
});

describe('whoever wants the gate alone', () => {
  test('gives up after short tries in which one long writer never stops the others, and says that it is busy', async () => {
    const [held, done] = [door(), door()];
    const long = shared(async () => {
      held.open();
      await done.opened;
    });
    await held.opened;
    const start = exclusive((db) => note(db, 'started'));
    const refused = expect(start).rejects.toMatchObject({ code: 'database.busy' });
    await untilWaiting(world.database.reads);
    await shared((db) => note(db, 'written meanwhile'));
    await refused;
    done.open();
    await long;
    expect(await notes(world.database.reads)).toEqual(['written meanwhile']);
  });

  test('gets it when the writers are done, and alone', async () => {
    const [held, done] = [door(), door()];
    const writer = shared(async (db) => {
      held.open();
      await done.opened;
      await note(db, 'written before');
    });
    await held.opened;
    const start = exclusive(notes);
    await untilWaiting(world.database.reads);
    done.open();
    await writer;
    expect(await start).toEqual(['written before']);
  });

  test('keeps nobody of another dataset waiting', async () => {
    const [held, done] = [door(), door()];
    const start = exclusive(async () => {
      held.open();
      await done.opened;
    });
    await held.opened;
    const other = { ...world.dataset, no: world.dataset.no + 1 };
    await withSharedGate(other, world.database.writes, (tx) => note(tx.db, 'elsewhere'));
    expect(await notes(world.database.reads)).toEqual(['elsewhere']);
    done.open();
    await start;
  });
});
