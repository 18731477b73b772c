import type { Json } from '../../src/json.ts';
import type { RandomEvent } from '../random-profiles.ts';
import type { Taken } from './ledger.ts';
import type { TrackingBody } from './messages.ts';

/** What a message means, read a second time: it shares nothing with the product's reading. */
export interface ReadMessage {
  /** As `type:value`. */
  names: string[];
  at: Date;
  event: (RandomEvent & { no: number }) | undefined;
  traits: [name: string, value: Json][];
}

export function readMessage({ sent: { body, customerId }, trusted }: Taken): ReadMessage {
  const names = [];
  if (body.userId !== undefined) names.push(`userId:${body.userId}`);
  if (body.anonymousId !== undefined) names.push(`anonymousId:${body.anonymousId}`);
  if (body.type === 'alias' && body.previousId !== undefined) names.push(`anonymousId:${body.previousId}`);
  if (customerId !== undefined) names.push(`customerId:${customerId}`);
  const traits =
    body.type === 'group' ? [['groupId', body.groupId as Json] as [string, Json]] : Object.entries(body.traits ?? {});
  const email = traits.find(([name]) => name === 'email')?.[1];
  // From a page, anybody could name a stranger's address.
  if (trusted && typeof email === 'string') names.push(`email:${email}`);
  return { names, at: new Date(body.timestamp), event: eventOf(body), traits };
}

const actionOf = (body: TrackingBody): string | undefined =>
  ({
    track: body.event,
    page: 'Page View',
    screen: 'Screen View',
    identify: undefined,
    group: undefined,
    alias: undefined,
  })[body.type];

function eventOf(body: TrackingBody): ReadMessage['event'] {
  const action = actionOf(body);
  if (action === undefined) return undefined;
  const properties = new Map(Object.entries(body.properties ?? {}));
  const named = body.name === undefined || properties.has('name') ? [] : [['name', body.name] as const];
  const isOrder = action === 'Purchase' || action === 'Order Completed';
  return {
    no: Number(body.properties?.no),
    at: new Date(body.timestamp),
    action,
    cents: isOrder ? Math.round(Number(body.properties?.revenue ?? 0) * 100) : null,
    properties: new Map([...named, ...properties]),
  };
}
