import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { generateShop, subtract } from './generate.ts';
import { goneBefore, historyFrom, historyTo, nothing } from './shop.ts';

interface Line {
  type: string;
  event?: string;
  userId?: string;
  anonymousId?: string;
  timestamp: string;
  properties?: { revenue?: number };
  traits?: { email: string };
}

function generate(users: number) {
  const shop = generateShop(users);
  const text = Buffer.concat([...shop.chunks()]).toString('utf8');
  return {
    shop,
    text,
    lines: text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line),
  };
}

test('the generated shop is the same every time, on every machine, and does not depend on how many users follow', () => {
  const { text } = generate(500);
  expect(generate(500).text).toBe(text);
  expect(generate(501).text.startsWith(text)).toBe(true);
  expect(createHash('sha256').update(text).digest('hex')).toBe(
    '4a84be9be13de540cd53235fb7b0eab8d0bad7cc537d36ca7709766330cf90f9',
  );
});

describe('what the generator counts is what its lines say', () => {
  const users = 3_000;
  const { shop, lines } = generate(users);
  const events = lines.filter(({ type }) => type !== 'identify');
  const orders = events.filter(({ event }) => event === 'Purchase');
  const lastActivity = new Map<string, number>();
  for (const { userId, anonymousId, timestamp } of events) {
    const who = userId ?? anonymousId ?? '';
    lastActivity.set(who, Math.max(lastActivity.get(who) ?? 0, Date.parse(timestamp)));
  }

  test('users, events, orders and revenue', () => {
    expect(lastActivity.size).toBe(users);
    expect(shop.rows).toBe(lines.length);
    expect(shop.all).toEqual({
      users,
      named: lines.filter(({ type }) => type === 'identify').length,
      identities: users + 2 * shop.all.named,
      events: events.length,
      orders: orders.length,
      revenueCents: orders.reduce((sum, { properties }) => sum + Math.round((properties?.revenue ?? 0) * 100), 0),
    });
  });

  test('those who are gone for two years, and those who are left', () => {
    const gone = [...lastActivity].filter(([, at]) => at < goneBefore).map(([who]) => who);
    const ofGone = new Set(gone);
    expect(shop.gone.users).toBe(gone.length);
    expect(shop.gone.events).toBe(events.filter((line) => ofGone.has(line.userId ?? line.anonymousId ?? '')).length);
    expect(subtract(shop.all, shop.all)).toEqual(nothing);
  });

  test('it is believable: two thirds anonymous, a fifth gone, about five events each, within three years', () => {
    expect(1 - shop.all.named / users).toBeCloseTo(2 / 3, 1);
    expect(shop.gone.users / users).toBeGreaterThan(0.15);
    expect(shop.gone.users / users).toBeLessThan(0.3);
    expect(shop.all.events / users).toBeGreaterThan(4);
    expect(shop.all.events / users).toBeLessThan(7);
    const moments = lines.map(({ timestamp }) => Date.parse(timestamp));
    expect(Math.min(...moments)).toBeGreaterThanOrEqual(historyFrom);
    expect(Math.max(...moments)).toBeLessThan(historyTo + 3_600_000);
  });

  test('nobody shares an identity with anybody else', () => {
    const emails = lines.flatMap(({ traits }) => (traits ? [traits.email] : []));
    expect(new Set(emails).size).toBe(shop.all.named);
    const anonymousIds = new Set(lines.flatMap(({ anonymousId }) => anonymousId ?? []));
    expect(anonymousIds.size).toBe(users);
  });
});
