import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planColumns } from '../../src/imports/plan.ts';
import { readTarget, targetKey } from '../../src/imports/targets.ts';
import { choices, choicesOf, type Filling, type ImportKind, keyOf, needsName, nothing, targetOf } from './filling.ts';
import { chosen, faultsOf, type Mapping, queryOfMapping } from './mapping.ts';

const kind = fc.constantFrom<ImportKind>('events', 'users');
const columnName = fc.constantFrom(
  ...[
    'userId',
    'event',
    'type',
    'timestamp',
    'messageId',
    'identity:email',
    'identity:userId',
    'identity:9',
    'traits.a',
  ],
  ...[
    'properties.a',
    'properties.a.b',
    'properties.a!text',
    'properties..',
    'attribute:zip!text',
    'attribute:',
    'colour',
    '',
  ],
);
const filling = (of: ImportKind): fc.Arbitrary<Filling> =>
  fc
    .record({
      choice: fc.constantFrom(...choicesOf(of)),
      name: fc.constantFrom('a', 'a.b', 'a..b', '', 'email', 'userId', 'zip', '__proto__'),
      asText: fc.boolean(),
    })
    .map(({ choice, name, asText }) => {
      if (!needsName(choice)) return { ...nothing, choice };
      return { choice, name, asText: asText && choice !== 'identity' };
    });
const mapping: fc.Arbitrary<Mapping> = kind.chain((of) =>
  fc.record({
    kind: fc.constant(of),
    columns: fc.array(fc.record({ name: columnName, filling: filling(of) }), { minLength: 1, maxLength: 5 }),
    fixed: fc.array(fc.record({ filling: filling(of), text: fc.constantFrom('track', 'page', '2026-01-01') }), {
      maxLength: 2,
    }),
  }),
);

function planOf(mapped: Mapping) {
  const query = new URLSearchParams(queryOfMapping(mapped));
  const json = (name: string, none: string) => JSON.parse(query.get(name) ?? none);
  const said = { map: json('map', '{}'), values: json('values', '{}'), ignore: json('ignore', '[]') };
  const header = mapped.columns.map(({ name }) => name);
  return { query, plan: planColumns(mapped.kind, header, said) };
}

describe('a mapping made by clicking', () => {
  test('without faults is taken by the server, and every column fills exactly what was chosen for it', () => {
    let taken = 0;
    fc.assert(
      fc.property(mapping, (mapped) => {
        if (faultsOf(mapped).length > 0) return;
        taken++;
        const { plan } = planOf(mapped);
        const filled = plan.columns.map(([target]) => (target ? targetKey(target) : ''));
        const wanted = mapped.columns.map(({ filling: { ...each } }) => {
          const target = each.choice === 'nothing' ? undefined : readTarget(mapped.kind, targetOf(mapped.kind, each));
          return target ? targetKey(target) : '';
        });
        expect(filled).toEqual(wanted);
      }),
      { numRuns: 3_000 },
    );
    expect(taken).toBeGreaterThan(30);
  });

  test('that the server would refuse has a fault', () => {
    fc.assert(
      fc.property(mapping, (mapped) => {
        let refused = false;
        try {
          planOf(mapped);
        } catch {
          refused = true;
        }
        if (refused) expect(faultsOf(mapped)).not.toEqual([]);
      }),
      { numRuns: 3_000 },
    );
  });

  test('says only what the names of the columns do not say', () => {
    const columns = [
      { name: 'userId', filling: { ...nothing, choice: 'userId' as const } },
      { name: 'event', filling: nothing },
      { name: 'note', filling: nothing },
      { name: 'dollars', filling: { choice: 'property' as const, name: 'revenue', asText: false } },
    ];
    const fixed = [{ filling: { ...nothing, choice: 'event' as const }, text: 'Purchase' }];
    expect(Object.fromEntries(new URLSearchParams(queryOfMapping({ kind: 'events', columns, fixed })))).toEqual({
      kind: 'events',
      map: '{"properties.revenue":"dollars"}',
      values: '{"event":"Purchase"}',
      ignore: '["event"]',
    });
  });

  test('gives a property the name of its column until another is typed', () => {
    const property = chosen(nothing, 'property', 'dollars');
    expect(property).toEqual({ choice: 'property', name: 'dollars', asText: false });
    expect(chosen({ ...property, name: 'revenue' }, 'attribute', 'dollars').name).toBe('revenue');
    expect(chosen(property, 'timestamp', 'dollars')).toEqual({ ...nothing, choice: 'timestamp' });
  });
});

test('every target that can be chosen is one of the API', () => {
  for (const of of ['events', 'users'] as const) {
    for (const choice of choicesOf(of).filter((each) => each !== 'nothing')) {
      const each: Filling = { choice, name: needsName(choice) ? 'plan' : '', asText: false };
      expect(readTarget(of, targetOf(of, each)), `${choice} of ${of}`).toBeDefined();
      expect(keyOf(of, each)).toBe(targetOf(of, each));
    }
  }
  expect(choicesOf('events')).toBe(choices);
});
