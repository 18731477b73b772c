import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { conditionsOf, type Rule } from '../../../src/segments/rule.ts';
import { ruleArbitrary } from '../../../test/random-rules.ts';
import { newId } from './condition-draft.ts';
import { type Draft, type DraftEntry, draftOf, isGroup, ruleOf } from './draft.ts';
import {
  added,
  duplicated,
  groupAdded,
  levelsOf,
  mayAddGroup,
  mayMove,
  moved,
  neighbourOf,
  removed,
} from './draft-changes.ts';

const one: Rule = { anonymous: true };
const two: Rule = { everyone: true };
const three: Rule = { segment: 'a1B2c', member: true };

function ruleIn(draft: Draft): Rule {
  const said = ruleOf(draft);
  if ('missing' in said) throw new Error(JSON.stringify(said.missing));
  return said.rule;
}

function idAt(draft: Draft, ...path: number[]): string {
  let entry: DraftEntry = draft;
  for (const index of path) entry = (entry as Draft).entries[index] as DraftEntry;
  return entry.id;
}

function idsOf(entry: DraftEntry): string[] {
  return [entry.id, ...(isGroup(entry) ? entry.entries.flatMap(idsOf) : [])];
}

describe('moving', () => {
  test('goes past a neighbour, and no further than the ends of the rule', () => {
    const draft = draftOf({ all: [one, two, three] });
    const middle = idAt(draft, 1);
    expect(ruleIn(moved(draft, middle, -1))).toEqual({ all: [two, one, three] });
    expect(ruleIn(moved(draft, middle, 1))).toEqual({ all: [one, three, two] });
    expect(mayMove(draft, idAt(draft, 0), -1)).toBe(false);
    expect(mayMove(draft, idAt(draft, 2), 1)).toBe(false);
    expect(moved(draft, idAt(draft, 0), -1)).toEqual(draft);
  });

  test('takes a condition into a group and out of it again, on either side', () => {
    const draft = draftOf({ all: [one, { any: [two, three] }] });
    const first = idAt(draft, 0);
    const inside = moved(draft, first, 1);
    // The only group that is left stands for the whole rule.
    expect(ruleIn(inside)).toEqual({ any: [one, two, three] });
    expect(ruleIn(moved(inside, first, -1))).toEqual({ all: [one, { any: [two, three] }] });
    const last = idAt(draft, 1, 1);
    expect(ruleIn(moved(draft, last, 1))).toEqual({ all: [one, { any: [two] }, three] });
    expect(mayMove(draft, last, 1)).toBe(true);
  });

  test('takes a group as a whole past a condition', () => {
    const draft = draftOf({ all: [one, { any: [two, three] }] });
    expect(ruleIn(moved(draft, idAt(draft, 1), -1))).toEqual({ all: [{ any: [two, three] }, one] });
  });

  test('loses no condition, wherever one moves whatever', () => {
    fc.assert(
      fc.property(ruleArbitrary(new Date('2026-11-22T18:04:05Z')), fc.nat(), fc.boolean(), (rule, choice, up) => {
        const draft = draftOf(rule);
        const ids = idsOf(draft);
        const id = ids[choice % ids.length] as string;
        const after = moved(draft, id, up ? -1 : 1);
        expect(idsOf(after).sort()).toEqual([...ids].sort());
        if (mayMove(draft, id, up ? -1 : 1) && id !== draft.id) expect(after).not.toEqual(draft);
      }),
    );
  });
});

describe('changes', () => {
  test('add to a group, remove, and duplicate with ids of their own', () => {
    const draft = draftOf({ all: [one, { any: [two, three] }] });
    const line = { id: newId(), condition: { of: 'everyone' } as const };
    expect(ruleIn(added(draft, idAt(draft, 1), line))).toEqual({ all: [one, { any: [two, three, two] }] });
    expect(ruleIn(removed(draft, idAt(draft, 1, 0)))).toEqual({ all: [one, { any: [three] }] });
    expect(ruleIn(removed(draft, idAt(draft, 1)))).toEqual(one);
    const copied = duplicated(draft, idAt(draft, 1), 'copy');
    expect(ruleIn(copied)).toEqual({ all: [one, { any: [two, three] }, { any: [two, three] }] });
    expect(new Set(idsOf(copied)).size).toBe(idsOf(copied).length);
    expect(idAt(copied, 2)).toBe('copy');
  });

  test('leave every entry that they do not concern the very object that it was', () => {
    const draft = draftOf({ all: [one, { any: [two, three] }] });
    const after = removed(draft, idAt(draft, 0));
    expect(after.entries[0]).toBe(draft.entries[1]);
  });

  test('that remove say where to go on', () => {
    const draft = draftOf({ all: [one, { any: [two] }] });
    expect(neighbourOf(draft, idAt(draft, 0))).toBe(idAt(draft, 1));
    expect(neighbourOf(draft, idAt(draft, 1))).toBe(idAt(draft, 0));
    expect(neighbourOf(draft, idAt(draft, 1, 0))).toBe(idAt(draft, 1));
  });
});

describe('levels', () => {
  test('are those of the rule, and there is room for a group up to the eighth', () => {
    let rule: Rule = one;
    for (let level = 1; level <= 7; level += 1) {
      rule = { all: [rule, two] };
      expect(levelsOf(draftOf(rule))).toBe(level);
    }
    const deepest = (draft: Draft): Draft => {
      const inner = draft.entries.find(isGroup);
      return inner ? deepest(inner as Draft) : draft;
    };
    const draft = draftOf(rule);
    expect(mayAddGroup(deepest(draft), 6)).toBe(true);
    const full = groupAdded(draft, deepest(draft).id, 'inner');
    expect(levelsOf(full)).toBe(8);
    expect(mayAddGroup(deepest(full), 7)).toBe(false);
    expect(mayAddGroup(full, 0)).toBe(true);
    // The only group of a rule stands for it, until another one stands beside it.
    expect(mayAddGroup({ ...draft, plain: true, entries: [full] } as Draft, 0)).toBe(false);
    expect(conditionsOf(rule)).toHaveLength(8);
  });

  test('count none of several as the two that it is', () => {
    expect(levelsOf(draftOf({ not: one }))).toBe(1);
    expect(levelsOf(draftOf({ not: { any: [one, two] } }))).toBe(2);
    expect(levelsOf(draftOf(one))).toBe(0);
  });
});
