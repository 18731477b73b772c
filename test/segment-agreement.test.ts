import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withSharedGate } from '../src/database/gate.ts';
import { on } from '../src/database/handle.ts';
import { listUsers } from '../src/profiles/list-users.ts';
import { profileNoOf, publicId } from '../src/profiles/profile.ts';
import { evaluateProfiles } from '../src/segments/evaluate.ts';
import { exportSegment } from '../src/segments/export.ts';
import { parseRule } from '../src/segments/parse-rule.ts';
import { previewRule } from '../src/segments/preview.ts';
import type { Rule } from '../src/segments/rule.ts';
import { showSegment } from '../src/segments/show.ts';
import { loadWorld } from './load-world.ts';
import { type RandomWorld, worldArbitrary } from './random-profiles.ts';
import { ruleArbitrary } from './random-rules.ts';
import { usersMatching } from './rule-evaluator.ts';
import { createSegmentWorld, type SegmentWorld } from './segment-world.ts';

const rules = 200;
const profiles = 60;

let world: SegmentWorld;
beforeAll(async () => {
  world = await createSegmentWorld();
});
afterAll(() => world.close());

test('for 200 random rules over random data, count, list, preview, export and membership agree with an independent evaluator', async () => {
  const seed = Number(process.env.RANDOM_SEED ?? 20_260_115);
  const [data] = fc.sample(worldArbitrary(world.now, profiles), { numRuns: 1, seed }) as [RandomWorld];
  await loadWorld(on(world.dataset, world.database.writes), data);
  const segments: { id: string; rule: Rule }[] = [];
  const drawn = fc.sample(ruleArbitrary(world.now).filter(isAccepted), { numRuns: rules, seed });
  for (const rule of drawn) {
    segments.push({ id: await world.rule(`Rule ${segments.length}`, rule), rule });
  }
  await world.compute();

  for (const { id, rule } of segments) {
    const expected = usersMatching(rule, data);
    const preview = await previewRule(world.ds, rule, world.now);
    const shown = await showSegment(world.ds, id);
    expect({
      counted: shown.users,
      previewed: preview.users,
      sampled: preview.sample.every((user) => expected.includes(profileNoOf(user.id) ?? 0)),
      listed: await listedIds(id),
      exported: await exportedIds(id),
    }).toEqual({
      counted: expected.length,
      previewed: expected.length,
      sampled: true,
      listed: expected.map(publicId),
      exported: expected.map(publicId),
    });
  }

  // What writers do with every batch comes to the same: nobody joins and nobody leaves.
  const everybody = data.profiles.map((profile) => profile.id);
  const changes = await withSharedGate(world.dataset, world.database.writes, (tx) =>
    evaluateProfiles(tx, everybody, world.now),
  );
  expect(changes).toEqual([]);
});

/** A period drawn by chance may end before it begins, which a segment's rule may not. */
function isAccepted(rule: Rule): boolean {
  try {
    parseRule(rule);
    return true;
  } catch {
    return false;
  }
}

async function listedIds(segment: string): Promise<string[]> {
  const { items } = await listUsers(world.ds, { segment, limit: profiles, after: undefined });
  return items.map((user) => user.id).sort((a, b) => (profileNoOf(a) ?? 0) - (profileNoOf(b) ?? 0));
}

async function exportedIds(id: string): Promise<string[]> {
  let text = '';
  for await (const part of exportSegment(world.ds, id)) text += part;
  return [...text.matchAll(/^(usr_\d+),/gm)].map((match) => match[1] as string);
}
