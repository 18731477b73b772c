import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type RandomProfile, type RandomWorld, worldArbitrary } from '../../test/random-profiles.ts';
import { ruleArbitrary } from '../../test/random-rules.ts';
import { matches } from '../../test/rule-evaluator.ts';
import { anyEvent, anyIdentity, anyImport, anyOrder, aspectOfAction, aspectOfAttribute, aspectsOf } from './aspects.ts';
import type { Rule } from './rule.ts';

const now = new Date('2026-03-15T12:34:56.789Z');
const seed = Number(process.env.RANDOM_SEED ?? randomInt(2 ** 31));

const parts = ['events', 'attributes', 'identities', 'imports'] as const;
type Part = (typeof parts)[number];

/** A profile to which something that another one has was added, and what was changed about it by that. */
function given(profile: RandomProfile, from: RandomProfile, part: Part): [RandomProfile, Set<string>] {
  switch (part) {
    case 'events': {
      const events = from.events.slice(0, 2);
      const isOrder = events.some(({ cents }) => cents !== null);
      const changed = events.flatMap(({ action }) => [anyEvent, aspectOfAction(action)]);
      return [
        { ...profile, events: [...profile.events, ...events] },
        new Set([...changed, ...(isOrder ? [anyOrder] : [])]),
      ];
    }
    case 'attributes':
      return [
        { ...profile, attributes: new Map([...profile.attributes, ...from.attributes]) },
        new Set([...from.attributes.keys()].map(aspectOfAttribute)),
      ];
    case 'identities':
      return [
        { ...profile, identities: [...profile.identities, ...from.identities] },
        new Set(from.identities.map(() => anyIdentity)),
      ];
    case 'imports':
      return [
        { ...profile, imports: [...new Set([...profile.imports, ...from.imports])] },
        new Set(from.imports.map(() => anyImport)),
      ];
  }
}

test(`a rule that looks at nothing that was changed holds as it did before (RANDOM_SEED=${seed})`, () => {
  const world = fc.sample(worldArbitrary(now, 60), { seed, numRuns: 1 })[0] as RandomWorld;
  const rules = fc.sample(ruleArbitrary(now, 2), { seed, numRuns: 2_000 });
  const profileOf = (n: number) => world.profiles[n % world.profiles.length] as RandomProfile;
  let passedBy = 0;
  rules.forEach((rule: Rule, n) => {
    const aspects = aspectsOf(rule);
    if (!aspects) return;
    for (let turn = 0; turn < 5 * parts.length; turn++) {
      const part = parts[turn % parts.length] as Part;
      const before = profileOf(n + turn);
      const [after, changed] = given(before, profileOf(7 * n + 11 * turn + 1), part);
      if ([...aspects].some((aspect) => changed.has(aspect))) continue;
      passedBy++;
      expect(matches(rule, after, world), JSON.stringify({ rule, part })).toBe(matches(rule, before, world));
    }
  });
  expect(passedBy).toBeGreaterThan(2_000);
});

test('a rule that names another segment is looked at whatever was changed', () => {
  const nesting: Rule = { any: [{ segment: 'buyer', member: true }, { anonymous: true }] };
  expect(aspectsOf(nesting)).toBeUndefined();
});
