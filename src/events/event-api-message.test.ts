import { describe, expect, test } from 'vitest';
import { LetheError } from '../errors.ts';
import { readEventApiEvent } from './event-api-message.ts';
import { orderValueOf } from './order-value.ts';

const receivedAt = new Date('2026-01-02T03:04:05Z');
const read = (body: unknown, bytes = 100) => readEventApiEvent(body, { receivedAt, bytes, bytesMax: 1_000 });
const messageOf = (body: object) => read({ user: { id: 'u1' }, ...body }).message;
const eventOf = (body: object) => messageOf({ action: 'View Item', ...body }).event;

function refusalOf(body: unknown, bytes?: number): [code: string, field: string | undefined] {
  try {
    read(body, bytes);
  } catch (error) {
    if (error instanceof LetheError) return [error.code, error.extras.errors?.[0]?.field];
  }
  throw new Error('the event was taken');
}

describe('an event of the Event API', () => {
  test('names its user by id and anonymous id, and what the user did and when', () => {
    const body = {
      action: 'View Item',
      user: { id: ' u1 ', anonId: 'a1', attributes: { city: 'Bern', age: 41, email: null } },
      source: { channel: 'Web', url: 'https://shop.example/1', time: 1_700_000_000_000 },
      flags: { noCampaigns: true },
      messageId: 'm1',
    };
    expect(read(body)).toEqual({
      message: {
        identities: [
          { type: 'userId', value: 'u1' },
          { type: 'anonymousId', value: 'a1' },
        ],
        at: new Date(1_700_000_000_000),
        event: { action: 'View Item', properties: { source: body.source } },
        traits: { city: 'Bern', age: 41, email: null },
        messageId: 'm1',
      },
      doNotTrack: false,
    });
  });

  test('without a moment happened when it was received', () => {
    expect(messageOf({ action: 'hello world' })).toEqual({
      identities: [{ type: 'userId', value: 'u1' }],
      at: receivedAt,
      event: { action: 'hello world' },
    });
  });

  test('takes the newer name of the anonymous id, and ids that are numbers', () => {
    expect(read({ action: 'A', user: { id: 42, anonymousId: 'a1' } }).message.identities).toEqual([
      { type: 'userId', value: '42' },
      { type: 'anonymousId', value: 'a1' },
    ]);
  });

  test('is called what itemAction says, or a page view, where it has no action', () => {
    expect(messageOf({ itemAction: 'Add To Cart', flags: { pageView: true } }).event?.action).toBe('Add To Cart');
    expect(messageOf({ flags: { pageView: true } }).event?.action).toBe('Page View');
    expect(messageOf({ action: 'Open', itemAction: 'View Item' }).event).toEqual({
      action: 'Open',
      properties: { itemAction: 'View Item' },
    });
  });

  test('with attributes alone changes the user and is no event', () => {
    const { event, traits } = messageOf({ user: { id: 'u1', attributes: { city: 'Bern' } } });
    expect([event, traits]).toEqual([undefined, { city: 'Bern' }]);
  });

  test('keeps catalog and cart, and passes over what it does not know', () => {
    const catalog = { Product: { _id: 'p1', price: 9.5 } };
    const cart = { complete: { Product: [{ _id: 'p1', quantity: 2 }] } };
    const account = { id: 'acme' };
    expect(eventOf({ catalog, cart, account, debug: { explanations: true } })?.properties).toEqual({ catalog, cart });
  });

  test('keeps a property called __proto__ as what it is', () => {
    const body = JSON.parse(
      '{"action":"A","user":{"id":"u1","attributes":{"__proto__":"x"}},"source":{"__proto__":{"a":1}}}',
    );
    const { message } = read(body);
    expect(JSON.stringify(message.traits)).toBe('{"__proto__":"x"}');
    expect(JSON.stringify(message.event?.properties)).toBe('{"source":{"__proto__":{"a":1}}}');
    expect(({} as { a?: number }).a).toBeUndefined();
  });

  test('has no attributes where they are an empty list, as PHP writes an empty object', () => {
    expect(messageOf({ action: 'A', user: { id: 'u1', attributes: [] }, flags: [] }).traits).toBeUndefined();
  });

  test('with doNotTrack says so', () => {
    expect(read({ action: 'A', user: { id: 'u1' }, flags: { doNotTrack: true } }).doNotTrack).toBe(true);
  });
});

describe('an order', () => {
  const propertiesOf = (order: unknown) => eventOf({ action: 'Purchase', order })?.properties;
  const worthOf = (order: unknown) => orderValueOf('Purchase', propertiesOf(order));

  test('under the type of its items has its total, number and currency where rules look', () => {
    const order = {
      Product: { orderId: 'o1', totalValue: 59.9, currency: 'EUR', lineItems: [{ _id: 'p1', price: 1 }] },
    };
    expect(propertiesOf(order)).toEqual({ order, orderId: 'o1', total: 59.9, currency: 'EUR' });
    expect(worthOf(order)).toBe('59.9');
  });

  test.each([
    [{ orderId: 'o1', totalValue: 12 }, '12'],
    [{ revenue: 10, total: 12 }, '10'],
    [{ value: '7.50' }, '7.50'],
    [{ Product: { lineItems: [{ price: 0.1, quantity: 3 }, { price: '19.99', quantity: 2 }, { price: 5 }] } }, '45.28'],
    [{ Product: { totalValue: 0, lineItems: [{ price: 3, quantity: 1 }] } }, '0'],
    [{ Product: { orderId: 'o1', lineItems: [{ price: 3 }, { _id: 'p2' }] } }, '0'],
    [{ Product: { lineItems: [] } }, '0'],
    [{}, '0'],
  ])('%j is worth %s', (order, value) => {
    expect(worthOf(order)).toBe(value);
  });
});

test.each([
  [null, 'message.not_an_object', ''],
  [[], 'message.not_an_object', ''],
  ['text', 'message.not_an_object', ''],
  [{}, 'message.identity', 'user'],
  [{ action: 'A' }, 'message.identity', 'user'],
  [{ action: 'A', user: 'u1' }, 'message.user', 'user'],
  [{ action: 'A', user: ['u1'] }, 'message.user', 'user'],
  [{ action: 'A', user: { id: null, anonId: '' } }, 'message.identity', 'user'],
  [{ action: 'A', user: { id: {} } }, 'message.user.id', 'user.id'],
  [{ action: 'A', user: { anonId: true } }, 'message.user.anonId', 'user.anonId'],
  [{ action: 'A', user: { id: 'null' } }, 'identity.refused', 'user.id'],
  [{ action: 'A', user: { id: 'x'.repeat(513) } }, 'identity.length', 'user.id'],
  [{ user: { id: 'u1' } }, 'message.action', 'action'],
  [{ action: 7, user: { id: 'u1' } }, 'message.action', 'action'],
  [{ action: 'x'.repeat(513), user: { id: 'u1' } }, 'message.action', 'action'],
  [{ action: 'A', user: { id: 'u1', attributes: ['x'] } }, 'message.user.attributes', 'user.attributes'],
  [{ action: 'A', user: { id: 'u1' }, source: 'Web' }, 'message.source', 'source'],
  [{ action: 'A', user: { id: 'u1' }, source: { time: 'yesterday' } }, 'message.source.time', 'source.time'],
  [{ action: 'A', user: { id: 'u1' }, source: { time: 1e300 } }, 'message.source.time', 'source.time'],
  [{ action: 'A', user: { id: 'u1' }, flags: { doNotTrack: 'yes' } }, 'message.flags.doNotTrack', 'flags.doNotTrack'],
  [{ action: 'A', user: { id: 'u1' }, order: 'o1' }, 'message.order', 'order'],
  [{ action: 'A', user: { id: 'u1' }, source: { a: '\0' } }, 'message.text', ''],
  [{ action: 'A', user: { id: 'u1' }, catalog: { n: Infinity } }, 'message.number', ''],
] as [unknown, string, string | undefined][])('%j is refused: %s', (body, code, field) => {
  expect(refusalOf(body)).toEqual([code, field]);
});

test('an event that is larger than the setting allows is refused', () => {
  expect(refusalOf({ action: 'A', user: { id: 'u1' } }, 1_001)).toEqual(['message.too_large', '']);
});
