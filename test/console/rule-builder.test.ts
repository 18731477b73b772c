import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parseRule } from '../../src/segments/parse-rule.ts';
import { conditionForms } from '../../src/segments/rule-shapes.ts';
import { runImport } from '../imports.ts';
import { type Build, eventually, openBuilder, type RuleBuilder } from './rule-building.ts';
import { type ConsoleWorld, startConsole } from './world.ts';

let world: ConsoleWorld;
let list: string;
let importId: string;
let page: Page;
let builder: RuleBuilder;

beforeAll(async () => {
  world = await startConsole();
  const { api } = world.server;
  const users =
    'userId,identity:email,attribute:country,attribute:age\nann,ann@example.com,DE,41\nbob,bob@example.org,FR,32\n';
  importId = (await runImport(world.server, users, { kind: 'users' })).id;
  const events =
    'type,userId,event,timestamp,properties.revenue\ntrack,ann,Purchase,2024-05-01,60\ntrack,ann,View Item,2024-05-02,\n';
  await runImport(world.server, events);
  await api('PUT', '/api/dataset/shop/attributes/tags', { kind: 'list' });
  list = (await api('POST', '/api/dataset/shop/segments', { name: 'Staff', kind: 'manual' })).json.id;
});
afterAll(() => world.close());

beforeEach(async () => {
  page = await world.asAdministrator('/datasets/shop/segments/new');
  builder = await openBuilder(page);
});
afterEach(() => page.close());

/** Builds one condition after the other, and holds what is posted to the server against what is expected. */
async function expectBuilt(cases: Build[]): Promise<void> {
  for (const { add, steps, rule } of cases) {
    await builder.add(add);
    await builder.take(steps, 'Condition 1: ');
    await eventually(() => builder.json()).toEqual(rule);
    await eventually(() => builder.counted()).toEqual(rule);
    await builder.press(/^Remove: Condition 1/);
  }
}

const attribute = (name: string, ...steps: Build['steps']): Build['steps'] => [
  { type: 'Name of the attribute', value: name },
  ...steps,
];
const operator = (value: string) => ({ choose: 'Operator', value });

describe('an attribute', () => {
  const ofText = (is: string, word: string, value: string): Build => ({
    add: 'Attribute',
    steps: attribute('country', operator(word), { type: 'Text', value }),
    rule: { attribute: 'country', is, value },
  });
  test('is asked for text: one, one of several, or a part', async () => {
    await expectBuilt([
      ofText('equals', 'equals', 'DE'),
      ofText('doesNotEqual', 'does not equal', ' D E '),
      ofText('contains', 'contains', 'D'),
      ofText('doesNotContain', 'does not contain', 'x, y'),
      {
        add: 'Attribute',
        steps: attribute('country', operator('equals'), { enter: 'Text', values: ['DE', 'FR', 'de'] }),
        rule: { attribute: 'country', is: 'equals', value: ['DE', 'FR', 'de'] },
      },
      {
        add: 'Attribute',
        steps: attribute('country', operator('does not equal'), { paste: 'Text', value: 'DE\r\nFR\n' }),
        rule: { attribute: 'country', is: 'doesNotEqual', value: ['DE', 'FR'] },
      },
    ]);
  });

  test('is asked for a number, as exact as it is typed', async () => {
    const number = (is: string, word: string, value: string): Build => ({
      add: 'Attribute',
      steps: attribute('points', operator(word), { type: 'Number', value }),
      rule: { attribute: 'points', is, value: Number(value) },
    });
    await expectBuilt([
      number('equalTo', 'is equal to', '49.99'),
      number('atLeast', 'is at least', '-7'),
      number('atMost', 'is at most', '0.1'),
      {
        add: 'Attribute',
        steps: attribute(
          'points',
          operator('is between'),
          { type: 'From, included', value: '18' },
          { type: 'To, included', value: '65.5' },
        ),
        rule: { attribute: 'points', is: 'between', value: [18, 65.5] },
      },
    ]);
  });

  test('is asked for a day or a moment', async () => {
    const date = (word: string, ...more: Build['steps']) => attribute('signup', operator(word), ...more);
    const days = { type: 'Days', value: '30' };
    await expectBuilt([
      { add: 'Attribute', steps: date('is today'), rule: { attribute: 'signup', is: 'today' } },
      {
        add: 'Attribute',
        steps: date('is in the last', days),
        rule: { attribute: 'signup', is: 'inTheLast', days: 30 },
      },
      {
        add: 'Attribute',
        steps: date('is more than', days),
        rule: { attribute: 'signup', is: 'moreThanDaysAgo', days: 30 },
      },
      {
        add: 'Attribute',
        steps: date('is on or after', { type: 'Day', value: '2024-05-01' }),
        rule: { attribute: 'signup', is: 'onOrAfter', value: '2024-05-01' },
      },
      {
        add: 'Attribute',
        steps: date(
          'is on or before',
          { press: 'Day: with the time of day' },
          { type: 'Day', value: '2024-05-01T12:30' },
        ),
        rule: { attribute: 'signup', is: 'onOrBefore', value: '2024-05-01T12:30:00Z' },
      },
      {
        add: 'Attribute',
        steps: date('is between the days', { type: 'From', value: '2024-05-01' }, { type: 'To', value: '2024-05-31' }),
        rule: { attribute: 'signup', is: 'between', value: ['2024-05-01', '2024-05-31'] },
      },
    ]);
  });

  test('is asked for true or false, for what a list holds, and whether there is one', async () => {
    const plain = (is: string, word: string): Build => ({
      add: 'Attribute',
      steps: attribute('newsletter', operator(word)),
      rule: { attribute: 'newsletter', is },
    });
    const ofList = (is: string, word: string): Build => ({
      add: 'Attribute',
      steps: attribute('tags', operator(word), { enter: 'Texts', values: ['vip', 'b2b'] }),
      rule: { attribute: 'tags', is, value: ['vip', 'b2b'] },
    });
    await expectBuilt([
      plain('true', 'is true'),
      plain('false', 'is false'),
      plain('anyValue', 'has any value'),
      plain('noValue', 'has no value'),
      ofList('includesAny', 'includes any of'),
      ofList('includesAll', 'includes all of'),
      ofList('includesNone', 'includes none of'),
    ]);
  });

  test('that the dataset knows brings the operators of its kind', async () => {
    await builder.add('Attribute');
    const line = builder.line('Condition 1: ');
    const name = line.getByLabel('Name of the attribute', { exact: true });
    await name.fill('ag');
    await page.getByRole('option', { name: 'age' }).click();
    await line.getByLabel('Number', { exact: true }).fill('40');
    await eventually(() => builder.counted()).toEqual({ attribute: 'age', is: 'equalTo', value: 40 });
    await name.fill('tags');
    // What was typed is not thrown away by a name.
    await eventually(() => builder.json()).toEqual({ attribute: 'tags', is: 'equalTo', value: 40 });
    expect(await line.getByLabel('Operator').locator('optgroup').first().getAttribute('label')).toBe('List');
  });
});

describe('what users did', () => {
  test('is counted, in any period, with what has to hold for the event', async () => {
    const purchase = { enter: 'Name of an action', values: ['Purchase'] };
    await expectBuilt([
      { add: 'Action count', steps: [purchase], rule: { action: 'Purchase', did: true } },
      {
        add: 'Action count',
        steps: [
          { choose: 'Did or did not', value: 'did not' },
          { enter: 'Name of an action', values: ['Purchase', 'Order Completed'] },
        ],
        rule: { action: ['Purchase', 'Order Completed'], did: false },
      },
      {
        add: 'Action count',
        steps: [
          { pick: 'Name of an action', value: 'any action' },
          { type: 'Times', value: '10' },
        ],
        rule: { action: '*', did: true, atLeast: 10 },
      },
      {
        add: 'Action count',
        steps: [
          purchase,
          { type: 'Times', value: '2' },
          { choose: 'Period', value: 'in the last' },
          { type: 'Days', value: '30' },
          { press: 'Add "where": Action count' },
          { type: 'Property of the event', value: 'revenue' },
          operator('is at least'),
          { type: 'Number', value: '50' },
        ],
        rule: {
          action: 'Purchase',
          did: true,
          atLeast: 2,
          within: { days: 30 },
          where: [{ property: 'revenue', is: 'atLeast', value: 50 }],
        },
      },
      {
        add: 'Action count',
        steps: [
          purchase,
          { choose: 'Period', value: 'between' },
          { type: 'From, included; may stay empty', value: '2024-01-01' },
          { press: 'To, not included; may stay empty: with the time of day' },
          { type: 'To, not included; may stay empty', value: '2024-07-01T06:00:30' },
        ],
        rule: { action: 'Purchase', did: true, within: { from: '2024-01-01', to: '2024-07-01T06:00:30Z' } },
      },
      {
        add: 'Action count',
        steps: [
          purchase,
          { choose: 'Period', value: 'between' },
          { type: 'To, not included; may stay empty', value: '2024-07-01' },
        ],
        rule: { action: 'Purchase', did: true, within: { to: '2024-07-01' } },
      },
    ]);
  });

  test('has several "where", each with any operator, of which one can be taken back', async () => {
    await builder.add('Action count');
    await builder.take([{ enter: 'Name of an action', values: ['View Item'] }], 'Condition 1: ');
    const lines: Build['steps'][] = [
      [{ type: 'Property of the event', value: 'a.b' }, operator('contains'), { type: 'Text', value: 'x' }],
      [{ type: 'Property of the event', value: 'gone' }, operator('has no value')],
      [
        { type: 'Property of the event', value: 'tags' },
        operator('includes any of'),
        { enter: 'Texts', values: ['new'] },
      ],
    ];
    for (const [index, steps] of lines.entries()) {
      await builder.press(/^Add "where"/);
      await builder.take(steps, `Where ${index + 1}`);
    }
    await builder.press('Remove "where" 2');
    await eventually(() => builder.counted()).toEqual({
      action: 'View Item',
      did: true,
      where: [
        { property: 'a.b', is: 'contains', value: 'x' },
        { property: 'tags', is: 'includesAny', value: ['new'] },
      ],
    });
  });

  test('is asked when it was last', async () => {
    const purchase = { enter: 'Name of an action', values: ['Purchase'] };
    await expectBuilt([
      {
        add: 'Action recency',
        steps: [purchase, { type: 'Days', value: '90' }],
        rule: { lastAction: 'Purchase', moreThanDaysAgo: 90 },
      },
      {
        add: 'Action recency',
        steps: [
          { pick: 'Name of an action', value: 'any action' },
          { choose: 'More or less', value: 'less than' },
          { type: 'Days', value: '7' },
          { check: 'or never' },
          { press: 'Add "where": Action recency' },
          { type: 'Property of the event', value: 'paid' },
          operator('is true'),
        ],
        rule: { lastAction: '*', lessThanDaysAgo: 7, orNever: true, where: [{ property: 'paid', is: 'true' }] },
      },
    ]);
  });
});

describe('orders, visits and the profile', () => {
  test('are counted, added up, and asked when', async () => {
    await expectBuilt([
      {
        add: 'Number of orders',
        steps: [
          operator('is equal to'),
          { type: 'Number', value: '1' },
          { choose: 'Period', value: 'in the last' },
          { type: 'Days', value: '365' },
        ],
        rule: { orders: 'count', is: 'equalTo', value: 1, within: { days: 365 } },
      },
      {
        add: 'Value of orders',
        steps: [
          operator('is between'),
          { type: 'From, included', value: '10' },
          { type: 'To, included', value: '99.95' },
        ],
        rule: { orders: 'value', is: 'between', value: [10, 99.95] },
      },
      {
        add: 'First order',
        steps: [{ type: 'Days', value: '30' }],
        rule: { orders: 'firstAt', is: 'inTheLast', days: 30 },
      },
      { add: 'Last order', steps: [operator('has no value')], rule: { orders: 'lastAt', is: 'noValue' } },
      {
        add: 'Visit count',
        steps: [{ type: 'Number', value: '3' }],
        rule: { visits: 'count', is: 'atLeast', value: 3 },
      },
      { add: 'First activity', steps: [operator('is today')], rule: { visits: 'firstActivity', is: 'today' } },
      {
        add: 'Last activity',
        steps: [{ type: 'Days', value: '730' }],
        rule: { visits: 'lastActivity', is: 'moreThanDaysAgo', days: 730 },
      },
      {
        add: 'Here since',
        steps: [{ type: 'Days', value: '1' }],
        rule: { profile: 'createdAt', is: 'inTheLast', days: 1 },
      },
      {
        add: 'Visit count',
        steps: [
          { choose: 'Figure', value: 'First activity' },
          operator('is on or before'),
          { type: 'Day', value: '2024-01-01' },
        ],
        rule: { visits: 'firstActivity', is: 'onOrBefore', value: '2024-01-01' },
      },
    ]);
  });
});

describe('who a user is', () => {
  test('is asked by identities, origin, other segments and chance', async () => {
    const email = { type: 'Type of identity', value: 'email' };
    await expectBuilt([
      { add: 'Anonymous user', steps: [], rule: { anonymous: true } },
      {
        add: 'Anonymous user',
        steps: [{ choose: 'Anonymous or not', value: 'is not anonymous' }],
        rule: { anonymous: false },
      },
      { add: 'Identity', steps: [email], rule: { identity: 'email', present: true } },
      { add: 'Identity', steps: [email, operator('has none')], rule: { identity: 'email', present: false } },
      {
        add: 'Identity',
        steps: [email, operator('contains'), { type: 'Text', value: '@example.com' }],
        rule: { identity: 'email', is: 'contains', value: '@example.com' },
      },
      {
        add: 'Identity',
        steps: [email, operator('does not contain'), { type: 'Text', value: 'test' }],
        rule: { identity: 'email', is: 'doesNotContain', value: 'test' },
      },
      {
        add: 'Identity',
        steps: [
          { pick: 'Type of identity', value: 'userId' },
          operator('equals'),
          { enter: 'Text', values: ['ann', 'bob'] },
        ],
        rule: { identity: 'userId', is: 'equals', value: ['ann', 'bob'] },
      },
      {
        add: 'Identity',
        steps: [email, operator('does not equal'), { type: 'Text', value: 'ann@example.com' }],
        rule: { identity: 'email', is: 'doesNotEqual', value: 'ann@example.com' },
      },
      { add: 'Import', steps: [{ pick: 'Import', value: importId }], rule: { import: importId, created: true } },
      {
        add: 'Import',
        steps: [
          { choose: 'Created or touched', value: 'touched by' },
          { pick: 'Import', value: importId },
        ],
        rule: { import: importId, created: false },
      },
      { add: 'Another segment', steps: [{ pick: 'Segment', value: 'Staff' }], rule: { segment: list, member: true } },
      {
        add: 'Another segment',
        steps: [
          { choose: 'Belongs or not', value: 'does not belong to' },
          { pick: 'Segment', value: 'Staff' },
        ],
        rule: { segment: list, member: false },
      },
      {
        add: 'Share of the users',
        steps: [
          { type: 'From percent, included', value: '33.3' },
          { type: 'To percent, not included', value: '66.67' },
        ],
        rule: { sample: { from: 33.3, to: 66.67 } },
      },
      { add: 'Everybody', steps: [], rule: { everyone: true } },
    ]);
  });

  test('is asked by every condition that there is', () => {
    const built = [
      'attribute',
      'action',
      'lastAction',
      'orders',
      'visits',
      'profile',
      'import',
      'anonymous',
      'identity',
      'segment',
      'sample',
      'everyone',
    ];
    expect([...conditionForms.keys()].sort()).toEqual(built.sort());
    expect(parseRule({ everyone: true })).toEqual({ everyone: true });
  });
});

test('no window reported a fault meanwhile', () => {
  expect(world.faults).toEqual([]);
});
