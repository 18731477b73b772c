import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/database.ts';
import { on } from '../database/handle.ts';
import { identitiesAtOnce, Ledger } from './ledger.ts';
import { readEntries } from './ledger-file.ts';
import { addHashes, createHashList, dropHashList, profilesNamedByList } from './ledger-sql.ts';

let world: TestDatabase;
const folder = mkdtempSync(join(tmpdir(), 'lethe-ledger-'));
beforeAll(async () => {
  world = await createTestDatabase();
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true });
});

/** An entry as a deletion writes it, but of identities that are all called by one byte. */
async function enter(byte: string, identities = 1): Promise<void> {
  const { erasure } = world.ds.tables;
  await sql`
    INSERT INTO ${erasure} (at, identities, hashes)
    VALUES (now(), ${identities}, ${Buffer.alloc(16 * identities, byte)})`.execute(world.ds.db);
}

async function inFile(): Promise<string[]> {
  const found: string[] = [];
  for await (const { hashes } of readEntries(folder, world.dataset)) found.push(hashes.toString().slice(0, 1));
  return found;
}

test('what is deleted after a fail-over that lost the last commits is in the file too, although its numbers come twice', async () => {
  const ledger = new Ledger(folder);
  const { erasure } = world.ds.tables;
  await enter('a');
  await enter('b');
  await ledger.copy(world.ds);
  expect(await inFile()).toEqual(['a', 'b']);

  await sql`DELETE FROM ${erasure} WHERE no = 2`.execute(world.ds.db);
  await sql`ALTER TABLE ${erasure} ALTER COLUMN no RESTART WITH 2`.execute(world.ds.db);
  await enter('c');
  await ledger.copy(world.ds);
  expect(await inFile()).toEqual(['a', 'b', 'c']);
});

test('entries of any size are in the file once and in order, however many of them are read at once', async () => {
  const most = identitiesAtOnce;
  // Some fit together, some just do not, and some are too large for that.
  const sizes = { d: most / 2, e: most / 2 - 1, f: 1, g: 1, h: most - 1, i: most + 1, j: 1 };
  const ledger = new Ledger(folder);
  const before = await inFile();
  for (const [byte, identities] of Object.entries(sizes)) {
    await enter(byte, identities);
  }
  await ledger.copy(world.ds);
  await ledger.copy(world.ds);
  expect((await inFile()).slice(before.length)).toEqual(Object.keys(sizes));
});

test('of entries that could not all be written, none is in the file, and later each of them once', async () => {
  const before = await inFile();
  for (const byte of ['k', 'l']) await enter(byte, identitiesAtOnce);
  const ledger = new Ledger(folder);
  // The second portion cannot be read.
  let reads = 0;
  const failing = on(
    world.dataset,
    world.ds.db.withPlugin({
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }) => {
        if (result.rows.some((row) => 'hashes' in row) && ++reads === 2) throw new Error('the connection broke');
        return result;
      },
    }),
  );
  await expect(ledger.copy(failing)).rejects.toThrow('the connection broke');
  expect(reads).toBe(2);
  expect(await inFile()).toEqual(before);
  await ledger.copy(world.ds);
  expect(await inFile()).toEqual([...before, 'k', 'l']);
});

test('whoever has an identity of the ledger is found, by its hash and by that of entries of before', async () => {
  const { identity } = world.ds.tables;
  const named = ['ada@example.com', 'bo@example.com', 'cy@example.com', 'Dü:7'];
  await sql`
    INSERT INTO ${identity} (profile_id, type, value)
    SELECT no, 'emailAddress', value FROM unnest(${named}::text[]) WITH ORDINALITY AS n (value, no)`.execute(
    world.ds.db,
  );
  const { rows } = await sql<{ value: Buffer }>`SELECT value FROM lethe.secret WHERE name = 'erasures'`.execute(
    world.ds.db,
  );
  const keyed = (of: string | Buffer) =>
    createHash('sha256')
      .update(rows[0]?.value ?? '')
      .update(of)
      .digest();
  const once = (value: string) => keyed(`emailAddress:${value}`);
  const twice = (value: string) => keyed(once(value));
  const hashes = [once('Dü:7'), twice('bo@example.com'), once('nobody@example.com')].map((hash) =>
    hash.subarray(0, 16),
  );
  const found = await world.ds.db.connection().execute(async (connection) => {
    await createHashList(connection);
    await addHashes(connection, hashes);
    const profiles = await profilesNamedByList(on(world.dataset, connection));
    await dropHashList(connection);
    return profiles;
  });
  expect(found).toEqual([2, 4]);
});
