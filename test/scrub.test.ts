import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LetheProcess, until } from './lethe-process.ts';

const lethe = new LetheProcess({ LETHE_BOOTSTRAP_DATASETS: 'shop' });
beforeAll(() => lethe.start());
afterAll(() => lethe.remove());

const perGroup = 500;
const groups = ['alpha', 'beta', 'stays'] as const;
type Group = (typeof groups)[number];

/** Everything that users of a group bring has this in it, and nothing else has. */
const prefixes: Record<Group, string> = { alpha: 'Zq7alpha', beta: 'Zq7beta', stays: 'Zq7stays' };
const markersOf = (group: Group) =>
  Array.from({ length: perGroup }, (_, no) => `${prefixes[group]}${String(no).padStart(4, '0')}x`);

/** Identities, short and long attributes, some of them frequent ones, and events with properties, a line each. */
function messages(): string {
  const lines = groups.flatMap((group) =>
    markersOf(group).flatMap((marker) => [
      {
        type: 'identify',
        userId: marker,
        traits: {
          group,
          email: `${marker}@example.com`,
          frequent: `${prefixes[group]}-frequent`,
          long: `${marker}-${randomBytes(2_000).toString('base64')}`,
        },
      },
      { type: 'track', userId: marker, event: `${prefixes[group]} action`, properties: { note: `${marker}-note` } },
    ]),
  );
  return lines.map((line) => JSON.stringify(line)).join('\n');
}

/** Of each group, which of these texts are in some file of the data directory. */
function search(texts: readonly string[]): Set<string> {
  const found = new Set<string>();
  for (const entry of readdirSync(lethe.dataDir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name === 'ballast') continue;
    const bytes = readFileSync(join(entry.parentPath, entry.name)).toString('latin1');
    for (const text of texts) if (!found.has(text) && bytes.includes(text)) found.add(text);
  }
  return found;
}

async function deleteGroup(group: Group, erasure: string): Promise<string> {
  const rule = { attribute: 'group', is: 'equals', value: group };
  const { json: segment } = await lethe.api('POST', '/api/dataset/shop/segments', { name: group, kind: 'rule', rule });
  const url = `/api/dataset/shop/segments/${segment.id}`;
  await until(async () => (await lethe.api('GET', url)).json.users === perGroup, 'the segment is computed');
  const body = { consent: true, expectedUsers: perGroup, erasure };
  const started = await lethe.api('POST', `${url}/deletions`, body);
  expect(started).toMatchObject({ status: 202, json: { erasure } });
  const job = `/api/dataset/shop/deletions/${started.json.id}`;
  await until(async () => (await lethe.api('GET', job)).json.state === 'completed', `${group} is deleted`);
  return (await lethe.api('GET', `${job}/receipt`)).text;
}

test('after a scrub no byte of a deleted user is in any file of the data directory, and every one of those who stayed is', {
  timeout: 180_000,
}, async () => {
  const form = {
    method: 'POST',
    headers: { ...lethe.credentials, 'content-type': 'application/x-ndjson' },
    body: messages(),
  };
  const started = await fetch(`${lethe.url}/api/dataset/shop/imports?kind=events`, form);
  const { id } = (await started.json()) as { id: string };
  const imported = async () => (await lethe.api('GET', `/api/dataset/shop/imports/${id}`)).json;
  await until(async () => (await imported()).state === 'completed', 'the import is completed');
  expect(await imported()).toMatchObject({ accepted: perGroup * groups.length * 2, rejected: 0 });

  // The ordinary deletion leaves bytes, which shows that the search finds them.
  await deleteGroup('alpha', 'standard');
  expect(search(markersOf('alpha')).size).toBeGreaterThan(perGroup / 2);

  const receipt = await deleteGroup('beta', 'scrub');
  const payload = JSON.parse(Buffer.from(receipt.split('.')[1] ?? '', 'base64url').toString());
  expect(payload).toMatchObject({
    erasure: 'scrub',
    scrub: { covers: ['tables', 'indexes', 'statistics', 'log'], doesNotCover: expect.arrayContaining(['backups']) },
  });
  expect(payload.phases.map(({ name }: { name: string }) => name)).toEqual([
    'deleting',
    'verifying',
    'scrubbing',
    'completing',
  ]);
  // One list of all that the deleted brought, identities in any case: whoever is looked for by the prefix is found by each marker.
  expect([
    ...search([prefixes.alpha, prefixes.beta, prefixes.alpha.toLowerCase(), prefixes.beta.toLowerCase()]),
  ]).toEqual([]);
  expect(search(markersOf('stays')).size).toBe(perGroup);
});
