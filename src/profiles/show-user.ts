import { z } from 'zod';
import type { DatasetDb } from '../database/handle.ts';
import { anonymousType } from '../identities/identity.ts';
import { displayNameOf, firstOf } from './display-name.ts';
import { type LookUpType, lookUpUser, unknownUser } from './look-up.ts';
import { publicId } from './profile.ts';
import { findProfile, listEvents, type ProfileDetails } from './user-sql.ts';

/** Most orders and visits that the look-up shows; the events of a user can be paged through, all of them. */
const historyMax = 1_000;

const time = z.iso.datetime();

export const userSchema = z.object({
  userSummary: z.string(),
  id: z.string(),
  namedUserId: z.string().nullable(),
  anonAliases: z.array(z.string()),
  displayName: z.string().nullable(),
  anonymous: z.boolean(),
  figures: z
    .object({ events: z.number(), orders: z.number(), visits: z.number(), revenue: z.number() })
    .describe('Of all time, however long the histories below are'),
  attributes: z.array(
    z.object({
      name: z.string(),
      value: z.unknown(),
      updated: time,
      source: z.string().describe('What brought it: import, identify, …'),
      trusted: z.boolean().describe('From an import or a token, and not from a page'),
    }),
  ),
  identities: z.array(z.object({ type: z.string(), value: z.string() })),
  firstActivity: time.nullable(),
  lastActivity: time.nullable(),
  actions: z
    .array(z.object({ action: z.string(), count: z.number(), first: time, last: time }))
    .describe(`Most frequent first, at most ${historyMax}`),
  orderHistory: z
    .array(z.object({ id: z.string(), at: time, value: z.number(), properties: z.unknown() }))
    .describe(`Newest first, the last ${historyMax}`),
  visitHistory: z
    .array(z.object({ start: time, lastEvent: time, index: z.number() }))
    .describe(`Newest first, the last ${historyMax}; index 1 is the first visit ever`),
  segmentMembership: z.array(z.object({ id: z.string(), joined: time })),
  membershipChanges: z
    .number()
    .describe('Joins and leaves of the last days that are kept for programs which follow a segment'),
  nextLookAt: time
    .nullable()
    .describe('When time alone may next move the user into a segment or out of one; null for never'),
  mergingInto: z
    .string()
    .nullable()
    .describe('The user of whom this one is becoming a part, step by step: too large to be merged at once'),
  created: time,
  updated: time,
});
export type UserDetails = z.infer<typeof userSchema>;

/** Whoever is merged again and again meanwhile is not looked for longer than this. */
const roundsMax = 3;

/** All that is kept about one user, on one snapshot. Throws `user.unknown`. */
export async function showUser(ds: DatasetDb, text: string, type: LookUpType): Promise<UserDetails> {
  for (let round = 1; round <= roundsMax; round++) {
    const profile = await findProfile(ds, await lookUpUser(ds, text, type), historyMax);
    // Gone since it was found: the text may name another one by now, into which this one was merged.
    if (profile) return detailsOf(profile);
  }
  throw unknownUser();
}

function detailsOf(profile: ProfileDetails): UserDetails {
  const { identities } = profile;
  return {
    userSummary: summaryOf(profile),
    id: publicId(profile.id),
    namedUserId: firstOf(identities, 'userId'),
    anonAliases: identities.filter(({ type }) => type === anonymousType).map(({ value }) => value),
    displayName: displayNameOf(profile.attributes, identities),
    anonymous: !profile.named,
    figures: figuresOf(profile),
    attributes: attributesOf(profile),
    identities,
    firstActivity: profile.firstActivity && iso(profile.firstActivity),
    lastActivity: profile.lastActivity && iso(profile.lastActivity),
    actions: profile.actions.map(({ first, last, ...counted }) => ({ ...counted, first: iso(first), last: iso(last) })),
    orderHistory: profile.orderHistory.map(({ value, properties, ...event }) => ({
      ...eventOf(event),
      value,
      properties: properties ?? {},
    })),
    visitHistory: profile.visitHistory.map(({ start, lastEvent, index }) => ({
      start: iso(start),
      lastEvent: iso(lastEvent),
      index,
    })),
    segmentMembership: profile.memberships.map(({ id, joined }) => ({ id, joined: iso(joined) })),
    membershipChanges: profile.membershipChanges,
    nextLookAt: profile.nextLookAt && iso(profile.nextLookAt),
    mergingInto: profile.mergingInto === null ? null : publicId(profile.mergingInto),
    created: iso(profile.createdAt),
    updated: iso(profile.updatedAt),
  };
}

export const eventItemSchema = z.object({
  id: z.string(),
  at: time,
  receivedAt: time,
  action: z.string(),
  orderValue: z.number().nullable(),
  properties: z.unknown(),
});
export type EventItem = z.infer<typeof eventItemSchema>;

export const eventPosition = z.object({ at: time, id: z.int() });

export interface EventPage {
  items: EventItem[];
  next: z.infer<typeof eventPosition> | undefined;
}

/** Events of one user, newest first; those of one action where it is named. Throws `user.unknown`. */
export async function showEvents(
  ds: DatasetDb,
  text: string,
  {
    type,
    action,
    limit,
    before,
  }: { type: LookUpType; action?: string | undefined; limit: number; before: EventPage['next'] },
): Promise<EventPage> {
  const rows = await listEvents(ds, await lookUpUser(ds, text, type), { action, limit: limit + 1, before });
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  const items = page.map((row) => ({
    ...eventOf(row),
    receivedAt: iso(row.receivedAt),
    action: row.action,
    orderValue: row.orderValue === null ? null : Number(row.orderValue),
    properties: row.properties ?? {},
  }));
  return { items, next: last && { at: iso(last.at), id: last.id } };
}

function eventOf({ id, at }: { id: number; at: Date | string }): { id: string; at: string } {
  return { id: `evt_${id}`, at: iso(at) };
}

function attributesOf({ attributes }: ProfileDetails): UserDetails['attributes'] {
  return Object.entries(attributes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { value, at, from, trusted = false }]) => ({ name, value, updated: iso(at), source: from, trusted }));
}

function figuresOf({ events, orders, visits, revenue }: ProfileDetails): UserDetails['figures'] {
  return { events, orders, visits, revenue: Number(revenue) };
}

function summaryOf({ named, events, orders, visits, lastActivity }: ProfileDetails): string {
  const counted = [`${events} events`, `${orders} orders`, `${visits} visits`].join(', ');
  const last = lastActivity ? `, last active ${iso(lastActivity).slice(0, 10)}` : '';
  return `${named ? 'Named' : 'Anonymous'} user: ${counted}${last}`;
}

function iso(moment: Date | string | number): string {
  return new Date(moment).toISOString();
}
