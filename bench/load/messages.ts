import { actions, categories, countries } from '../ingest-rules.ts';

/** From whom messages come. */
export interface Senders {
  /** Users that are there, by number from the first one on. */
  firstUser: number;
  users: number;
  /** Share of the messages that come from somebody new. */
  newShare: number;
}

/** A message as a page sends it, of anybody among the senders; `no` is another one for every message of this process. */
export function messageFrom({ firstUser, users, newShare }: Senders, no: number): Record<string, unknown> {
  const isNew = Math.random() < newShare;
  const user = firstUser + below(users);
  const from = {
    messageId: `${process.pid}-${Date.now()}-${no}`,
    anonymousId: isNew ? `new-${process.pid}-${no}` : `anonymousId-${user}`,
    // Every third of them is known by name.
    ...(isNew || user % 3 !== 0 ? {} : { userId: `userId-${user}` }),
    timestamp: new Date().toISOString(),
    context: { library: { name: 'bench', version: '1.0.0' } },
  };
  if (Math.random() < 0.1) {
    return { ...from, type: 'identify', traits: { country: of(countries), score: below(30) } };
  }
  // The first actions more often than the others.
  const event = actions[Math.min(below(actions.length), below(actions.length))] as string;
  const properties = { category: of(categories), price: below(100), url: `https://shop.example/${below(1_000)}` };
  return {
    ...from,
    type: 'track',
    event,
    properties: event === 'Purchase' ? { ...properties, revenue: 10 } : properties,
  };
}

export function below(n: number): number {
  return Math.floor(Math.random() * n);
}

function of<T>(list: readonly T[]): T {
  return list[below(list.length)] as T;
}
