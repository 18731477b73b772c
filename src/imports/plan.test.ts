import { describe, expect, test } from 'vitest';
import { planColumns } from './plan.ts';

const none = { map: {}, values: {} };

describe('what the columns of a file fill', () => {
  test('follows from their names; those that mean nothing are reported', () => {
    const plan = planColumns('events', ['userId', 'event', 'properties.a.b', 'traits.zip!text', 'colour'], none);
    expect(plan.columns).toEqual([
      [{ to: 'identity', type: 'userId' }],
      [{ to: 'field', field: 'event' }],
      [{ to: 'property', path: ['a', 'b'], asText: false }],
      [{ to: 'attribute', name: 'zip', asText: true }],
      [],
    ]);
    expect(plan.ignoredColumns).toEqual(['colour']);
  });

  test('is said by map and values, which win over names; one column may fill several things', () => {
    const plan = planColumns('events', ['userId', 'customer'], {
      map: { userId: 'customer', 'traits.number': 'customer' },
      values: { event: 'Purchase' },
    });
    expect(plan.columns).toEqual([
      [],
      [
        { to: 'identity', type: 'userId' },
        { to: 'attribute', name: 'number', asText: false },
      ],
    ]);
    expect(plan.fixed).toEqual([{ target: { to: 'field', field: 'event' }, text: 'Purchase' }]);
    expect(plan.ignoredColumns).toEqual(['userId']);
  });

  test('is nothing for a column that is ignored, whatever it is called', () => {
    const header = ['userId', 'event', 'timestamp'];
    const plan = planColumns('events', header, { ...none, ignore: ['timestamp'] });
    expect(plan.columns).toEqual([[{ to: 'identity', type: 'userId' }], [{ to: 'field', field: 'event' }], []]);
    expect(plan.ignoredColumns).toEqual(['timestamp']);
    expect(() => planColumns('events', header, { ...none, ignore: ['userId'] })).toThrow(
      expect.objectContaining({ code: 'import.columns' }),
    );
  });

  test.each([
    ['an ignored column that is not there', ['userId', 'event'], { ...none, ignore: ['date'] }, 'import.ignore'],
    [
      'a column ignored and mapped',
      ['userId', 'event'],
      { map: { 'properties.a': 'event' }, values: {}, ignore: ['event'] },
      'import.ignore',
    ],
    ['a name twice', ['userId', 'event', 'event'], none, 'import.columns'],
    ['no identity', ['event'], none, 'import.columns'],
    ['no event for tracks', ['userId', 'timestamp'], none, 'import.columns'],
    ['a value and an object at once', ['userId', 'event', 'properties.a', 'properties.a.b'], none, 'import.columns'],
    ['a column that is not there', ['userId', 'event'], { map: { timestamp: 'date' }, values: {} }, 'import.map'],
    ['an unknown target', ['userId', 'event'], { map: { colour: 'event' }, values: {} }, 'import.map'],
    ['an identity without a type', ['userId', 'event'], { map: { 'identity:': 'event' }, values: {} }, 'import.map'],
    ['an unknown fixed target', ['userId', 'event'], { map: {}, values: { weather: 'rain' } }, 'import.values'],
    [
      'a target filled twice',
      ['userId', 'event'],
      { map: { event: 'event' }, values: { event: 'Purchase' } },
      'import.values',
    ],
  ])('is refused for %s, with the columns there are', (_, header, mapping, code) => {
    expect(() => planColumns('events', header, mapping)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(header.join(', ')) }),
    );
  });
});
