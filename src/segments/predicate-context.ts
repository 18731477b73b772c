import type { RawBuilder } from 'kysely';
import type { DatasetDb } from '../database/handle.ts';
import type { Actions, PropertyCondition, TextComparison } from './rule.ts';

type Value = RawBuilder<unknown>;
type Test = RawBuilder<boolean>;

/** What a rule is evaluated against besides the profile itself. */
export interface PredicateContext {
  ds: DatasetDb;
  /** The moment at which "today" and "in the last n days" are meant. */
  now: Date;
  /** The set in force of every segment that the rule names, by id. */
  segments: ReadonlyMap<string, { setNo: number }>;
  /** The number of every import that the rule names, by id. */
  imports: ReadonlyMap<string, number>;
}

/** What expressions are made of: a rule is read in one way, its figures may come from where it stands or from a pass. */
export interface Sources extends Omit<PredicateContext, 'now'> {
  /** A moment that depends on now. */
  at(of: (now: Date) => string): Value;
  figures: Figures;
}

/** What is asked of a profile besides the columns of its row `p`. None of these tests is ever null. */
export interface Figures {
  /** An attribute; null where it is absent, JSON's null included. */
  attribute(name: string): JsonValue;
  /** Whether it did that, by the counts per action: `isToldByFigures` has said that these are enough. */
  did(asked: Occurrence): Test;
  /** Whether it did that, by its events. */
  didByEvents(asked: Occurrence): Test;
  /** The moment of the newest of these events, or of the second newest and so on; null when there are not so many. */
  newest(asked: Omit<Occurrence, 'atLeast'>, nth: number): Value;
  /** The number or the value of its orders in a window. */
  ordersWithin(figure: 'count' | 'value', window: Window): Value;
  /** Whether it has an identity of this type that is, or contains, what is asked for. */
  hasIdentity(type: string, asked?: TextAsked): Test;
  isMember(setNo: number): Test;
  /** The profile's place in all samples: the first 32 bits of a hash, as a number. */
  share(): Value;
}

/** What a text is compared with; of a negation, what it negates. */
export type TextAsked = Exclude<TextComparison, { is: 'anyValue' | 'noValue' }>;

/** A JSON value; null where it is absent. */
export interface JsonValue {
  json: Value;
  moment: Moment;
}

/** A moment of a profile; null for none. */
export interface Moment {
  value: Value;
  /** Whether it costs nothing to name it twice. */
  isColumn: boolean;
}

export function momentColumn(value: Value): Moment {
  return { value, isColumn: true };
}

/** A stretch of time by its ends; each says whether it is in. */
export interface Window {
  from?: { at: Value; in: boolean };
  /** Always out. */
  to?: Value;
  /** Tells it from others. */
  name: string;
}

export interface Occurrence {
  actions: Actions;
  atLeast: number;
  window: Window;
  where: readonly PropertyCondition[];
}
