import { describe, expect, test } from 'vitest';
import type { SegmentItem } from '../../src/segments/show.ts';
import { changesOf, consequenceOf, faultOf, isChanged } from './setup-edit.ts';

const segment: SegmentItem = {
  id: 'a1B2c',
  name: 'Germans',
  folder: null,
  kind: 'rule',
  rule: { attribute: 'country', is: 'equals', value: 'DE' },
  looksAtClock: false,
  enabled: true,
  state: 'ready',
  users: 3,
  createdAt: '2026-11-20T10:00:00Z',
  createdBy: null,
  updatedAt: '2026-11-20T10:00:00Z',
  updatedBy: null,
  disabledBecause: null,
  usedBy: [],
};

describe('what is saved', () => {
  test('is only what is another than it is', () => {
    const same = { value: 'DE', is: 'equals', attribute: 'country' } as const;
    expect(changesOf(segment, { name: ' Germans ', folder: ' ', rule: { rule: same }, enabled: true })).toEqual({});
    expect(isChanged(segment, { rule: { rule: same } })).toBe(false);
    expect(changesOf(segment, { name: 'French', folder: 'Europe', rule: { rule: { everyone: true } } })).toEqual({
      name: 'French',
      folder: 'Europe',
      rule: { everyone: true },
    });
    expect(changesOf({ ...segment, folder: 'Europe' }, { folder: '' })).toEqual({ folder: null });
  });

  test('has a name and a whole rule', () => {
    expect(faultOf({ name: '  ' })).toBe('name');
    expect(faultOf({ rule: { rule: undefined } })).toBe('rule');
    expect(isChanged(segment, { rule: { rule: undefined } })).toBe(true);
    expect(faultOf({ name: 'French', rule: { rule: { everyone: true } } })).toBeUndefined();
  });
});

describe('what saving does to the users', () => {
  test('is said before it is done', () => {
    const disabled = { ...segment, enabled: false, disabledBecause: 'deletion' } as const;
    expect(consequenceOf(disabled, { enabled: true })).toBe('afterDeletion');
    expect(consequenceOf({ ...disabled, disabledBecause: 'byHand' }, { enabled: true })).toBe('byHand');
    expect(consequenceOf({ ...disabled, kind: 'manual', rule: null }, { enabled: true })).toBe('list');
    expect(consequenceOf(segment, { enabled: false })).toBe('disabling');
    expect(consequenceOf(segment, { rule: { rule: { everyone: true } } })).toBe('ruleChanged');
    expect(consequenceOf(disabled, { rule: { rule: { everyone: true } } })).toBeUndefined();
    expect(consequenceOf(segment, { name: 'French' })).toBeUndefined();
  });
});
