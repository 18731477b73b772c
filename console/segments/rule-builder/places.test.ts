import { describe, expect, test } from 'vitest';
import { LetheError } from '../../../src/errors.ts';
import { parseRule } from '../../../src/segments/parse-rule.ts';
import { draftOf, isGroup, written } from './draft.ts';
import { lineOf, linesOfValues } from './json-lines.ts';
import { problemsAt } from './problems-at.ts';
import { ruleText } from './rule-text.ts';
import type { Json } from './written.ts';

function refusalsOf(rule: Json) {
  try {
    parseRule(rule);
  } catch (error) {
    if (error instanceof LetheError) return error.extras.errors ?? [];
  }
  return [];
}

const wrong: Json = {
  all: [
    { attribute: 'age', is: 'atLeast', value: 'x' },
    {
      not: { any: [{ anonymous: true }, { action: 'Purchase', did: true, where: [{ property: 'a.b', is: 'soon' }] }] },
    },
    { not: { sample: { from: 10, to: 5 } } },
  ],
};

describe('a refusal of the server', () => {
  test('stands at the condition that it concerns', () => {
    const draft = draftOf(wrong);
    const [age, none, not] = draft.entries;
    const problems = problemsAt(written(draft).places, refusalsOf(wrong));
    const purchase = none && isGroup(none) ? none.entries[1]?.id : undefined;
    const sample = not && isGroup(not) ? not.entries[0]?.id : undefined;
    expect(problems.map(({ entry }) => entry)).toEqual([age?.id, purchase, sample]);
    expect(problems[0]?.detail).toMatch('a number');
  });

  test('of an empty group stands at the group, of the whole rule at the whole', () => {
    const draft = draftOf({ all: [{ anonymous: true }, { any: [] }] } as Json);
    const { places } = written(draft);
    const at = (field: string) => problemsAt(places, [{ field, code: '', detail: '' }]).map(({ entry }) => entry);
    expect(at('rule.all.1.any')).toEqual([draft.entries[1]?.id]);
    expect(at('rule')).toEqual([draft.id]);
    expect(at('name')).toEqual([]);
  });

  test('stands at the line of the JSON that it concerns', () => {
    const text = ruleText(wrong);
    const lines = linesOfValues(text, 'rule');
    for (const { field } of refusalsOf(wrong)) {
      const shown = text.split('\n')[lineOf(field, lines) - 1] ?? '';
      expect(shown).toMatch(
        { value: /"age"|"x"/, is: /soon/, sample: /sample/ }[field.split('.').at(-1) ?? ''] ?? /never/,
      );
    }
    expect(lineOf('rule.all.7.value', lines)).toBe(2);
  });
});

describe('the JSON of a rule', () => {
  test('is laid out to be read: what fits is on one line', () => {
    expect(ruleText({ anonymous: true })).toBe('{"anonymous": true}');
    expect(
      ruleText({ all: [{ anonymous: true }, { attribute: 'a country', is: 'equals', value: ['DE', 'FR'] }] }),
    ).toBe(
      [
        '{',
        '  "all": [',
        '    {"anonymous": true},',
        '    {',
        '      "attribute": "a country",',
        '      "is": "equals",',
        '      "value": ["DE", "FR"]',
        '    }',
        '  ]',
        '}',
      ].join('\n'),
    );
    expect(JSON.parse(ruleText(wrong))).toEqual(wrong);
  });

  test('has the line of every value, whatever stands in its texts', () => {
    const text = '{\n "a": "x\\"{[,:\\n",\n\n "b": [1,\n {"c": null}, []],\n "": {}\n}';
    expect(Object.fromEntries(linesOfValues(text, 'r'))).toEqual({
      r: 1,
      'r.a': 2,
      'r.b': 4,
      'r.b.0': 4,
      'r.b.1': 5,
      'r.b.1.c': 5,
      'r.b.2': 5,
      'r.': 6,
    });
  });
});
