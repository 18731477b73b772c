import { setTimeout as sleep } from 'node:timers/promises';
import type { LetheProcess } from '../../test/lethe-process.ts';
import { followToEnd, startInBulk } from '../bulk-deletion.ts';
import { addSmallSegments, type FilledDataset, makeFilledDataset } from '../filled-dataset.ts';
import { expectStatus } from '../ingest-server.ts';

/** How long the answer to one start took. */
export interface Start {
  users: number;
  ms: number;
}

const smallSegments = 4;
const rowsPerProfile = 0.3;
const rowsMin = 40_000;

/**
 * Starts while an import of many rows runs in the same dataset: of a few small segments, one after the other, and then of the segment
 * with everybody. The last job is not waited for.
 */
export async function measureStarts(lethe: LetheProcess, profiles: number): Promise<{ starts: Start[]; rows: number }> {
  const users = Math.min(1_000, profiles / 100);
  const dataset = await makeFilledDataset(lethe, 'starts', { profiles, eventsPerProfile: 1, share: 0 }, (ds) =>
    addSmallSegments(ds, { prefix: 'tiny', count: smallSegments, users, profiles }),
  );
  const rows = Math.max(rowsMin, Math.round(profiles * rowsPerProfile));
  const importId = await beginImport(lethe, dataset, rows);
  const starts: Start[] = [];
  for (let no = 0; no < smallSegments; no++) {
    const started = await whileImporting(lethe, importId, () => startInBulk(lethe, 'starts', `tiny${no}`));
    starts.push({ users: started.users, ms: started.startMs });
    await followToEnd(lethe, 'starts', started);
  }
  const last = await whileImporting(lethe, importId, () => startInBulk(lethe, 'starts', 'every'));
  starts.push({ users: last.users, ms: last.startMs });
  return { starts, rows };
}

/** Events of users who are there, in no order. */
async function beginImport(lethe: LetheProcess, { firstUser, users }: FilledDataset, rows: number): Promise<string> {
  const lines = ['type,anonymousId,event,timestamp,messageId'];
  for (let no = 0; no < rows; no++) {
    const user = firstUser + ((no * 7_919) % users);
    lines.push(`track,anonymousId-${user},View Item,2025-06-01T12:00:00Z,row-${no}`);
  }
  const response = await fetch(`${lethe.url}/api/dataset/starts/imports?kind=events`, {
    method: 'POST',
    headers: { ...lethe.credentials, 'content-type': 'text/csv' },
    body: lines.join('\n'),
  });
  const text = await response.text();
  if (response.status !== 202) throw new Error(`the import was answered ${response.status}: ${text}`);
  return JSON.parse(text).id;
}

/** A start beside an import that has ended by then would tell nothing. */
async function whileImporting<T>(lethe: LetheProcess, importId: string, start: () => Promise<T>): Promise<T> {
  await waitForRows(lethe, importId);
  const started = await start();
  const { state } = await importAsItStands(lethe, importId);
  if (state !== 'running') throw new Error(`the import is ${state}: it has too few rows for this machine`);
  return started;
}

/** It writes right now. */
async function waitForRows(lethe: LetheProcess, importId: string): Promise<void> {
  const before = (await importAsItStands(lethe, importId)).rows;
  for (;;) {
    const { state, rows } = await importAsItStands(lethe, importId);
    if (rows !== before || state !== 'running') return;
    await sleep(10);
  }
}

async function importAsItStands(lethe: LetheProcess, importId: string): Promise<{ state: string; rows: number }> {
  const { state, rows } = await expectStatus(lethe, 200, 'GET', `/api/dataset/starts/imports/${importId}`);
  return { state: String(state), rows: Number(rows) };
}
