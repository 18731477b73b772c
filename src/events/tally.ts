import type { AddedFigures, OrderValue } from '../profiles/figures-sql.ts';
import {
  type Aspects,
  anyEvent,
  anyIdentity,
  anyImport,
  anyOrder,
  aspectOfAction,
  aspectOfAttribute,
} from '../segments/aspects.ts';
import type { Incoming, Message } from './message.ts';
import { orderValueOf } from './order-value.ts';
import type { AddedActions, NewEvent } from './write-sql.ts';

/** A profile that a batch writes to, with its messages in the order in which they came. */
export interface Written {
  id: number;
  isNew: boolean;
  /** Whether others have just become a part of it. */
  isMerged: boolean;
  named: boolean;
  hasNewIdentities: boolean;
  messages: readonly Incoming[];
}

/** The rows that a batch adds, put together before they are written. */
export interface Tally {
  events: NewEvent[];
  orders: OrderValue[];
  actions: AddedActions[];
  /** One a profile, in the order of the profiles. */
  figures: Omit<AddedFigures, 'visits'>[];
  /** What is changed about each profile that was there and is merged with no other. */
  changes: Map<number, Aspects>;
}

/** Counts what the messages of these profiles add; in ascending order of id, then action. */
export function tallyOf(profiles: readonly Written[]): Tally {
  const tally: Tally = { events: [], orders: [], actions: [], figures: [], changes: new Map() };
  for (const profile of profiles) addProfile(tally, profile);
  return tally;
}

function addProfile(tally: Tally, profile: Written): void {
  const { id, isNew, isMerged, named, messages } = profile;
  const moments = new Range();
  const orderMoments = new Range();
  const actions = new Map<string, Range>();
  for (const { message, origin } of messages) {
    const { event, at } = message;
    if (!event) continue;
    const ms = at.getTime();
    const orderValue = orderValueOf(event.action, event.properties);
    tally.events.push({
      profileId: id,
      at: at.toISOString(),
      receivedAt: origin.receivedAt.toISOString(),
      action: event.action,
      orderValue,
      properties: propertiesText(event.properties),
    });
    moments.add(ms);
    let ofAction = actions.get(event.action);
    if (!ofAction) {
      ofAction = new Range();
      actions.set(event.action, ofAction);
    }
    ofAction.add(ms);
    if (orderValue === null) continue;
    orderMoments.add(ms);
    tally.orders.push({ profileId: id, value: orderValue });
  }
  for (const [action, range] of [...actions].sort(([a], [b]) => (a < b ? -1 : 1))) {
    tally.actions.push({
      profileId: id,
      action,
      count: range.count,
      firstAt: range.first as string,
      lastAt: range.last as string,
    });
  }
  tally.figures.push({
    id,
    isNew,
    named,
    events: moments.count,
    firstActivity: moments.first,
    lastActivity: moments.last,
    orders: orderMoments.count,
    firstOrder: orderMoments.first,
    lastOrder: orderMoments.last,
    imports: importsOf(messages),
  });
  const happened = { actions: actions.keys(), hasOrders: orderMoments.count > 0 };
  if (!isNew && !isMerged) tally.changes.set(id, changesOf(profile, happened));
}

function changesOf(
  { messages, hasNewIdentities }: Written,
  { actions, hasOrders }: { actions: Iterable<string>; hasOrders: boolean },
): Aspects {
  const changed = new Set<string>();
  for (const action of actions) changed.add(anyEvent).add(aspectOfAction(action));
  if (hasOrders) changed.add(anyOrder);
  if (hasNewIdentities) changed.add(anyIdentity);
  for (const { message, origin } of messages) {
    if (origin.importNo !== undefined) changed.add(anyImport);
    for (const name of Object.keys(message.traits ?? {})) changed.add(aspectOfAttribute(name));
  }
  return changed;
}

/** The imports among the origins, that of the first message first. */
function importsOf(messages: readonly Incoming[]): number[] {
  return [...new Set(messages.flatMap(({ origin }) => origin.importNo ?? []))];
}

function propertiesText(properties: NonNullable<Message['event']>['properties']): string | null {
  if (!properties) return null;
  const text = JSON.stringify(properties);
  return text === '{}' ? null : text;
}

/** How many moments there are, and the first and the last of them. */
class Range {
  count = 0;
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;

  add(ms: number): void {
    this.count++;
    if (ms < this.#first) this.#first = ms;
    if (ms > this.#last) this.#last = ms;
  }

  get first(): string | null {
    return this.count === 0 ? null : new Date(this.#first).toISOString();
  }

  get last(): string | null {
    return this.count === 0 ? null : new Date(this.#last).toISOString();
  }
}
