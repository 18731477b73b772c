import { expect, test } from 'vitest';
import { differences, fieldsOf, isVersion } from './differences.ts';

test('what differs between two versions comes first, field by field', () => {
  const before = { name: 'Gone', enabled: true, folder: null };
  const after = { name: 'Gone since 1998', enabled: true, folder: null };
  expect(differences(before, after)).toEqual([
    {
      field: 'name',
      differs: true,
      before: [{ text: 'Gone', differs: true }],
      after: [{ text: 'Gone since 1998', differs: true }],
    },
    {
      field: 'enabled',
      differs: false,
      before: [{ text: 'yes', differs: false }],
      after: [{ text: 'yes', differs: false }],
    },
    {
      field: 'folder',
      differs: false,
      before: [{ text: '–', differs: false }],
      after: [{ text: '–', differs: false }],
    },
  ]);
});

test('inside of a rule only the lines that differ are marked', () => {
  const rule = (value: string) => ({ rule: { all: [{ attribute: 'country', is: 'equals', value }, { sample: 1 }] } });
  const [field] = differences(rule('DE'), rule('FR'));
  const marked = (lines: readonly { text: string; differs: boolean }[] = []) =>
    lines.filter(({ differs }) => differs).map(({ text }) => text.trim());
  expect(marked(field?.before)).toEqual(['"value": "DE"']);
  expect(marked(field?.after)).toEqual(['"value": "FR"']);
});

test('a field that only one version has differs, also where its value is none', () => {
  expect(differences({}, { roles: null })).toEqual([
    { field: 'roles', differs: true, before: undefined, after: [{ text: '–', differs: true }] },
  ]);
});

test('what was made or is gone is one version', () => {
  expect(fieldsOf({ name: 'Staff', roles: { shop: 'editor' } })).toEqual([
    { field: 'name', lines: ['Staff'] },
    { field: 'roles', lines: ['{', '  "shop": "editor"', '}'] },
  ]);
  expect([isVersion({ name: 'x' }), isVersion(null), isVersion(['x']), isVersion('x')]).toEqual([
    true,
    false,
    false,
    false,
  ]);
});
