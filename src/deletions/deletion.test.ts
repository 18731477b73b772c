import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/database.ts';
import { fillDataset } from '../../test/fill-dataset.ts';
import type { Actor } from '../access/permissions.ts';
import { on } from '../database/handle.ts';
import { writeMessages } from '../events/write.ts';
import { StepSize } from '../jobs/step-size.ts';
import { places, placesInSlices } from '../profiles/places.ts';
import { readSettings } from '../settings.ts';
import { type Advance, advance } from './advance.ts';
import { jobSchema, readJob } from './job.ts';
import { findReceipt } from './job-sql.ts';
import { wholeSlices } from './prove.ts';
import { ensureSigningKey, publicKeys } from './receipt.ts';
import { startDeletion } from './start.ts';
import { findRunning } from './start-sql.ts';
import { type StepPlan, stepSize } from './step.ts';
import { verifyReceipt } from './verify-receipt.ts';

const ada: Actor = { kind: 'member', id: 'mem_ada', name: 'Ada', administrator: true, roles: {} };
const now = new Date('2026-11-22T19:00:00Z');

let test1: TestDatabase;
let users: number;

beforeEach(async () => {
  test1 = await createTestDatabase();
  await ensureSigningKey(test1.database.starts, now);
  users = await fillDataset(on(test1.dataset, test1.database.writes), {
    profiles: 2_000,
    eventsPerProfile: 6,
    share: 0.4,
  });
});
afterEach(() => test1.close());

const start = (expectedUsers = users, segmentId = 'doomd') =>
  startDeletion(test1.database.starts, test1.dataset, { segmentId, expectedUsers, actor: ada, now: () => now });

/** Moves the job on until `until` says so, or to its end. */
async function work(
  id: string,
  size: StepPlan = stepSize(2_000),
  until?: () => Promise<boolean>,
  more: Partial<Advance> = {},
): Promise<void> {
  const job = await findRunning(test1.ds);
  if (job?.id !== id) throw new Error('that job does not run');
  const how = { database: test1.database, announce: () => {}, size, now, ...more };
  for (;;) {
    if (await until?.()) return;
    const result = await advance(test1.dataset, job, how);
    if (result === 'finished') return;
  }
}

async function count(table: keyof typeof test1.ds.tables, where = sql`true`): Promise<number> {
  const { rows } = await sql<{ count: number }>`SELECT count(*) FROM ${test1.ds.tables[table]} WHERE ${where}`.execute(
    test1.ds.db,
  );
  return rows[0]?.count ?? -1;
}

describe('a bulk deletion', () => {
  test.each(['unknown', 'known'])(
    'deletes every user of the segment with everything they own, and nobody else, sizes of tables being %s',
    async (sizes) => {
      // Where they are known, a range of so many is found by reading the tables whole.
      if (sizes === 'known') await sql`ANALYZE`.execute(test1.ds.db);
      const before = {
        profiles: await count('profile'),
        events: await count('event'),
        identities: await count('identity'),
      };
      const id = await start();
      await work(id);
      const job = await readJob(test1.ds, id, 2);
      expect(job).toMatchObject({
        state: 'completed',
        phase: null,
        users,
        deleted: users,
        remaining: 0,
        percent: 100,
        failure: null,
      });
      expect(job.rowsDeleted).toMatchObject({ profiles: users, events: users * 6, identities: users * 2 - 0 });
      expect(Object.values(job.verified?.leftovers ?? { none: 1 }).every((left) => left === 0)).toBe(true);
      // A job of an older version proved the places of that version.
      await sql`UPDATE ${test1.ds.tables.deletion} SET leftovers = leftovers - 'clockEntries'`.execute(test1.ds.db);
      expect(jobSchema.parse(await readJob(test1.ds, id, 2))).toEqual(job);
      expect(await count('profile')).toBe(before.profiles - users);
      expect(await count('event')).toBe(before.events - users * 6);
      expect(await count('identity')).toBe(before.identities - (job.rowsDeleted.identities ?? 0));
    },
  );

  test('leaves no row in any place that belongs to no profile', async () => {
    await work(await start());
    for (const place of places.filter((each) => each.table !== 'profile')) {
      const orphans = sql`NOT EXISTS (SELECT FROM ${test1.ds.tables.profile} p WHERE p.id = profile_id)`;
      expect([place.name, await count(place.table, orphans)]).toEqual([place.name, 0]);
    }
  });

  test('ends the same in many small steps as in few large ones', async () => {
    const id = await start();
    const small = new StepSize({ first: 37, min: 37, max: 37, msMax: 2_000 });
    await work(id, small);
    expect(await readJob(test1.ds, id, 2)).toMatchObject({ state: 'completed', deleted: users });
    const { rows } = await sql<{
      steps: number;
    }>`SELECT sum(steps)::bigint AS steps FROM ${test1.ds.tables.deletion_slice}`.execute(test1.ds.db);
    expect(rows[0]?.steps).toBeGreaterThanOrEqual(users / 37);
  });

  test('proves each slice as soon as it has been deleted where it writes much, and ends the same', async () => {
    const id = await start();
    const slices = async () => {
      const { rows } = await sql<{ phase: string }>`
        SELECT phase FROM ${test1.ds.tables.deletion_slice} WHERE slice >= 0 ORDER BY slice`.execute(test1.ds.db);
      return rows.map((row) => row.phase);
    };
    const seen: string[][] = [];
    const look = async () => {
      seen.push(await slices());
      return false;
    };
    await work(id, stepSize(2_000), look, { provesAtOnce: true });
    expect(seen).toContainEqual(['done', 'verifying', 'deleting', 'deleting']);
    expect(seen.every((phases) => phases.filter((phase) => phase === 'verifying').length <= 1)).toBe(true);
    expect(await readJob(test1.ds, id, 2)).toMatchObject({ state: 'completed', deleted: users });
  });

  test('counts the time of its proofs, and that before them, in the rate that it says', async () => {
    const id = await start();
    const isOneDone = async () => {
      const { rows } =
        await sql`SELECT FROM ${test1.ds.tables.deletion_slice} WHERE slice >= 0 AND phase = 'done'`.execute(
          test1.ds.db,
        );
      return rows.length > 0;
    };
    const proofSize = { ...wholeSlices, pausedMs: 10_000 };
    await work(id, stepSize(2_000), isOneDone, { provesAtOnce: true, proofSize });
    const { deleted, usersPerSecond } = await readJob(test1.ds, id, 1);
    expect(usersPerSecond).toBeLessThanOrEqual(deleted / 10);
  });

  test('lets its worker rest between the statements of a step, before identities are locked, and of a proof', async () => {
    const rest = vi.fn(async () => {});
    const whole = { ...wholeSlices, rest };
    await work(await start(), whole, undefined, { proofSize: whole });
    const digestAndCounts = 3;
    expect(rest).toHaveBeenCalledTimes(test1.dataset.partitions * (placesInSlices.length + digestAndCounts));
  });

  test('leaves the segment disabled and empty, and its counters and those of the others exact', async () => {
    await work(await start());
    const { rows } = await sql<{ id: string; enabled: boolean; state: string; counted: number; users: number }>`
      SELECT s.id, s.enabled, s.state,
             (SELECT coalesce(sum(users), 0) FROM ${test1.ds.tables.segment_count} c WHERE c.set_no = s.set_no)::bigint AS users,
             (SELECT count(*) FROM ${test1.ds.tables.membership} m WHERE m.set_no = s.set_no) AS counted
      FROM ${test1.ds.tables.segment} s ORDER BY s.id`.execute(test1.ds.db);
    expect(rows.map((row) => row.users)).toEqual(rows.map((row) => row.counted));
    expect(rows[0]).toMatchObject({ id: 'doomd', enabled: false, state: 'ready', users: 0 });
    expect(rows[1]).toMatchObject({ id: 'every', enabled: true, users: 2_000 - users });
  });

  test('deletes exactly the frozen set: who would join later stays, who would leave meanwhile goes', async () => {
    const id = await start();
    const { rows } = await sql<{ id: number }>`
      SELECT id FROM ${test1.ds.tables.profile}
      WHERE id NOT IN (SELECT profile_id FROM ${test1.ds.tables.doomed_profile}) LIMIT 1`.execute(test1.ds.db);
    await work(id);
    expect(await count('profile', sql`id = ${rows[0]?.id}`)).toBe(1);
    expect(await count('doomed_profile')).toBe(0);
  });

  test.each(['unknown', 'known'])(
    'finds what was left behind, deletes it and proves again, sizes of tables being %s',
    async (sizes) => {
      if (sizes === 'known') await sql`ANALYZE`.execute(test1.ds.db);
      const id = await start();
      const { rows } = await sql<{
        id: number;
      }>`SELECT profile_id AS id FROM ${test1.ds.tables.doomed_profile} LIMIT 1`.execute(test1.ds.db);
      const leftOver = rows[0]?.id;
      await work(id, undefined, async () => (await readJob(test1.ds, id, 2)).deleted === users);
      // A writer that kept no protocol: its row must not survive the proof.
      await sql`
      INSERT INTO ${test1.ds.tables.event} (profile_id, id, at, received_at, action)
      VALUES (${leftOver}, 0, now(), now(), 'View Item')`.execute(test1.database.writes);
      await work(id);
      const job = await readJob(test1.ds, id, 2);
      expect(job).toMatchObject({ state: 'completed', rowsDeleted: { events: users * 6 + 1 } });
      expect(await count('event', sql`profile_id = ${leftOver}`)).toBe(0);
    },
  );
});

describe('the receipt', () => {
  test('says what was deleted, names nobody, and verifies with the public keys of the installation', async () => {
    const id = await start();
    await work(id);
    const receipt = (await findReceipt(test1.ds, id))?.receipt ?? '';
    const payload = await verifyReceipt(receipt, await publicKeys(test1.database.reads));
    expect(payload).toMatchObject({
      version: 1,
      job: id,
      dataset: 'shop',
      segment: { id: 'doomd' },
      requestedBy: 'mem_ada',
      users,
      verified: { usersListed: users, profilesDeleted: users, profilesAbsent: 0 },
    });
    expect(receipt).not.toContain('Ada');
  });

  test('says how long each phase took, from the start to the completion', async () => {
    const id = await start();
    await work(id);
    const receipt = (await findReceipt(test1.ds, id))?.receipt ?? '';
    const {
      phases = [],
      startedAt,
      completedAt,
    } = await verifyReceipt(receipt, await publicKeys(test1.database.reads));
    expect(phases.map(({ name }) => name)).toEqual(['deleting', 'verifying', 'completing']);
    expect(phases[0]).toMatchObject({ startedAt, seconds: expect.any(Number) });
    const total = phases.reduce((sum, { seconds }) => sum + seconds, 0);
    expect(total).toBeCloseTo((Date.parse(completedAt) - Date.parse(startedAt)) / 1_000, 3);
  });

  test('can be verified by a program that knows nothing but docs/receipt.md', async () => {
    const id = await start();
    await work(id);
    const receipt = (await findReceipt(test1.ds, id))?.receipt ?? '';
    const { keys } = await publicKeys(test1.database.reads);
    const [header = '', body = '', signature = ''] = receipt.split('.');
    const { kid, ...rest } = JSON.parse(Buffer.from(header, 'base64url').toString());
    expect(rest).toEqual({ alg: 'EdDSA', typ: 'lethe-receipt+jwt' });
    const { createPublicKey, verify } = await import('node:crypto');
    const key = createPublicKey({ key: keys.find((one) => one.kid === kid) ?? {}, format: 'jwk' });
    const signed = Buffer.from(`${header}.${body}`);
    expect(verify(null, signed, key, Buffer.from(signature, 'base64url'))).toBe(true);
    expect(verify(null, Buffer.concat([signed, Buffer.from('x')]), key, Buffer.from(signature, 'base64url'))).toBe(
      false,
    );
    const said = JSON.parse(Buffer.from(body, 'base64url').toString());
    expect(said.verified.usersListed).toBe(said.users);
    expect(Object.values(said.verified.leftovers)).toEqual(Object.values(said.verified.leftovers).map(() => 0));
  });

  test('carries a digest of the frozen set that does not depend on the order or size of the steps and proofs', async () => {
    const ids = await sql<{ id: string; slice: number }>`
      SELECT profile_id::text AS id, substring(tableoid::regclass::text from '_([0-9]+)"?$')::int AS slice
      FROM ${test1.ds.tables.membership} WHERE set_no = 1 ORDER BY 2, profile_id`.execute(test1.ds.db);
    const id = await start();
    const small = new StepSize({ first: 100, min: 100, max: 100, msMax: 2_000 });
    await work(id, small, undefined, { proofSize: { current: 7, learn: () => {} } });
    const { createHash } = await import('node:crypto');
    const total = createHash('sha256');
    for (let slice = 0; slice < test1.dataset.partitions; slice++) {
      const one = createHash('sha256');
      for (const row of ids.rows.filter((each) => each.slice === slice)) {
        const bytes = Buffer.alloc(8);
        bytes.writeBigInt64BE(BigInt(row.id));
        one.update(bytes);
      }
      total.update(one.digest());
    }
    const receipt = (await findReceipt(test1.ds, id))?.receipt ?? '';
    const payload = await verifyReceipt(receipt, await publicKeys(test1.database.reads));
    expect(payload.frozenSetDigest).toEqual({ alg: 'sha-256', value: total.digest('hex') });
  });
});

describe('the proof', () => {
  test('that finds something left sends its slice back to work, also when a part of the slice was proven before', async () => {
    const id = await start();
    const isVerified = async () => (await readJob(test1.ds, id, 2)).phase === 'verifying';
    await work(id, stepSize(2_000), isVerified);
    // Of the last user of a slice: whatever is proven in small parts has come far by then.
    const { rows } = await sql<{ slice: number; lastUser: string }>`
      SELECT substring(min(tableoid::regclass::text) from '_([0-9]+)"?$')::int AS slice, max(profile_id)::text AS "lastUser"
      FROM ${test1.ds.tables.membership} WHERE set_no = 1 GROUP BY tableoid ORDER BY 1 LIMIT 1`.execute(test1.ds.db);
    const { lastUser, slice } = rows[0] ?? {};
    await sql`
      INSERT INTO ${test1.ds.tables.visit} (profile_id, started_at, last_event_at, events)
      VALUES (${lastUser}, ${now}, ${now}, 1)`.execute(test1.database.writes);
    const inSmallParts = { current: 7, learn: () => {} };
    const isBackAtWork = async () => (await readJob(test1.ds, id, 2)).phase === 'deleting';
    await work(id, stepSize(2_000), isBackAtWork, { proofSize: inSmallParts });
    const left = await count('membership', sql`set_no = 1 AND tableoid::regclass::text ~ ${`_${slice}"?$`}`);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(inSmallParts.current);
    expect(await count('visit', sql`profile_id = ${lastUser}`)).toBe(1);
    await work(id, stepSize(2_000), undefined, { proofSize: inSmallParts });
    expect(await count('visit', sql`profile_id = ${lastUser}`)).toBe(0);
    const receipt = (await findReceipt(test1.ds, id))?.receipt ?? '';
    const { verified, rowsDeleted } = await verifyReceipt(receipt, await publicKeys(test1.database.reads));
    expect(verified).toMatchObject({ usersListed: users, profilesDeleted: users, profilesAbsent: 0 });
    expect(rowsDeleted.profiles).toBe(users);
  });
});

describe('the ledger', () => {
  test('has every identity of the frozen set, those included whose user came back while the job ran', async () => {
    const frozen = sql`SELECT profile_id FROM ${test1.ds.tables.membership} WHERE set_no = 1`;
    const identities = await count('identity', sql`profile_id IN (${frozen})`);
    const { rows } = await sql<{ type: string; value: string }>`
      SELECT type, value FROM ${test1.ds.tables.identity} WHERE profile_id IN (${frozen}) ORDER BY value LIMIT 1`.execute(
      test1.ds.db,
    );
    const id = await start();
    const message = { identities: rows, at: now, event: { action: 'View Item' } };
    const origin = { trusted: false, from: 'track', receivedAt: now };
    const context = { limits: readSettings({}), messageKey: Buffer.alloc(32), now };
    await writeMessages(test1.dataset, test1.database.writes, [{ message, origin }], context);
    await work(id);
    const ledger = await sql<{ identities: number; bytes: number }>`
      SELECT sum(identities)::int AS identities, sum(length(hashes))::int AS bytes FROM ${test1.ds.tables.erasure}`.execute(
      test1.ds.db,
    );
    expect(ledger.rows).toEqual([{ identities, bytes: identities * 16 }]);
    expect(await count('identity', sql`value = ${rows[0]?.value}`)).toBe(1);
  });
});

describe('the start', () => {
  test('is refused with the new number when the confirmed one is no longer true, and changes nothing', async () => {
    await expect(start(users + 1)).rejects.toMatchObject({
      code: 'deletion.users_changed',
      extras: { members: { expected: users + 1, actual: users } },
    });
    expect(await count('deletion')).toBe(0);
    expect(await count('segment', sql`state = 'ready' AND enabled`)).toBe(3);
  });

  test('is refused for a segment that is unknown, still computing, or has no users', async () => {
    await expect(start(users, 'nosuc')).rejects.toMatchObject({ code: 'segment.unknown' });
    await sql`UPDATE ${test1.ds.tables.segment} SET state = 'computing', next_set_no = 99 WHERE id = 'every'`.execute(
      test1.database.writes,
    );
    await expect(start(2_000, 'every')).rejects.toMatchObject({ code: 'segment.computing' });
    await sql`UPDATE ${test1.ds.tables.segment_count} SET users = 0`.execute(test1.database.writes);
    await expect(start(0, 'halfx')).rejects.toMatchObject({ code: 'deletion.nothing_to_delete' });
  });

  test('succeeds for exactly one of 20 simultaneous requests; the others learn the address of the running job', async () => {
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => start()));
    const started = results.filter((result) => result.status === 'fulfilled');
    expect(started).toHaveLength(1);
    const url = `/api/dataset/shop/deletions/${started[0]?.value}`;
    for (const refused of results.filter((result) => result.status === 'rejected')) {
      expect(refused.reason).toMatchObject({ code: 'deletion.already_running', extras: { location: url } });
    }
    expect(await count('deletion')).toBe(1);
  });

  test('holds for a disabled segment too', async () => {
    await sql`UPDATE ${test1.ds.tables.segment} SET enabled = false, disabled_because = 'byHand' WHERE id = 'doomd'`.execute(
      test1.database.writes,
    );
    await work(await start());
    expect(await count('profile')).toBe(2_000 - users);
  });
});
