import type { Rule } from '../../src/segments/rule.ts';
import type { Sent } from './messages.ts';

/** A message that was written, by what its sender was told. */
export interface Taken {
  sent: Sent;
  /** Came from a source whose attributes win and whose addresses identify. */
  trusted: boolean;
  importId?: string;
  /** The message id by which the database knows when it was written: its own, or that of one written with it. */
  writtenWith: string;
}

export interface ListItem {
  id: string;
  outcome: string;
}

/** What somebody did, by the answer to it. */
export type Deed =
  | { did: 'write'; taken: readonly Taken[] }
  | { did: 'changeList'; segment: string; change: 'add' | 'remove' | 'replace'; items: readonly ListItem[] }
  | { did: 'deleteUsers'; found: readonly string[]; unknown: readonly string[] }
  | { did: 'startDeletion'; segment: string; deletion: string; users: number }
  | { did: 'createSegment'; segment: string; rule: Rule | null }
  | { did: 'editSegment'; segment: string; rule?: Rule; enabled?: boolean }
  | { did: 'deleteSegment'; segment: string };

/** A call with its answer. Moments are epoch microseconds of this machine's clock; `clock` is the product's. */
export interface Call {
  /** Who asked: the name under which the audit knows the transaction. */
  by: string;
  sentAt: number;
  answeredAt: number;
  clock: { from: Date; to: Date };
  deed: Deed;
}

export function nowMicros(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1_000);
}

/** Everything that was answered in one run. What was refused, or failed as a whole, is not in it: it must have changed nothing. */
export class Ledger {
  readonly calls: Call[] = [];
  /** What happened how often, refusals among it. */
  readonly counts = new Map<string, number>();
  #lastNo = 0;
  readonly #clock: { now: Date };

  constructor(clock: { now: Date }) {
    this.#clock = clock;
  }

  note(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  /** Runs a call and writes down what it answered, unless it answers nothing. */
  async record<T extends Deed>(work: (by: string) => Promise<T | undefined>): Promise<T | undefined> {
    const by = `caller-${++this.#lastNo}`;
    const sentAt = nowMicros();
    const from = this.#clock.now;
    const deed = await work(by);
    if (!deed) return undefined;
    this.note(deed.did);
    this.calls.push({ by, sentAt, answeredAt: nowMicros(), clock: { from, to: this.#clock.now }, deed });
    return deed;
  }
}
