import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { withSharedGate } from '../src/database/gate.ts';
import { type Dataset, on } from '../src/database/handle.ts';
import { type Database, openDatabase } from '../src/database/postgres.ts';
import { findDataset } from '../src/datasets/dataset-sql.ts';
import { countMembershipChanges, evaluateProfiles } from '../src/segments/evaluate.ts';
import { fillDataset } from '../test/fill-dataset.ts';
import { LetheProcess } from '../test/lethe-process.ts';
import { ruleNo } from './ingest-rules.ts';

/** A Lethe as it is installed, with its embedded database, and a dataset of users who have done things in the last weeks. */
export interface IngestServer {
  lethe: LetheProcess;
  database: Database;
  writeKey: string;
  firstUser: number;
  users: number;
  /** Users of the segment `doomd`. */
  doomed: number;
  close(): Promise<void>;
}

const eventsPerProfile = 10;
const dayMs = 86_400_000;

export async function startIngestServer(options: { segments: number; users: number }): Promise<IngestServer> {
  const lethe = new LetheProcess({ LETHE_PARTITIONS: '16', LETHE_LOG_LEVEL: 'warn' });
  try {
    await lethe.start();
    await expectStatus(lethe, 201, 'POST', '/api/datasets', { id: 'shop', name: 'Shop', type: 'development' });
    const key = await expectStatus(lethe, 201, 'POST', '/api/dataset/shop/write-keys', { name: 'bench' });
    await createSegments(lethe, options.segments);
    const database = openDatabase(lethe.databaseUrl, 10);
    const dataset = await findDataset(database.reads, 'shop');
    if (!dataset) throw new Error('the dataset is not there');
    const start = new Date(Date.now() - 25 * dayMs);
    const ds = on(dataset, database.writes);
    const doomed = await fillDataset(ds, { profiles: options.users, eventsPerProfile, share: 0.5, start });
    const firstUser = await evaluateAll(database, dataset);
    await sql`VACUUM (ANALYZE)`.execute(database.writes);
    await sql`CHECKPOINT`.execute(database.writes).catch(() => {});
    const close = async () => {
      await database.close();
      await lethe.remove();
    };
    return { lethe, database, writeKey: String(key.key), firstUser, users: options.users, doomed, close };
  } catch (error) {
    await lethe.remove();
    throw error;
  }
}

/** While nobody is there they are computed in no time. */
async function createSegments(lethe: LetheProcess, count: number): Promise<void> {
  let nested = '';
  for (let no = 0; no < count; no++) {
    const body = { name: `Segment ${no}`, kind: 'rule', rule: ruleNo(no, nested) };
    const segment = await expectStatus(lethe, 201, 'POST', '/api/dataset/shop/segments', body);
    nested ||= String(segment.id);
  }
  for (;;) {
    const { items } = await expectStatus(lethe, 200, 'GET', '/api/dataset/shop/segments?limit=500');
    if ((items as { state: string }[]).every(({ state }) => state === 'ready')) return;
    await sleep(100);
  }
}

/** Puts everybody into the segments whose rules they match, as an event of theirs would; answers the first of them. */
async function evaluateAll(database: Database, dataset: Dataset): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    SELECT id FROM ${on(dataset, database.reads).tables.profile} ORDER BY id`.execute(database.reads);
  const ids = rows.map(({ id }) => id);
  for (let from = 0; from < ids.length; from += 1_000) {
    await withSharedGate(dataset, database.writes, async (tx) => {
      const now = new Date();
      await countMembershipChanges(tx, await evaluateProfiles(tx, ids.slice(from, from + 1_000), now), now);
    });
  }
  return ids[0] ?? 0;
}

export async function expectStatus(
  lethe: LetheProcess,
  status: number,
  ...asked: Parameters<LetheProcess['api']>
): Promise<Record<string, unknown>> {
  const answer = await lethe.api(...asked);
  if (answer.status !== status) throw new Error(`${asked[0]} ${asked[1]} answered ${answer.status}: ${answer.text}`);
  return answer.json;
}
