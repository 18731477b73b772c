import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runLethe } from './command-line.ts';
import { LetheProcess, until } from './lethe-process.ts';

const lethe = new LetheProcess({ LETHE_BOOTSTRAP_DATASETS: 'shop', LETHE_BOOTSTRAP_WRITE_KEY: 'shop:writekey' });
const restored = new LetheProcess({ LETHE_BOOTSTRAP_DATASETS: 'shop' });
const folder = mkdtempSync(join(tmpdir(), 'lethe-restore-'));

beforeAll(() => lethe.start());
afterAll(async () => {
  await lethe.remove();
  await restored.remove();
  rmSync(folder, { recursive: true });
});

const track = async (userId: string) => {
  const { status } = await fetch(`${lethe.url}/v1/track`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ writeKey: 'writekey', userId, event: 'View Item' }),
  });
  expect(status).toBe(200);
};
const isThere = async (userId: string, server: LetheProcess) =>
  (await server.api('GET', `/api/dataset/shop/user/${userId}`)).status === 200;

/** How many identities the files of a ledger have lost their users for. */
function identitiesIn(ledger: string): number {
  const texts = readdirSync(ledger).flatMap((name) => readFileSync(join(ledger, name), 'utf8').split('\n'));
  return texts.filter(Boolean).reduce((sum, text) => sum + JSON.parse(text).identities, 0);
}

/** Sends events of new users, one after the other, until it is told to stop. */
function keepSending() {
  const state = { sent: [] as string[], stop: false };
  const done = (async () => {
    for (let no = 1; !state.stop; no++) {
      await track(`live-${no}`);
      state.sent.push(`live-${no}`);
    }
  })();
  return { state, done };
}

async function deleteSegment(id: string, expectedUsers: number): Promise<string> {
  const started = await lethe.api('POST', `/api/dataset/shop/segments/${id}/deletions`, {
    consent: true,
    expectedUsers,
  });
  expect(started.status).toBe(202);
  const url = `/api/dataset/shop/deletions/${started.json.id}`;
  await until(async () => (await lethe.api('GET', url)).json.state === 'completed', 'the deletion is completed');
  return url;
}

test('whoever was deleted after a backup is deleted again once it is restored, and everybody else is intact', {
  timeout: 180_000,
}, async () => {
  for (let no = 1; no <= 30; no++) await track(`doomed-${no}`);
  for (const name of ['single', 'request', 'stays', 'returns']) await track(name);
  const { json: segment } = await lethe.api('POST', '/api/dataset/shop/segments', {
    name: 'Doomed',
    kind: 'rule',
    rule: {
      any: [
        { identity: 'userId', is: 'contains', value: 'doomed-' },
        { identity: 'userId', is: 'equals', value: 'returns' },
      ],
    },
  });
  const users = async () => (await lethe.api('GET', `/api/dataset/shop/segments/${segment.id}`)).json.users;
  await until(async () => (await users()) === 31, 'the segment is computed');

  // A backup while events arrive, and before anybody is deleted.
  const { state, done } = keepSending();
  await until(() => state.sent.length > 5, 'events arrive');
  const before = [...state.sent];
  const file = join(folder, 'backup.tar.gz');
  const env = { LETHE_DATA_DIR: lethe.dataDir };
  const backup = await runLethe(['backup', file, '--json'], { env });
  expect(backup).toMatchObject({ status: 0 });
  state.stop = true;
  await done;

  // Afterwards users go in all three ways, and one of them comes back.
  const job = await deleteSegment(String(segment.id), 31);
  await lethe.api('DELETE', '/api/dataset/shop/user/single');
  const form = new FormData();
  form.set('file', new Blob(['name\nrequest\n']), 'names.csv');
  await fetch(`${lethe.url}/api/dataset/shop/users/delete`, { method: 'POST', headers: lethe.credentials, body: form });
  await track('returns');
  const receipt = JSON.parse(
    Buffer.from((await lethe.api('GET', `${job}/receipt`)).text.split('.')[1] ?? '', 'base64url').toString(),
  );
  expect(receipt.ledger).toMatchObject({ identities: 31 });
  // The two who were deleted one by one are in the files within seconds.
  const ledger = join(lethe.dataDir, 'ledger');
  await until(() => identitiesIn(ledger) === 33, 'the ledger is written');
  await lethe.stop();

  const there = { LETHE_DATA_DIR: restored.dataDir };
  expect(await runLethe(['restore', file], { env: there })).toMatchObject({ status: 0 });
  const again = await runLethe(['reapply-deletions', '--ledger', ledger, '--json'], { env: there });
  expect(again).toMatchObject({ status: 0, stderr: '' });
  expect(again.json().datasets).toEqual([
    {
      dataset: 'shop',
      entries: expect.any(Number),
      identities: 33,
      users: 33,
      deletion: expect.objectContaining({ id: expect.any(String) }),
    },
  ]);

  await restored.start();
  for (const name of ['doomed-1', 'doomed-30', 'single', 'request', 'returns'])
    expect(await isThere(name, restored)).toBe(false);
  for (const name of ['stays', ...before]) expect(await isThere(name, restored)).toBe(true);
  expect(
    await runLethe(['check', '--orphans'], {
      env: { LETHE_URL: restored.url, LETHE_TOKEN: `${restored.keyId}:a-secret-of-the-tests-0123456789` },
    }),
  ).toMatchObject({ status: 0 });
  expect(await runLethe(['reapply-deletions', '--ledger', ledger], { env: there })).toMatchObject({ status: 3 });
  await restored.stop();
  const third = await runLethe(['reapply-deletions', '--ledger', ledger], { env: there });
  expect(third).toMatchObject({ status: 0, stdout: expect.stringContaining('nothing was deleted since the backup') });
});
