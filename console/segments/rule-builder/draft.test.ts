import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRule } from '../../../src/segments/parse-rule.ts';
import { conditionsOf, type Rule, ruleLevelsMax } from '../../../src/segments/rule.ts';
import { ruleArbitrary } from '../../../test/random-rules.ts';
import { type ConditionDraft, newId } from './condition-draft.ts';
import { newCondition } from './condition-menu.ts';
import { type Draft, type DraftEntry, draftOf, isGroup, redrafted, ruleOf, written } from './draft.ts';
import { levelsMax } from './draft-changes.ts';
import type { Json } from './written.ts';

const now = new Date('2026-11-22T18:04:05Z');

function kindsIn(entry: DraftEntry): string[] {
  return isGroup(entry) ? entry.entries.flatMap(kindsIn) : [entry.condition.of];
}

/** What one condition says, or what it misses. */
function saidBy(condition: ConditionDraft): unknown {
  const draft: Draft = { id: newId(), join: 'all', plain: true, entries: [{ id: newId(), condition }] };
  const said = ruleOf(draft);
  return 'rule' in said ? said.rule : said.missing.map(({ what }) => what);
}

describe('a rule', () => {
  test('that is opened and not changed is the rule that it was, whatever it says', () => {
    fc.assert(
      fc.property(ruleArbitrary(now), (rule) => {
        const draft = draftOf(rule);
        expect(ruleOf(draft)).toEqual({ rule });
        expect(kindsIn(draft)).not.toContain('json');
        expect(kindsIn(draft)).toHaveLength(conditionsOf(rule).length);
      }),
      { numRuns: 500 },
    );
  });

  test('that no builder knows is kept as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const { json: back } = written(draftOf(json as Json));
        expect(JSON.stringify(sorted(back))).toBe(JSON.stringify(sorted(json)));
      }),
      { numRuns: 500 },
    );
    const unknown = { attribute: 'country', is: 'startsWith', value: 'D' } as unknown as Rule;
    expect(ruleOf(draftOf({ all: [unknown, { anonymous: true }] }))).toEqual({
      rule: { all: [unknown, { anonymous: true }] },
    });
    expect(kindsIn(draftOf({ all: [unknown, { anonymous: true }] }))).toEqual(['json', 'anonymous']);
  });

  test('of one condition needs no group, and gets one with the second', () => {
    const draft = draftOf({ anonymous: true });
    const line: DraftEntry = { id: newId(), condition: { of: 'everyone' } };
    const two = { ...draft, entries: [...draft.entries, line] };
    expect(ruleOf(two)).toEqual({ rule: { all: [{ anonymous: true }, { everyone: true }] } });
    expect(ruleOf({ ...two, entries: [line] })).toEqual({ rule: { everyone: true } });
    expect(ruleOf({ ...draft, join: 'none' })).toEqual({ rule: { not: { anonymous: true } } });
    expect(ruleOf({ ...two, join: 'none' })).toEqual({
      rule: { not: { any: [{ anonymous: true }, { everyone: true }] } },
    });
  });

  test('may have as many groups within groups as the server takes', () => {
    expect(levelsMax).toBe(ruleLevelsMax);
  });
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => [name, sorted(member)]);
}

describe('what is missing', () => {
  test('is said of every condition that has only been added, or the server takes it as it is', () => {
    const complete = ['everyone', 'anonymous', 'sample'];
    for (const condition of Object.values(newCondition).map((make) => make())) {
      const said = saidBy(condition);
      if (complete.includes(condition.of)) expect(parseRule(said)).toEqual(said);
      else expect(said).toEqual(expect.arrayContaining([expect.any(String)]));
    }
  });

  test('is what one has yet to type, at its line', () => {
    expect(ruleOf(draftOf(undefined))).toMatchObject({ missing: [{ what: 'rule' }] });
    expect(saidBy(newCondition.attribute())).toEqual(['attribute', 'text']);
    expect(saidBy(newCondition.action())).toEqual(['action']);
    const draft = draftOf({ all: [{ anonymous: true }, { any: [] }] } as Rule);
    const group = draft.entries[1]?.id;
    expect(ruleOf(draft)).toEqual({ missing: [{ entry: group, what: 'entry' }] });
  });

  test('stays as it was typed, and is null in the JSON', () => {
    const draft = draftOf({ attribute: 'age', is: 'atLeast', value: 1 });
    const [line] = draft.entries;
    if (!line || isGroup(line) || line.condition.of !== 'attribute') throw new Error('not an attribute');
    const asked = { ...line.condition.asked, numbers: ['12,5', ''] as [string, string] };
    const typed: Draft = { ...draft, entries: [{ ...line, condition: { ...line.condition, asked } }] };
    expect(written(typed).json).toEqual({ attribute: 'age', is: 'atLeast', value: null });
    expect(ruleOf(typed)).toEqual({ missing: [{ entry: line.id, what: 'wrongNumber' }] });
    expect(redrafted(typed, { attribute: 'age', is: 'atLeast', value: null })).toEqual(typed);
  });

  test('is not what goes without saying: once, at any time, not "or never"', () => {
    const action = { action: 'Purchase', did: true };
    const draft = draftOf(action);
    expect(draft.entries[0]).toMatchObject({ condition: { times: '1', within: { form: 'always' } } });
    expect(ruleOf(draft)).toEqual({ rule: action });
    expect(ruleOf(draftOf({ ...action, atLeast: 1 }))).toEqual({ rule: { ...action, atLeast: 1 } });
    expect(ruleOf(draftOf({ lastAction: '*', moreThanDaysAgo: 0, orNever: false }))).toEqual({
      rule: { lastAction: '*', moreThanDaysAgo: 0, orNever: false },
    });
  });
});

describe('JSON that is edited', () => {
  test('leaves the lines that it does not change the lines that they were', () => {
    const draft = draftOf({
      all: [{ anonymous: true }, { any: [{ everyone: true }, { segment: 'a1B2c', member: true }] }],
    });
    const after = redrafted(draft, {
      all: [
        { anonymous: false },
        { any: [{ everyone: true }, { segment: 'a1B2c', member: true }, { anonymous: true }] },
      ],
    });
    const [first, group] = draft.entries;
    expect(after.id).toBe(draft.id);
    expect(after.entries[0]).toMatchObject({ id: first?.id, condition: { anonymous: false } });
    expect(after.entries[1]).toMatchObject({ id: group?.id });
    const [same] = (group as Draft).entries;
    expect((after.entries[1] as Draft).entries[0]).toBe(same);
    expect(ruleOf(after)).toMatchObject({ rule: { all: [{ anonymous: false }, { any: { length: 3 } }] } });
  });
});
