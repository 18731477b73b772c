import type { Json } from '../../src/json.ts';
import type { Rule } from '../../src/segments/rule.ts';
import type { RandomEvent } from '../random-profiles.ts';
import type { Taken } from './ledger.ts';
import { keyOf } from './people.ts';
import { readMessage } from './read-message.ts';

/** A user as the promises say that there has to be one. */
export interface User {
  /** As `type:value`. */
  names: Set<string>;
  events: (RandomEvent & { no: number })[];
  attributes: Map<string, Attribute>;
  /** When it came to be here: not before the one and not after the other moment of the product's clock. */
  createdAt: Span;
  /** Ids of the imports that wrote to it. */
  imports: Set<string>;
  /** The import that made it, or none; of merged users each one's, because which of them survives is nobody's business here. */
  madeBy: Set<string | null>;
}

interface Attribute {
  value: Json;
  at: number;
  trusted: boolean;
}

export interface Span {
  from: Date;
  to: Date;
}

/**
 * Who there is and what they have, by the promises alone: it is told what was done, one transaction after the other, and keeps it
 * in objects. Users who are being deleted in bulk are not there from the start of the deletion on.
 */
export class Model {
  readonly users = new Set<User>();
  readonly byName = new Map<string, User>();
  /** Since when a name has named somebody without a break; epoch microseconds. */
  readonly namedSince = new Map<string, number>();
  readonly lists = new Map<string, Set<User>>();
  /** Rule-based segments. */
  readonly rules = new Map<string, { rule: Rule; enabled: boolean }>();

  /** Writes the messages of one transaction. */
  take(batch: readonly Taken[], clock: Span, at: number): void {
    for (const group of this.#groups(batch)) {
      const user = this.#one([...group.users], clock);
      if (group.users.size === 0) user.madeBy.add(group.taken[0]?.importId ?? null);
      for (const name of group.names) {
        user.names.add(name);
        this.byName.set(name, user);
        if (!this.namedSince.has(name)) this.namedSince.set(name, at);
      }
      for (const taken of group.taken) write(user, taken);
    }
  }

  remove(user: User): void {
    this.users.delete(user);
    for (const name of user.names) {
      this.byName.delete(name);
      this.namedSince.delete(name);
    }
    for (const list of this.lists.values()) list.delete(user);
  }

  /** What names one user: the messages of a batch with common names, and with names of a user who is there. */
  #groups(batch: readonly Taken[]): Group[] {
    let groups: Group[] = [];
    for (const taken of batch) {
      const names = readMessage(taken).names;
      const users = names.flatMap((name) => this.byName.get(name) ?? []);
      const meets = (group: Group) =>
        names.some((name) => group.names.has(name)) || users.some((user) => group.users.has(user));
      const met = groups.filter(meets);
      groups = groups.filter((group) => !met.includes(group));
      groups.push({
        names: new Set([...names, ...met.flatMap((group) => [...group.names])]),
        users: new Set([...users, ...met.flatMap((group) => [...group.users])]),
        // In the order in which they came.
        taken: batch.filter((one) => one === taken || met.some((group) => group.taken.includes(one))),
      });
    }
    return groups;
  }

  /** The only one of these, all of them merged, or a new one. */
  #one([first, ...others]: readonly User[], clock: Span): User {
    const user = first ?? newUser(clock);
    this.users.add(user);
    for (const other of others) {
      merge(user, other);
      for (const name of other.names) this.byName.set(name, user);
      for (const list of this.lists.values()) if (list.delete(other)) list.add(user);
      this.users.delete(other);
    }
    return user;
  }

  /** Whom a text names. No two types of names have a value in common. */
  find(text: string): { user: User | undefined; since: number | undefined } {
    const type = { u: 'userId', a: 'anonymousId', c: 'customerId', e: 'email' }[text[0] ?? ''] as string;
    const name = keyOf({ type, value: text });
    return { user: this.byName.get(name), since: this.namedSince.get(name) };
  }
}

interface Group {
  names: Set<string>;
  users: Set<User>;
  taken: Taken[];
}

function newUser(clock: Span): User {
  return {
    names: new Set(),
    events: [],
    attributes: new Map(),
    createdAt: clock,
    imports: new Set(),
    madeBy: new Set(),
  };
}

function write(user: User, taken: Taken): void {
  const { event, traits, at } = readMessage(taken);
  if (event) user.events.push(event);
  if (taken.importId !== undefined) user.imports.add(taken.importId);
  for (const [name, value] of traits) {
    const attribute = { value, at: at.getTime(), trusted: taken.trusted };
    if (!prevails(attribute, user.attributes.get(name))) continue;
    if (value === null) user.attributes.delete(name);
    else user.attributes.set(name, attribute);
  }
}

/** A trusted source wins over a page, and within a rank the newest. */
function prevails(next: Attribute, present: Attribute | undefined): boolean {
  if (!present) return true;
  return next.trusted === present.trusted ? next.at >= present.at : next.trusted;
}

function merge(user: User, other: User): void {
  for (const name of other.names) user.names.add(name);
  user.events.push(...other.events);
  for (const [name, attribute] of other.attributes) {
    if (prevails(attribute, user.attributes.get(name))) user.attributes.set(name, attribute);
  }
  user.createdAt = {
    from: earlier(user.createdAt.from, other.createdAt.from),
    to: earlier(user.createdAt.to, other.createdAt.to),
  };
  for (const id of other.imports) user.imports.add(id);
  for (const id of other.madeBy) user.madeBy.add(id);
}

function earlier(a: Date, b: Date): Date {
  return a < b ? a : b;
}
