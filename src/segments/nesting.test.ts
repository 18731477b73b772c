import { expect, test } from 'vitest';
import { inLevels, withNestedRules } from './nesting.ts';
import { conditionsOf, type Rule, ruleConditionsMax } from './rule.ts';
import type { SegmentRow } from './segment-sql.ts';

function segment(id: string, rule: Rule, { nextSetNo = null }: { nextSetNo?: number | null } = {}): SegmentRow {
  return { id, rule: JSON.stringify(rule), nextSetNo } as SegmentRow;
}

const german: Rule = { attribute: 'country', is: 'equals', value: 'DE' };
const ids = (levels: readonly (readonly { segment: SegmentRow }[])[]) =>
  levels.map((level) => level.map((one) => one.segment.id));

test('a nested segment is evaluated by its own rule in its place, through any number of levels', () => {
  const evaluated = withNestedRules([
    segment('outer', { any: [{ segment: 'middle', member: false }, { anonymous: true }] }),
    segment('middle', { all: [{ segment: 'inner', member: true }, { anonymous: false }] }),
    segment('inner', german),
  ]);
  expect(evaluated.map(({ rule }) => rule)).toEqual([
    { any: [{ not: { all: [german, { anonymous: false }] } }, { anonymous: true }] },
    { all: [german, { anonymous: false }] },
    german,
  ]);
  expect(ids(inLevels(evaluated))).toEqual([['outer', 'middle', 'inner']]);
});

test('lists, and segments that are being computed, are asked by their users, after those', () => {
  const outer: Rule = {
    all: [
      { segment: 'computing', member: true },
      { segment: 'list', member: true },
    ],
  };
  const evaluated = withNestedRules([segment('outer', outer), segment('computing', german, { nextSetNo: 7 })]);
  expect(evaluated.map(({ rule }) => rule)).toEqual([outer, german]);
  expect(ids(inLevels(evaluated))).toEqual([['computing'], ['outer']]);
});

test('a rule that would become larger than rules may be stays as it is, and comes after what it nests', () => {
  const half = Array.from({ length: ruleConditionsMax / 2 }, (): Rule => german);
  const outer: Rule = { all: [{ segment: 'inner', member: true }, ...half, german] };
  const evaluated = withNestedRules([segment('outer', outer), segment('inner', { any: half })]);
  expect(evaluated[0]?.rule).toEqual(outer);
  expect(ids(inLevels(evaluated))).toEqual([['inner'], ['outer']]);
  const twice: Rule = {
    all: [
      { segment: 'inner', member: true },
      { segment: 'inner', member: false },
    ],
  };
  expect(
    conditionsOf(withNestedRules([segment('twice', twice), segment('inner', { any: half })])[0]?.rule as Rule),
  ).toHaveLength(ruleConditionsMax);
});
