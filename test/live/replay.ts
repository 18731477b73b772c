import { usersMatching } from '../rule-evaluator.ts';
import type { Call, Deed, Ledger, Taken } from './ledger.ts';
import { Model, type Span, type User } from './model.ts';
import type { FrozenName } from './order-sql.ts';
import { looksAtTheClock, nestedIn } from './rules.ts';

/** What the database says of the order in which things came. Moments are epoch microseconds. */
export interface Order {
  /** By the name of who asked. */
  audited: ReadonlyMap<string, number>;
  /** By message id. */
  written: ReadonlyMap<string, number>;
  frozen: readonly FrozenName[];
  importNumbers: ReadonlyMap<string, number>;
}

/** Two clocks of one machine may differ by so much. */
const clockMicros = 10_000;

/**
 * Does once more, in a model and one after the other, what was done at the same time: in the order in which the transactions
 * committed. Whatever an answer said that cannot have been so is a fault.
 */
export class Replay {
  readonly model = new Model();
  readonly faults: string[] = [];
  readonly #order: Order;
  readonly #mergesInSteps: boolean;

  constructor(ledger: Ledger, order: Order, { mergesInSteps }: { mergesInSteps: boolean }) {
    this.#order = order;
    this.#mergesInSteps = mergesInSteps;
    const moments = [...this.#writes(ledger.calls), ...ledger.calls.flatMap((call) => this.#audited(call))];
    for (const { at, apply } of moments.sort((a, b) => a.at - b.at)) apply(at);
  }

  /** Messages, all of one transaction together. */
  #writes(calls: readonly Call[]): Moment[] {
    const batches = new Map<number, { taken: Taken[]; clock: Span }>();
    for (const { taken, call } of this.#takenOnce(calls)) {
      const at = this.#order.written.get(taken.writtenWith);
      if (at === undefined) {
        this.faults.push(`A message was answered as written and is not: ${JSON.stringify(taken)}`);
        continue;
      }
      this.#checkMoment(call, at);
      const batch = batches.get(at) ?? { taken: [], clock: call.clock };
      batch.taken.push(taken);
      batches.set(at, batch);
    }
    return [...batches].map(([at, { taken, clock }]) => ({ at, apply: () => this.model.take(taken, clock, at) }));
  }

  /** An import does not say of which of its lines somebody else was quicker; everybody else does. */
  #takenOnce(calls: readonly Call[]): { taken: Taken; call: Call }[] {
    const all = calls.flatMap((call) =>
      call.deed.did === 'write' ? call.deed.taken.map((taken) => ({ taken, call })) : [],
    );
    const takers = new Map<string, number>();
    for (const { taken } of all) {
      const id = taken.sent.body.messageId;
      if (id !== undefined && taken.importId === undefined) takers.set(id, (takers.get(id) ?? 0) + 1);
    }
    for (const [id, count] of takers) if (count > 1) this.faults.push(`The message ${id} was taken ${count} times`);
    return all.filter(({ taken }) => taken.importId === undefined || !takers.has(taken.sent.body.messageId as string));
  }

  #audited(call: Call): Moment[] {
    const { deed } = call;
    if (deed.did === 'write') return [];
    const at = this.#order.audited.get(call.by);
    if (at === undefined) {
      this.faults.push(`No audit of ${JSON.stringify(deed)}`);
      return [];
    }
    this.#checkMoment(call, at);
    return [{ at, apply: () => this.#do(deed, call) }];
  }

  #checkMoment(call: Call, at: number): void {
    if (at > call.sentAt - clockMicros && at < call.answeredAt + clockMicros) return;
    this.faults.push(`Answered before it was durable, or done before it was asked for: ${call.by} ${call.deed.did}`);
  }

  #do(deed: Exclude<Deed, { did: 'write' }>, call: Call): void {
    const { model } = this;
    switch (deed.did) {
      case 'createSegment':
        if (deed.rule) model.rules.set(deed.segment, { rule: deed.rule, enabled: true });
        else model.lists.set(deed.segment, new Set());
        return;
      case 'editSegment': {
        const segment = model.rules.get(deed.segment);
        if (segment)
          model.rules.set(deed.segment, { rule: deed.rule ?? segment.rule, enabled: deed.enabled ?? segment.enabled });
        return;
      }
      case 'deleteSegment':
        model.rules.delete(deed.segment);
        return;
      case 'changeList':
        this.#changeList(deed, call);
        return;
      case 'deleteUsers':
        this.#deleteUsers(deed, call);
        return;
      case 'startDeletion':
        this.#startDeletion(deed);
        return;
    }
  }

  #changeList({ segment, change, items }: Extract<Deed, { did: 'changeList' }>, call: Call): void {
    const list = this.model.lists.get(segment) as Set<User>;
    const before = new Set(list);
    if (change === 'replace') list.clear();
    const done = new Set<User>();
    for (const { id, outcome } of items) {
      const user = this.#named(id, outcome === 'unknown', call);
      if (!user || outcome === 'unknown') continue;
      const was = change === 'remove' ? before.has(user) && !done.has(user) : before.has(user) || done.has(user);
      const expected = change === 'remove' ? (was ? 'removed' : 'notIn') : was ? 'alreadyIn' : 'added';
      // Of two who are still being merged, one may be in it and the other not.
      if (outcome !== expected && !this.#mergesInSteps)
        this.faults.push(`List ${segment}: ${change} ${id} answered ${outcome}, not ${expected}`);
      done.add(user);
      if (change === 'remove') list.delete(user);
      else list.add(user);
    }
  }

  /** Whom a text named. Whom the answer did not know must have been unknown at some moment since it was asked. */
  #named(text: string, isUnknown: boolean, call: Call): User | undefined {
    const { user, since } = this.model.find(text);
    if (isUnknown && since !== undefined && since < call.sentAt - clockMicros) {
      this.faults.push(`${call.by} (${call.deed.did}) did not know ${text}, who had been there for long`);
    }
    return user;
  }

  #deleteUsers({ found, unknown }: Extract<Deed, { did: 'deleteUsers' }>, call: Call): void {
    // One of whom a bulk deletion is at work is found as well, and is not there for the model.
    const users = new Set(found.flatMap((text) => this.#named(text, false, call) ?? []));
    for (const text of unknown) this.#named(text, true, call);
    for (const user of users) this.model.remove(user);
  }

  #startDeletion({ segment, deletion, users }: Extract<Deed, { did: 'startDeletion' }>): void {
    const names = this.#order.frozen.filter((one) => one.deletion === deletion);
    const frozen = new Set<User>();
    for (const [profileId, ofProfile] of Map.groupBy(names, (one) => one.profileId)) {
      const texts = ofProfile.map(({ type, value }) => `${type}:${value}`);
      const user = this.model.byName.get(texts[0] as string);
      if (!user || !isSame(user.names, new Set(texts)) || frozen.has(user)) {
        this.faults.push(`Frozen as profile ${profileId}, and not a user as the model has one: ${texts}`);
      } else frozen.add(user);
    }
    if (frozen.size !== users) this.faults.push(`${users} users were confirmed, and ${frozen.size} frozen`);
    const expected = this.#usersOf(segment);
    if (expected && !isSame(frozen, expected)) {
      this.faults.push(
        `The users of ${segment} at the start of its deletion: ${say(expected)}; frozen were ${say(frozen)}`,
      );
    }
    for (const user of frozen) this.model.remove(user);
    const rule = this.model.rules.get(segment);
    if (rule) rule.enabled = false;
  }

  /** Who is in a segment at this moment, where that does not depend on when a rule was last looked at. */
  #usersOf(segment: string): Set<User> | undefined {
    const { lists, rules, users } = this.model;
    const list = lists.get(segment);
    if (list) return list;
    const { rule, enabled } = rules.get(segment) ?? {};
    const known = rule && enabled && !looksAtTheClock(rule) && nestedIn(rule).every((id) => lists.has(id));
    // Ids and moments of creation are the product's to choose.
    if (!known || /"(sample|profile|import)":/.test(JSON.stringify(rule))) return undefined;
    const all = [...users];
    const numberOf = new Map(all.map((user, no) => [user, no]));
    const matching = usersMatching(rule, {
      now: new Date(0),
      imports: new Map(),
      lists: new Map(
        [...lists].map(([id, members]) => [
          id,
          { setNo: 0, users: new Set([...members].map((user) => numberOf.get(user) as number)) },
        ]),
      ),
      profiles: all.map((user, id) => ({
        ...profileOf(user),
        id,
        createdAt: new Date(0),
        createdByImport: null,
        imports: [],
      })),
    });
    return new Set(matching.map((no) => all[no] as User));
  }
}

interface Moment {
  at: number;
  apply(at: number): void;
}

/** A user as the evaluator of rules wants one, but for what the model does not know. */
export function profileOf({ names, events, attributes }: User) {
  return {
    identities: [...names].map((name) => ({
      type: name.slice(0, name.indexOf(':')),
      value: name.slice(name.indexOf(':') + 1),
    })),
    attributes: new Map([...attributes].map(([name, { value }]) => [name, value])),
    events,
  };
}

export function isSame<T>(a: ReadonlySet<T>, b: ReadonlySet<T>): boolean {
  return a.size === b.size && [...a].every((one) => b.has(one));
}

function say(users: ReadonlySet<User>): string {
  return [...users].map(({ names }) => [...names].sort().join('+')).join(', ') || 'nobody';
}
