import { sql } from 'kysely';
import { expect } from 'vitest';
import { on } from '../../src/database/handle.ts';
import { openDatabase } from '../../src/database/postgres.ts';
import { findDataset } from '../../src/datasets/dataset-sql.ts';
import { verifyReceipt } from '../../src/deletions/verify-receipt.ts';
import { fillDataset } from '../fill-dataset.ts';
import { type HeldPhase, hold } from '../holds.ts';
import { checkInvariants } from '../invariants.ts';
import { type LetheProcess, until } from '../lethe-process.ts';
import { type JobAnswer, standsIn } from './stands.ts';

const profiles = 800;
const eventsPerProfile = 4;

/** A server, in whatever process, and its database. */
export type Served = Pick<LetheProcess, 'api' | 'databaseUrl'>;

/** A dataset with a segment to delete, in a server that is killed meanwhile, and what has to be true of it at the end. */
export interface DoomedDataset {
  id: string;
  no: number;
  users: number;
  /** What must not change: everything of those who stay. */
  survivors: string;
}

export async function createDoomedDataset(lethe: Served, id: string): Promise<DoomedDataset> {
  const created = await lethe.api('POST', '/api/datasets', { id, name: id, type: 'development' });
  expect(created, created.text).toMatchObject({ status: 201 });
  const database = openDatabase(lethe.databaseUrl, 8);
  try {
    const dataset = await findDataset(database.reads, id);
    if (!dataset) throw new Error('the dataset was not created');
    const users = await fillDataset(on(dataset, database.writes), { profiles, eventsPerProfile, share: 0.5 });
    return { id, no: dataset.no, users, survivors: await digestOfSurvivors(lethe.databaseUrl, id) };
  } finally {
    await database.close();
  }
}

/** One digest over every row of everybody who is not in the segment. */
async function digestOfSurvivors(url: string, id: string): Promise<string> {
  const database = openDatabase(url, 8);
  try {
    const dataset = await findDataset(database.reads, id);
    if (!dataset) throw new Error('the dataset is gone');
    const { tables: t, db } = on(dataset, database.reads);
    const doomed = sql`(id * 7919) % 10000 < 5000`;
    const { rows } = await sql<{ digest: string }>`
      WITH survivor AS (SELECT id FROM ${t.profile} WHERE NOT (${doomed}))
      SELECT md5(string_agg(line, '|' ORDER BY line)) AS digest FROM (
        SELECT 'p' || p::text AS line FROM ${t.profile} p WHERE id IN (SELECT id FROM survivor)
        UNION ALL SELECT 'i' || i::text FROM ${t.identity} i WHERE profile_id IN (SELECT id FROM survivor)
        UNION ALL SELECT 'e' || e::text FROM ${t.event} e WHERE profile_id IN (SELECT id FROM survivor)
        UNION ALL SELECT 'v' || v::text FROM ${t.visit} v WHERE profile_id IN (SELECT id FROM survivor)
        UNION ALL SELECT 'a' || a::text FROM ${t.action_count} a WHERE profile_id IN (SELECT id FROM survivor)
        UNION ALL SELECT 'm' || m::text FROM ${t.membership} m WHERE profile_id IN (SELECT id FROM survivor)) AS lines`.execute(
      db,
    );
    return rows[0]?.digest ?? 'nobody';
  } finally {
    await database.close();
  }
}

export async function startDeletion(
  lethe: Served,
  { id, users }: DoomedDataset,
  erasure: 'standard' | 'scrub' = 'standard',
): Promise<void> {
  const answer = await lethe.api('POST', `/api/dataset/${id}/segments/doomd/deletions`, {
    consent: true,
    expectedUsers: users,
    erasure,
  });
  expect(answer.status).toBe(202);
}

/** Starts the deletion and keeps it in a phase; returns what lets it go on. Only a scrub comes through `scrubbing`. */
export async function startAndHold(
  lethe: Served,
  dataset: DoomedDataset,
  phase: HeldPhase,
): Promise<() => Promise<void>> {
  // Held at its beginning first: the gate, which holds the completion, would hold the start as well.
  const releaseStart = await hold(lethe.databaseUrl, dataset, 'start');
  await startDeletion(lethe, dataset, phase === 'scrubbing' ? 'scrub' : 'standard');
  const release = phase === 'start' ? releaseStart : await hold(lethe.databaseUrl, dataset, phase);
  if (phase !== 'start') await releaseStart();
  await until(async () => standsIn(await jobOf(lethe, dataset), phase), `the job stands in ${phase}`);
  return release;
}

export async function untilCompleted(lethe: Served, dataset: DoomedDataset): Promise<void> {
  await until(async () => (await jobOf(lethe, dataset))?.state === 'completed', 'the job is completed');
}

/** The dataset's last job; undefined when there is none, or when the server cannot say just now. */
export async function jobOf(lethe: Served, { id }: DoomedDataset): Promise<JobAnswer | undefined> {
  const { json } = await lethe.api('GET', `/api/dataset/${id}/deletions`);
  return (json.items as JobAnswer[] | undefined)?.[0];
}

/** The end is exact: counts, receipt, proof, and nothing else touched. */
export async function expectExactEnd(lethe: Served, { id, users, survivors }: DoomedDataset): Promise<void> {
  const [job, ...others] = (await lethe.api('GET', `/api/dataset/${id}/deletions`)).json.items as Record<
    string,
    unknown
  >[];
  expect(others).toEqual([]);
  expect(job).toMatchObject({ state: 'completed', users, deleted: users, remaining: 0, failure: null });
  expect(job).toMatchObject({ rowsDeleted: { profiles: users, events: users * eventsPerProfile } });
  const verified = job?.verified as { leftovers: Record<string, number> };
  expect(new Set(Object.values(verified.leftovers))).toEqual(new Set([0]));
  const summary = await lethe.api('GET', `/api/dataset/${id}/summary`);
  expect(summary.json).toMatchObject({ users: profiles - users, events: (profiles - users) * eventsPerProfile });
  const segment = await lethe.api('GET', `/api/dataset/${id}/segments/doomd`);
  expect(segment.json).toMatchObject({ enabled: false, state: 'ready', users: 0 });
  const receipt = await lethe.api('GET', `/api/dataset/${id}/deletions/${job?.id}/receipt`);
  const keys = await lethe.api('GET', '/.well-known/jwks.json');
  const payload = await verifyReceipt(receipt.text, keys.json as unknown as Parameters<typeof verifyReceipt>[1]);
  expect(payload).toMatchObject({
    job: job?.id,
    users,
    verified: { usersListed: users, profilesDeleted: users, profilesAbsent: 0 },
  });
  expect(await digestOfSurvivors(lethe.databaseUrl, id)).toBe(survivors);
  await expectInvariants(lethe.databaseUrl, id);
}

async function expectInvariants(url: string, id: string): Promise<void> {
  const database = openDatabase(url, 8);
  try {
    const dataset = await findDataset(database.reads, id);
    if (!dataset) throw new Error('the dataset is gone');
    await checkInvariants(on(dataset, database.reads));
  } finally {
    await database.close();
  }
}
